"""The text in which applications are searched: the column alone, so that no lock lasts while it is filled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0011_orders_of_the_list")]

    operations = [
        migrations.AddField(
            "application",
            "search_text",
            models.TextField(blank=True, db_default="", default="", editable=False, verbose_name="searched in"),
        ),
    ]
