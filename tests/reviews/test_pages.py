"""What the recruiters' pages hand to their templates: none prints a variable that nobody gave it."""

import pytest
from django.urls import reverse

from applications.models import PreparedDecision
from reviews.assigning import assign, declare_conflict, spread
from reviews.models import Assignment
from tests.factories import make_recruiter
from tests.reviews.panels import make_criterion, make_panel, read_by, sent_to
from tests.test_templates import missing  # noqa: F401 - a fixture


@pytest.mark.django_db
def test_every_variable_that_a_page_prints_was_given(client, missing):  # noqa: F811
    window, panel = make_panel(3)
    recruiter = make_recruiter(window.program)
    client.force_login(recruiter)

    def look(*addresses: str, status: int = 200) -> None:
        for address in addresses:
            assert client.get(address).status_code == status, address
            assert not missing, address

    criterion = make_criterion(window.program)
    make_criterion(window.program, retired_at=window.opens_at)
    ranking, effect, panel_page = (
        reverse(f"admin:reviews_{name}", args=[window.pk]) for name in ("ranking", "effect", "panel")
    )
    look(ranking, panel_page, reverse("admin:reviews_standing_changelist"))
    first, second, friend, begun = sent_to(window, 4, status="in_review")
    for reader in panel:
        declare_conflict(reviewer=reader, email=friend.candidate.email, reason="A friend")
    read_by(first, panel[0], "1.00")
    read_by(first, panel[1], "3.50")
    read_by(second, panel[2], "2.00")
    assign(application=begun, reviewer=panel[0], by=recruiter)
    Assignment.objects.filter(application=begun).update(recused_at=window.opens_at, recusal_reason="I know them")
    look(panel_page)
    spread(window=window, by=recruiter)
    look(ranking, panel_page, reverse("admin:reviews_standing_changelist"))
    look(*(reverse("admin:reviews_reviewers", args=[window.pk, each.pk]) for each in (first, second, friend, begun)))
    look(f"{effect}?offer=1&reject_rest=on&mark-{friend.pk}=reject")
    PreparedDecision.objects.create(
        application=first, action="waitlist", seen_status="in_review", seen_revision=1, prepared_at=window.opens_at
    )
    look(ranking, f"{ranking}?status=in_review", f"{effect}?waitlist=1")
    look(
        reverse("admin:programs_program_change", args=[window.program_id]),
        reverse("admin:reviews_criterion_change", args=[criterion.pk]),
        reverse("admin:reviews_criterion_delete", args=[criterion.pk]),
        reverse("admin:reviews_criterion_add"),
        reverse("admin:reviews_criterion_add") + f"?program={window.program_id}",
    )
