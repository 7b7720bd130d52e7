"""How many are ranked, and have a review, is kept as a figure: counted here for windows whose other figures are kept already.

The others are counted as a whole when all migrations are done (applications.tallies.count_first).
"""

from django.db import migrations
from django.db.models import Count, Exists, OuterRef


def count(apps, schema_editor):
    Standing, Tally = apps.get_model("reviews", "Standing"), apps.get_model("applications", "Tally")
    counted = Exists(Tally.objects.filter(window=OuterRef("window")))
    rows = Standing.objects.filter(counted).values_list("window", "application__status").order_by()
    found = list(rows.annotate(Count("pk"), Count("score")))
    Tally.objects.bulk_create(
        Tally(window_id=window, what=what, name=status, number=number)
        for window, status, ranked, scored in found
        for what, number in (("ranked", ranked), ("scored", scored))
        if number
    )


def forget(apps, schema_editor):
    apps.get_model("applications", "Tally").objects.filter(what__in=["ranked", "scored"]).delete()


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_in_order"), ("applications", "0022_ranked_and_scored")]

    operations = [migrations.RunPython(count, forget, elidable=True)]
