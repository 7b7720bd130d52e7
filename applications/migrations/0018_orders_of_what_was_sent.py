"""The orders of the list without drafts, which have no name and stood before everybody: each first page read all of them."""

from django.db import migrations, models
from django.db.models import Q

from accounts.operations import AddIndexMeanwhile, RemoveIndexMeanwhile

SENT = ~Q(status="draft")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("applications", "0017_order_of_letter_templates")]

    operations = [
        AddIndexMeanwhile(
            "application", models.Index(fields=["full_name", "id"], condition=SENT, name="application_sent_by_name")
        ),
        AddIndexMeanwhile(
            "application", models.Index(fields=["met", "id"], condition=SENT, name="application_sent_by_met")
        ),
        AddIndexMeanwhile(
            "application", models.Index(fields=["submitted_at", "id"], condition=SENT, name="application_sent_by_time")
        ),
        RemoveIndexMeanwhile("application", "application_by_name"),
        RemoveIndexMeanwhile("application", "application_by_met"),
        RemoveIndexMeanwhile("application", "application_by_submitted"),
    ]
