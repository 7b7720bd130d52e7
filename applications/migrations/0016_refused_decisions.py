"""The home asks which decisions were refused: few among all that were ever done."""

from django.db import migrations, models

from accounts.operations import AddIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("applications", "0015_by_status")]

    operations = [
        AddIndexMeanwhile(
            "prepareddecision",
            models.Index(fields=["application"], condition=models.Q(state="refused"), name="prepared_decision_refused"),
        ),
    ]
