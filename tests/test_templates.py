"""What views hand to templates: no page prints a variable that nobody gave it."""

from datetime import date

import pytest
from django.template import engines

from applications.decisions import decide
from applications.letter_texts import LetterText, OfferTerms
from applications.models import Application
from applications.own_words import save_words
from letters.models import Letter
from programs.qualify import Questions
from tests.factories import PARAMETERS, make_program, make_recruiter, make_requirement, make_user, make_window, post_for

LINK = "link where is your code?"


class Spy(str):
    """Django's `string_if_invalid`, which it fills with the name of a variable that is missing."""

    def __new__(cls, missing: list[str]):
        spy = super().__new__(cls, "%s")
        spy.missing = missing
        return spy

    def __mod__(self, name) -> str:
        self.missing.append(str(name))
        return ""


@pytest.fixture
def missing(monkeypatch):
    names = []
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Spy(names))
    return names


@pytest.mark.django_db
def test_every_variable_that_a_page_prints_was_given(client, missing):
    window = make_window(make_program(asks=tuple(PARAMETERS), pay_low=1))
    make_requirement(window.program, "link", mandatory=False)
    candidate, recruiter, form = make_user(), make_recruiter(window.program), window.program.apply_url

    def look(*addresses: str) -> None:
        for address in addresses:
            assert client.get(address).status_code == 200, address
            assert not missing, address

    look("/", "/?state=open", window.program.get_absolute_url(), "/sign-in/", "/where-do-i-qualify/")
    client.post("/where-do-i-qualify/", dict(Questions.answered([window.program], {LINK: ["x"]}).data.lists()))
    look("/where-do-i-qualify/")
    client.force_login(candidate)
    look("/applications/", form)
    client.post(form, post_for(window, action="send", answers={"skills": {}}))
    look(form, f"{form}?check", "/applications/")
    assert client.post(form, {**post_for(window), "draft_version": "7"}).status_code == 409
    assert not missing, "which answers stay"
    client.post(form, post_for(window, action="send"))
    application = Application.objects.get()
    page = application.get_absolute_url()
    look("/applications/", page, form, f"{page}withdraw/")
    decide(application=application, action="review", by=recruiter, seen_status="submitted")
    terms = OfferTerms(window.program.offices.get(), date(2199, 6, 1), date(2199, 5, 1))
    decide(application=application, action="offer", by=recruiter, seen_status="in_review", terms=terms)
    look(page, f"{page}offer/")
    client.force_login(recruiter)
    letter = Letter.objects.first()
    words = LetterText("Welcome", "Dear {name}")
    own = save_words(program=window.program, kind="accept", words=words, by=recruiter, seen=None)
    look(
        f"/programs/{window.program.slug}/preview/",
        "/admin/",
        "/admin/reports/",
        "/admin/applications/application/",
        f"/admin/applications/application/{application.pk}/change/",
        f"/admin/applications/application/{application.pk}/letters/{letter.pk}/again/",
        "/admin/applications/lettertemplate/",
        f"/admin/applications/lettertemplate/words/{window.program.pk}/reject/",
        f"/admin/applications/lettertemplate/words/{window.program.pk}/accept/",
        f"/admin/applications/lettertemplate/{own.pk}/delete/",
        "/admin/applications/extension/add/",
        f"/admin/programs/window/{window.pk}/change/",
        f"/admin/programs/window/{window.pk}/do/close/",
        f"/admin/programs/program/{window.program.pk}/change/",
        f"/admin/programs/requirement/{window.program.requirements.first().pk}/change/",
    )


@pytest.mark.django_db
def test_control_the_spy_sees_a_variable_that_nobody_gave(missing):
    engines["django"].from_string("{{ revision }}").render({})
    assert missing == ["revision"]
