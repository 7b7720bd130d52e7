"""The kept figures of windows."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0013_search_texts_filled"),
        ("programs", "0005_retention"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("now", "applications with this status"),
                            ("reached", "applications that ever had it"),
                            ("stayed", "stays that ended"),
                            ("sent", "first sendings"),
                            ("rejected", "rejections that stand"),
                            ("first", "first choices of an office"),
                            ("named", "choices of an office"),
                            ("read_by", "early applications with so many readers"),
                            ("assigned", "applications given to a reader"),
                            ("recused", "applications that a reader left"),
                            ("waiting", "reviews that are waited for"),
                            ("handed_in", "reviews handed in"),
                            ("read_for", "reviews that took so long"),
                            ("compared", "reviews that others stand beside"),
                            ("own", "their scores"),
                            ("panel", "scores of their panels"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=20, verbose_name="of which")),
                ("value", models.IntegerField(default=0, verbose_name="value")),
                ("number", models.IntegerField(verbose_name="number")),
                (
                    "window",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.window",
                        verbose_name="window",
                    ),
                ),
            ],
            options={
                "verbose_name": "kept figure",
                "verbose_name_plural": "kept figures",
                "default_permissions": (),
                "indexes": [models.Index(fields=["window", "what", "value"], name="tally_by_window")],
            },
        ),
    ]
