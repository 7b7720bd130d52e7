"""Parts that all pages have alike are written once, and hold nothing of whoever reads."""

import pytest
from django.template import Context, Template
from django.urls import set_script_prefix
from django.utils.safestring import mark_safe

from tests.factories import make_user

FOOTER = Template('{% load fixed %}{% fixed "_footer.html" contact_email=address signed_in=user %}')


def footer(address: str, *, user: object = None) -> str:
    return FOOTER.render(Context({"address": address, "user": user}))


def test_it_is_written_once_for_the_same_and_anew_for_another(monkeypatch, settings):
    assert footer("one@example.org") is not None
    monkeypatch.setattr("pinterns.templatetags.fixed.render_to_string", None)
    assert "one@example.org" in footer("one@example.org")
    with pytest.raises(TypeError):
        footer("two@example.org")
    settings.DEBUG = True  # who edits a template sees it at once
    with pytest.raises(TypeError):
        footer("one@example.org")


def test_what_is_not_marked_as_safe_is_escaped_even_after_an_equal_text_that_is():
    assert "<b>@example.org" in footer(mark_safe("<b>@example.org"))
    assert "<b>@example.org" not in footer("<b>@example.org")


def test_addresses_are_those_of_the_place_where_the_site_is():
    assert 'href="/privacy/"' in footer("a@example.org")
    set_script_prefix("/jobs/")
    try:
        assert 'href="/jobs/privacy/"' in footer("a@example.org")
    finally:
        set_script_prefix("/")
    assert 'href="/privacy/"' in footer("a@example.org")


@pytest.mark.django_db
def test_who_is_signed_in_has_their_own_header_and_others_nothing_of_it(client):
    def page() -> str:
        return client.get("/privacy/").content.decode()

    before = page()
    client.force_login(make_user())
    own = page()
    client.logout()
    assert "Sign out" in own
    assert "csrfmiddlewaretoken" in own
    assert "Sign out" not in before
    assert before == page()


@pytest.mark.django_db
def test_the_header_knows_where_one_is(client):
    for address, name in (("/", "home"), ("/where-do-i-qualify/", "qualify"), ("/privacy/", None)):
        header = client.get(address).content.decode().partition("</header>")[0].partition("<header")[2]
        marked = 'aria-current="page"' in header
        assert marked == (name is not None), address
