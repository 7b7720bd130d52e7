"""Answers that were sent before there was a blind reading get theirs; documents without pages are found at once."""

from django.db import migrations, models, transaction

from applications.blinding import blind, identity
from applications.redaction import Redaction

BATCH = 200


def blind_all(apps, schema_editor):
    """Batch by batch, each in a transaction of its own, so that nobody waits and an interrupted run is begun again."""
    Application = apps.get_model("applications", "Application")
    rows = Application.objects.exclude(status="draft").select_related("candidate").prefetch_related("answers")
    rows = rows.defer("draft", "sent").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        answers = []
        for application in batch:
            own = list(application.answers.all())
            blind(own, Redaction(**identity(application, own)))
            answers += own
        with transaction.atomic():
            apps.get_model("applications", "Answer").objects.bulk_update(answers, ["blind_lines", "blind_reason"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("applications", "0003_decisions_and_page_images")]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("pages_made_at", None)), fields=["-id"], name="document_without_pages"
            ),
        ),
        migrations.RunPython(blind_all, migrations.RunPython.noop),
    ]
