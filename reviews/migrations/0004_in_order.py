"""The list of a reviewer is read in its own order."""

from django.db import migrations, models

from accounts.operations import AddIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reviews", "0003_handed_in")]

    operations = [
        AddIndexMeanwhile(
            "assignment",
            models.Index(fields=["reviewer", "-handed_in_at", "assigned_at", "id"], name="assignment_in_order"),
        ),
    ]
