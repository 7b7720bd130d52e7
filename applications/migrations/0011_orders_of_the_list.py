"""The orders in which the list of applications is read, each from where a page ends."""

from django.db import migrations, models

from accounts.operations import AddIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("applications", "0010_pages_are_tried_again")]

    operations = [
        AddIndexMeanwhile("application", models.Index(fields=["full_name", "id"], name="application_by_name")),
        AddIndexMeanwhile("application", models.Index(fields=["met", "id"], name="application_by_met")),
        AddIndexMeanwhile("application", models.Index(fields=["submitted_at", "id"], name="application_by_submitted")),
    ]
