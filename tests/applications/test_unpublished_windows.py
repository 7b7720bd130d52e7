"""A window that is not published is nobody's but its recruiters': not shown, not named, and it takes nothing."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from applications import services as applications
from applications.drafts import NotEditable
from applications.extensions import grant_extension
from applications.models import Application, Extension
from letters.models import Letter
from programs import services
from programs.models import Window
from tests.factories import draft_for, make_draft, make_program, make_recruiter, make_user, make_window, post_for

pytestmark = pytest.mark.django_db

SECRET = "Season of Secrets"


@pytest.fixture
def program():
    return make_program("Machine Learning")


@pytest.fixture
def draft(program):
    """It would be open by its times."""
    return make_window(program, season=SECRET, published=False)


@pytest.fixture
def candidate(client):
    user = make_user()
    client.force_login(user)
    return user


def pages(program, draft) -> list[str]:
    slug = program.slug
    return [
        *("/", "/?state=open", "/?state=scheduled", "/?state=closed", "/applications/", f"/programs/{slug}/"),
        *(f"/programs/{slug}/apply/", f"/programs/{slug}/preview/", f"/programs/{slug}/preview/?window={draft.pk}"),
    ]


@pytest.mark.parametrize("shift", [-40, 0, 40])
@pytest.mark.parametrize("beside", [True, False])
def test_no_page_of_a_candidate_tells_of_it(client, candidate, program, draft, shift, beside):
    times = {"opens_at": draft.opens_at + timedelta(days=shift), "closes_at": draft.closes_at + timedelta(days=shift)}
    Window.objects.filter(pk=draft.pk).update(**times, decide_by="2031-12-24")
    if beside:
        make_window(
            program, opens_at=timezone.now() - timedelta(days=90), closes_at=timezone.now() - timedelta(days=80)
        )
    for url in pages(program, draft):
        text = client.get(url, follow=True).text
        assert SECRET not in text, url
        assert "2031" not in text, url
    page = client.get(f"/programs/{program.slug}/")
    assert not page.context["can_apply"]
    assert page.context["state"] == "closed"
    assert program.window_at(timezone.now()) != draft


@pytest.mark.parametrize("beside", [True, False])
def test_a_post_that_names_it_reaches_another_window_or_none(client, candidate, program, draft, beside):
    other = make_window(program, season="Open one") if beside else None
    for action in ("save", "send"):
        client.post(f"/programs/{program.slug}/apply/", post_for(draft, action=action), follow=True)
    assert not Application.objects.filter(window=draft).exists()
    assert Application.objects.filter(window=other).exists() == beside
    draft.refresh_from_db()
    assert draft.taken == 0


def test_the_services_take_nothing_and_tell_none_of_its_times(candidate, draft):
    closing_year = str(draft.closes_at.year)
    with pytest.raises(NotEditable, match="not announced yet") as refused:
        make_draft(draft, candidate=candidate)
    assert closing_year not in str(refused.value)
    assert not Application.objects.exists()


def test_the_update_that_takes_a_place_asks_for_it_itself(candidate, draft):
    """The window was published when the form was read, and is not when the place is taken: with a control that is."""
    Window.objects.filter(pk=draft.pk).update(published=True)
    window = Window.objects.get(pk=draft.pk)
    for published in (False, True):
        application = make_draft(window, candidate=make_user(), draft=draft_for(window))
        Extension.objects.create(
            candidate=application.candidate,
            window=window,
            until=timezone.now() + timedelta(days=60),
            at=timezone.now(),
            reason="x",
        )
        Window.objects.filter(pk=window.pk).update(published=published)
        if published:
            applications.submit(application=application, revision=0)
        else:
            with pytest.raises(applications.WindowShut, match="not announced yet"):
                applications.submit(application=application, revision=0)
        application.refresh_from_db()
        assert application.status == ("submitted" if published else "draft")
        Window.objects.filter(pk=window.pk).update(published=True)
    window.refresh_from_db()
    assert window.taken == 1


def test_nobody_is_written_to_about_it(program, draft):
    with pytest.raises(ValidationError, match="Publish it first"):
        grant_extension(
            email="a@example.org",
            window=draft,
            until=timezone.now() + timedelta(days=90),
            by=make_recruiter(program),
            reason="x",
        )
    assert not Letter.objects.exists()


def test_its_recruiters_see_it_with_its_badge_preview_it_publish_it_and_delete_it(client, program, draft):
    client.force_login(make_recruiter(program))
    page = client.get(reverse("admin:programs_window_change", args=[draft.pk]))
    assert "badge-draft" in page.text
    assert "Give somebody more time" not in page.text
    assert f"?window={draft.pk}" in page.text
    preview = client.get(f"/programs/{program.slug}/preview/?window={draft.pk}")
    assert "nobody but you and your colleagues" in preview.text
    assert str(draft) not in client.get(reverse("admin:applications_extension_add")).text
    page = client.post(
        reverse("admin:programs_window_do", args=[draft.pk, "publish"]), {"reason": "Ready."}, follow=True
    )
    assert "The window is published." in page.text
    assert "published" in page.text
    assert "Give somebody more time" in page.text
    client.force_login(make_user())
    assert SECRET in client.get(f"/programs/{program.slug}/apply/").text
    other = make_window(
        program,
        season="Mistake",
        published=False,
        opens_at=draft.closes_at,
        closes_at=draft.closes_at + timedelta(days=5),
    )
    client.force_login(make_recruiter(program))
    client.post(reverse("admin:programs_window_delete", args=[other.pk]))
    assert not Window.objects.filter(pk=other.pk).exists()


def test_a_candidate_of_another_intake_is_not_moved_to_it(client, candidate, program, draft):
    other = make_window(program, season="Open one")
    make_draft(other, candidate=candidate)
    Window.objects.filter(pk=draft.pk).update(closes_at=other.closes_at + timedelta(days=9), opens_at=other.closes_at)
    services.close_now(window=other, by=make_recruiter(program), reason="Enough.")
    page = client.get("/applications/")
    assert "Open one" in page.text
    assert SECRET not in page.text
