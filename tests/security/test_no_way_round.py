"""Nothing in the admin gets round the services: no form, list, bulk action, inline or deletion changes what they guard."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.urls import reverse

from applications.models import Application, Extension, Offer, PreparedDecision, StatusChange
from letters.models import Letter
from programs.models import Membership, Window, WindowChange
from reviews.models import Assignment, Review, Score, Standing
from tests.factories import make_user
from tests.security.world import make_side

pytestmark = pytest.mark.django_db

# What services alone may write, each with a row of the world by which it is reached.
GUARDED = {
    Application: "application",
    Window: "window",
    Letter: "letter",
    Extension: "extension",
    PreparedDecision: "prepared",
    Assignment: "assignment",
    Standing: "application",
}
# What has no page at all: it is shown on those of others.
WITHOUT_PAGES = [StatusChange, WindowChange, Offer, Review, Score]


@pytest.fixture
def side():
    return make_side("Here")


@pytest.fixture
def administrator(client):
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def row_of(model: type[Model], side) -> Model:
    return model.objects.get(pk=getattr(side, GUARDED[model]).pk)


def facts(row: Model) -> dict:
    """Everything that stands in the row now."""
    return type(row).objects.filter(pk=row.pk).values().get()


def typed_over(row: Model) -> dict:
    """What somebody would post who wants to change every field: other statuses, times, numbers and words."""
    posted = {"_save": "Save"}
    for field in row._meta.concrete_fields:
        values = [value for value, _label in field.flatchoices if value != getattr(row, field.attname)]
        posted[field.name] = values[-1] if values else "2031-01-01" if "Date" in field.get_internal_type() else "7"
        posted |= {f"{field.name}_0": "2031-01-01", f"{field.name}_1": "00:00"}
    return posted


def test_what_has_no_page_has_none():
    assert not [model for model in WITHOUT_PAGES if admin.site.is_registered(model)]


def test_lists_are_not_edited_and_nothing_is_deleted_by_tens(rf, administrator):
    request = rf.get("/")
    request.user = administrator
    for model, model_admin in admin.site._registry.items():
        assert not model_admin.list_editable, model
        assert "delete_selected" not in model_admin.get_actions(request), model
        assert [inline.model for inline in model_admin.inlines] in ([], [Membership]), model


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_typing_over_a_row_changes_nothing(client, administrator, side, model):
    row = row_of(model, side)
    before = facts(row)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    for page in (f"{name}_change", f"{name}_history"):
        client.post(reverse(page, args=[row.pk]), typed_over(row))
    posted = {**typed_over(row), "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": row.pk}
    posted |= {f"form-0-{field}": value for field, value in typed_over(row).items()}
    client.post(reverse(f"{name}_changelist"), posted)
    client.post(
        reverse(f"{name}_changelist"), {"action": "delete_selected", ACTION_CHECKBOX_NAME: row.pk, "post": "yes"}
    )
    assert facts(row) == before


@pytest.mark.parametrize("model", [one for one in GUARDED if one is not PreparedDecision], ids=lambda one: one.__name__)
def test_deleting_what_people_sent_or_were_told_is_refused(client, administrator, side, model):
    row = row_of(model, side)
    client.post(
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_delete", args=[row.pk]), {"post": "yes"}
    )
    assert type(row).objects.filter(pk=row.pk).exists()


def test_adding_by_hand_is_refused(client, administrator, side):
    for model in (Application, Letter, PreparedDecision, Assignment, Standing):
        count = model.objects.count()
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_add"
        client.post(reverse(name), typed_over(row_of(model, side)))
        assert model.objects.count() == count, model


def test_each_deed_leaves_its_trace(client, administrator, side):
    """Status changes and window changes are as many as the deeds, and say who, from, to and why."""
    changes = StatusChange.objects.count()
    page = client.get(reverse("admin:applications_decide", args=[side.application.pk, "waitlist"]))
    forms = (page.context["note"], page.context["letter"])
    posted = {field.html_name: field.value() or "" for form in forms for field in form}
    client.post(page.request["PATH_INFO"], {**posted, "letter_for": "", "note": "Close to the line.", "do": "now"})
    change = StatusChange.objects.latest("pk")
    assert StatusChange.objects.count() == changes + 1
    assert (change.by, change.from_status, change.to_status) == (administrator, "in_review", "waitlisted")
    assert change.why == "Close to the line."

    client.post(reverse("admin:programs_window_do", args=[side.window.pk, "close"]), {"reason": "Enough came."})
    done = WindowChange.objects.latest("pk")
    assert (done.by, done.action, done.reason) == (administrator, "closed", "Enough came.")
    assert done.before["closes_at"] != done.after["closes_at"]


def test_a_status_is_written_by_the_workflow_alone():
    """In the source: nobody else calls update(status=…) on applications, or assigns and saves one."""
    found = []
    for app in ("applications", "reviews", "programs", "pinterns"):
        for file in Path(settings.BASE_DIR, app).rglob("*.py"):
            if file.name == "workflow.py" or "migrations" in file.parts:
                continue
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("update", "bulk_update"):
                    written = [keyword.arg for keyword in node.keywords]
                    if "status" in written:
                        found.append(f"{file.relative_to(settings.BASE_DIR)}:{node.lineno}")
    # The demo marks the letters of its past as sent; a letter's status is its own.
    assert [place for place in found if not place.startswith("pinterns/demo/")] == []
