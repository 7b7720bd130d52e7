"""The sizes of an uploaded picture are made by the worker."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0005_retention"),
    ]

    operations = [
        migrations.AddField(
            model_name="office",
            name="picture_after",
            field=models.DateTimeField(editable=False, null=True, verbose_name="next try of making its sizes"),
        ),
        migrations.AddField(
            model_name="office",
            name="picture_tries",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="tries of making its sizes"
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="picture_waits",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="sizes of the picture wait"
            ),
        ),
        migrations.AddField(
            model_name="program",
            name="picture_after",
            field=models.DateTimeField(editable=False, null=True, verbose_name="next try of making its sizes"),
        ),
        migrations.AddField(
            model_name="program",
            name="picture_tries",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="tries of making its sizes"
            ),
        ),
        migrations.AddField(
            model_name="program",
            name="picture_waits",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="sizes of the picture wait"
            ),
        ),
    ]
