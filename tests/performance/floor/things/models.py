from django.db import models


class Thing(models.Model):
    """Ten fields that a form fills in, and what it belongs to."""

    owner = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    email = models.EmailField()
    phone = models.CharField(max_length=40)
    city = models.CharField(max_length=100)
    language = models.CharField(max_length=40)
    level = models.CharField(max_length=40)
    starts = models.DateField()
    weeks = models.PositiveSmallIntegerField()
    text = models.TextField()
    file = models.FileField(upload_to="things/%Y/%m/%d")
    status = models.CharField(max_length=12, default="new")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["status", "-id"], name="thing_by_status")]

    def __str__(self) -> str:
        return self.name
