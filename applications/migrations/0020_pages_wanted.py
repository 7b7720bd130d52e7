"""What pages are to be made of says so itself: the worker read all that was uploaded and never sent, every second."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.operations import AddIndexMeanwhile, RemoveIndexMeanwhile

WANTED = models.Q(pages_made_at=None, pages_after__isnull=False)


def want(apps, schema_editor):
    """What was sent and has no pages yet."""
    Document = apps.get_model("applications", "Document")
    Answer = apps.get_model("applications", "Answer")
    sent = Exists(Answer.objects.filter(document=OuterRef("pk")))
    Document.objects.filter(sent, pages_made_at=None, pages_after=None).update(pages_after=timezone.now())


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("applications", "0019_data_export")]

    operations = [
        migrations.AlterField(
            "document",
            "pages_made_at",
            models.DateTimeField(
                help_text="Empty: there are none, or the worker has still to make them.",
                null=True,
                verbose_name="page images made",
            ),
        ),
        migrations.AlterField(
            "document",
            "pages_after",
            models.DateTimeField(
                help_text="Empty: none are wanted, or they are made.",
                null=True,
                verbose_name="next try of making page images",
            ),
        ),
        AddIndexMeanwhile("document", models.Index(fields=["-id"], condition=WANTED, name="document_pages_wanted")),
        migrations.RunPython(want, migrations.RunPython.noop),
        RemoveIndexMeanwhile("document", "document_without_pages"),
    ]
