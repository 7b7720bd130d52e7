"""Making the pages of a document is tried again at growing pauses, and given up after a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0007_privacy")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="pages_tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="tries of making page images"),
        ),
        migrations.AddField(
            model_name="document",
            name="pages_after",
            field=models.DateTimeField(null=True, verbose_name="next try of making page images"),
        ),
    ]
