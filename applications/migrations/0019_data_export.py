"""The copy of all that is held about a person is made by the worker."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import applications.models.privacy


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0018_orders_of_what_was_sent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DataExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                (
                    "made_at",
                    models.DateTimeField(
                        help_text="Empty: the worker has still to make it.", null=True, verbose_name="made"
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        max_length=200,
                        upload_to=applications.models.privacy.data_export_path,
                        verbose_name="file",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("try_after", models.DateTimeField(null=True, verbose_name="next try")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="data_export",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "copy of a person's data",
                "verbose_name_plural": "copies of people's data",
                "default_permissions": (),
                "indexes": [
                    models.Index(condition=models.Q(("made_at", None)), fields=["id"], name="data_export_to_make")
                ],
            },
        ),
    ]
