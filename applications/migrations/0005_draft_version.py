"""A draft counts its changes, so that of two tabs or devices none overwrites what it has not seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_blind_answers")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="draft_version",
            field=models.PositiveIntegerField(
                default=0,
                editable=False,
                help_text="How often the draft was changed: a tab that shows an earlier one overwrites nothing.",
                verbose_name="draft's version",
            ),
        ),
    ]
