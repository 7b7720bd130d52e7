"""The ranking of a window is read from its top."""

from django.db import migrations, models
from django.db.models.functions import Coalesce

from accounts.operations import AddIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reviews", "0001_initial")]

    operations = [
        AddIndexMeanwhile(
            "standing",
            models.Index(
                "window",
                Coalesce("score", models.Value(0), output_field=models.DecimalField()).desc(),
                "application",
                include=["score"],
                name="standing_best_first",
            ),
        ),
    ]
