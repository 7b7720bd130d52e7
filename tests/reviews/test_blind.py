"""Blind reading: a reviewer finds nothing of who wrote it, wherever they look, until their own review is in."""

import re
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from applications.models import Application, PageImage
from programs.models import Window
from tests.factories import make_program, make_reviewer, make_window
from tests.reviews.crawl import KINDS, SHOWN, make_marked, marks_in, walk
from tests.reviews.desk import make_assignment, make_criterion, make_pages, make_review_in, post_of

pytestmark = pytest.mark.django_db
HOME, LIST = reverse("admin:index"), reverse("admin:reviews_assignment_changelist")
# What no query of a blind reader may select, and whose own row alone it may be.
IDENTITY = re.compile(
    r'"applications_application"\."(full_name|phone|links|sent|draft|candidate_id|work_authorisation)"'
    r'|"applications_answer"\."given"|"applications_document"\."(name|file)"|"accounts_user"\."(name|email)"'
    r'|"applications_documenttext"'
)


def page_of(assignment) -> str:
    return reverse("admin:reviews_assignment_change", args=[assignment.pk])


@pytest.fixture
def window():
    program = make_program(asks=KINDS)
    make_criterion(program)
    return make_window(program)


@pytest.fixture
def application(client, window):
    return make_marked(client, window)


@pytest.fixture
def reviewer(client, application, window):
    user = make_reviewer(window.program, email="rita@pinterns.example", name="Rita")
    client.force_login(user)
    return user


@pytest.fixture
def assignment(application, reviewer):
    return make_assignment(application, reviewer)


@pytest.fixture
def others_review(application, window):
    """A colleague's review, which is in."""
    tom = make_reviewer(window.program, name="Tom Colleague")
    return make_review_in(make_assignment(application, tom), value=1, comment="Tom says no.", recommendation="no")


def test_nothing_within_reach_tells_who_it_is_until_the_review_is_in(client, assignment, others_review):
    found = dict(walk(client, HOME, LIST, f"{LIST}?q={assignment.application.reference}"))
    pictures = reverse("admin:reviews_page_image", args=[assignment.pk, 0]).removesuffix("0/")
    assert sum(address.startswith(pictures) for address in found) == 1
    assert any(address.startswith(page_of(assignment)) for address in found)
    assert {address: marks_in(text) for address, text in found.items() if marks_in(text)} == {}
    assert not any("Tom Colleague" in text or "Tom says" in text for text in found.values())

    client.post(page_of(assignment), post_of(assignment))
    page = client.get(page_of(assignment)).text
    assert marks_in(page) >= SHOWN
    for text in ("Tom Colleague", "Tom says no.", "What happened"):
        assert text in page


def test_control_the_walk_finds_what_an_open_window_shows(client, assignment, others_review):
    Window.objects.update(blind_reading=False)
    seen = set()
    for _address, text in walk(client, LIST):
        seen |= marks_in(text)
        assert "Tom Colleague" not in text
        assert "Tom says" not in text
    assert seen >= SHOWN


def test_no_query_of_a_blind_reader_loads_identity(client, reviewer, assignment, others_review):
    with CaptureQueriesContext(connection) as queries:
        starts = [LIST, page_of(assignment), f"{LIST}?q=Z&state=waiting&o=1.2.3.4.5.6"]
        assert len(list(walk(client, *starts, within="/admin/"))) > 10
        client.post(page_of(assignment), post_of(assignment, do="save"))
        client.post(page_of(assignment), {"do": "hand_in", "comment": "x" * 20_000})
        client.post(reverse("admin:reviews_save", args=[assignment.pk]), post_of(assignment))
    loaded = [query["sql"] for query in queries if _selects_identity(query["sql"], own=reviewer.pk)]
    assert loaded == []


def test_control_the_same_finds_identity_once_the_review_is_in(client, reviewer, assignment):
    make_review_in(assignment)
    with CaptureQueriesContext(connection) as queries:
        client.get(page_of(assignment))
    assert any(_selects_identity(query["sql"], own=reviewer.pk) for query in queries)


def _selects_identity(sql: str, *, own: int) -> bool:
    selected = sql.partition(" FROM ")[0] if sql.startswith("SELECT") else ""
    is_own_row = 'FROM "accounts_user"' in sql and f'"accounts_user"."id" = {own}' in sql
    # A page's own picture is opened by its random name; it is a column of no document.
    return bool(IDENTITY.search(selected)) and not is_own_row


@pytest.mark.parametrize(
    "query",
    [
        "application__full_name__startswith=Z",
        "application__candidate__email__contains=zeb",
        "application__answers__given__icontains=zeb",
        "reviewer__email__startswith=r",
        "recusal_reason=x",
    ],
)
def test_the_list_answers_no_guesses(client, assignment, query):
    assert client.get(f"{LIST}?{query}").status_code == 400
    answer = client.get(f"{page_of(assignment)}?_changelist_filters={query.replace('=', '%3D')}")
    assert "1 of 1" in answer.text


@pytest.mark.parametrize("guess", ["Zebedee", "zeb@nowhere.example", "415", "zebsite", "zeb-cv"])
def test_the_search_finds_nobody(client, assignment, guess):
    assert list(client.get(LIST, {"q": guess}).context["cl"].result_list) == []


def test_the_history_is_the_page_itself(client, assignment):
    assert client.get(reverse("admin:reviews_assignment_history", args=[assignment.pk])).url == page_of(assignment)


def test_pictures_are_those_of_what_was_sent_and_blacked_out(client, assignment, application, window):
    document = application.documents.get()
    blind, clear = (PageImage.objects.get(document=document, blind=is_blind) for is_blind in (True, False))

    def answer(image):
        return client.get(reverse("admin:reviews_page_image", args=[assignment.pk, image.pk]))

    shown = answer(blind)
    assert shown.status_code == 200
    assert shown["Content-Type"] == "image/jpeg"
    assert {"private", "no-store"} <= set(shown["Cache-Control"].split(", "))
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert application.reference in shown["Content-Disposition"]
    assert answer(clear).status_code == 404
    # A file that was replaced or is of a draft alone is nobody's to read.
    answer_row = document.answers.get()
    loose = application.documents.create(
        requirement=document.requirement,
        file=document.file.name,
        name="x",
        content_type="application/pdf",
        size=1,
        sha256="",
        in_draft=False,
    )
    assert [answer(image).status_code for image in make_pages(loose)] == [404, 404]
    download = reverse("admin:reviews_document", args=[assignment.pk, document.public_id])
    assert client.get(download).status_code == 404
    make_review_in(assignment)
    assert answer(clear).status_code == 200
    assert "zeb-cv.pdf" in client.get(download)["Content-Disposition"]
    assert client.get(reverse("admin:reviews_document", args=[assignment.pk, loose.public_id])).status_code == 404
    assert answer_row.document == document


def test_pages_that_are_not_made_yet_are_told(client, assignment, application):
    application.documents.update(pages_made_at=None)
    assert "being prepared" in client.get(page_of(assignment)).text
    old = reverse("admin:reviews_page_image", args=[assignment.pk, PageImage.objects.get(blind=True).pk])
    assert client.get(old).status_code == 404


def test_every_other_door_of_the_admin_is_shut(client, assignment, application):
    """By name, for every address of the admin that a reviewer could type."""
    ours = ("reviews_assignment", "reviews_conflict", "reviews_save", "reviews_recuse", "reviews_page_image")
    common = ("index", "login", "logout", "jsi18n", "password_change", "app_list", "reviews_document")
    namespace = get_resolver().namespace_dict["admin"][1]
    tried = 0
    for name in {name for name in namespace.reverse_dict if isinstance(name, str)}:
        if name.startswith(ours) or name in common:
            continue
        for _shape, parameters in namespace.reverse_dict.getlist(name)[0][0]:
            given = {"url": "x", "app_label": "applications", "content_type_id": 1, "batch": uuid4()}
            url = reverse(f"admin:{name}", kwargs={key: given.get(key, application.pk) for key in parameters})
            tried += 1
            assert client.get(url).status_code in (301, 302, 403, 404, 405), url
            assert client.post(url, {"post": "yes"}).status_code in (302, 403, 404, 405), url
    assert tried > 20
    shortcut = reverse("admin:view_on_site", args=[ContentType.objects.get_for_model(Application).pk, application.pk])
    assert client.get(shortcut, follow=True).status_code == 404
    assert client.get(application.documents.get().get_absolute_url()).status_code == 404


def test_the_work_of_others_is_nobody_elses(client, window, assignment):
    """Another reviewer of the panel, one of another program, one who left the panel or was taken off, a candidate."""
    urls = [
        page_of(assignment),
        *(reverse(f"admin:reviews_{name}", args=[assignment.pk]) for name in ("save", "recuse")),
        reverse("admin:reviews_page_image", args=[assignment.pk, PageImage.objects.get(blind=True).pk]),
    ]
    mine, candidate = assignment.reviewer, assignment.application.candidate
    for user in (make_reviewer(window.program), make_reviewer(make_program())):
        client.force_login(user)
        assert [client.get(url).status_code for url in urls if "save" not in url] == [404] * 3
        assert client.post(urls[1]).status_code == 404
        assert list(client.get(LIST).context["cl"].result_list) == []
    client.force_login(candidate)
    assert {client.get(url).status_code for url in urls} == {302}
    client.force_login(mine)
    mine.memberships.all().delete()
    assert client.get(page_of(assignment)).status_code == 404
