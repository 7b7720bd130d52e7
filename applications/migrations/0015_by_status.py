"""Which applications of a window have a status: told by an index alone, for the figures above a ranking."""

from django.db import migrations, models

from accounts.operations import AddIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("applications", "0014_tally")]

    operations = [
        AddIndexMeanwhile("application", models.Index(fields=["window", "status", "id"], name="application_of_status")),
    ]
