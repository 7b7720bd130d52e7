"""When a review came in is kept at its assignment. The worker fills it where it lacks (reviews.reviewing.note_handed_in)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_best_first")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="handed_in_at",
            field=models.DateTimeField(
                help_text="As its review has it: kept here too, since the list is read by it.",
                null=True,
                verbose_name="handed in",
            ),
        ),
    ]
