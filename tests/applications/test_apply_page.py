"""The application form, as a candidate's browser meets it: saving, sending, what is kept and what is told."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.decisions import decide
from applications.models import Application, Document
from letters.models import Letter
from programs.listed import remove_listed
from programs.models import Window
from programs.services import save_requirement
from tests import files
from tests.factories import (
    BAD,
    make_draft,
    make_program,
    make_recruiter,
    make_requirement,
    make_user,
    make_window,
    post_for,
)

pytestmark = pytest.mark.django_db
EVERY_KIND = ("skills", "publications", "statement", "choice", "confirmation", "document", "link")
TICK = timedelta(milliseconds=1)


@pytest.fixture
def candidate(client):
    user = make_user("ada@example.org", name="Ada Example")
    client.force_login(user)
    return user


@pytest.fixture
def window():
    return make_window(make_program("Machine Learning", asks=EVERY_KIND))


def url(window):
    return window.program.apply_url


def post(client, window, action="send", **extra):
    return client.post(url(window), post_for(window, action=action, **extra))


def refused(response, client):
    """The page to which a refused send leads."""
    assert response.status_code == 302
    assert response["Location"].partition("?")[0].startswith("/programs/")
    return client.get(response["Location"]).content.decode()


def own(candidate):
    return Application.objects.get(candidate=candidate)


def test_the_form_needs_signing_in_and_comes_back_to_itself(client, window):
    response = client.get(url(window))
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={url(window)}")


def test_looking_at_the_form_saves_nothing(client, candidate, window):
    page = client.get(url(window)).content.decode()
    assert "Ada Example" in page
    assert not Application.objects.exists()


def test_it_asks_for_nothing_that_selection_does_not_need(client, candidate, window):
    page = client.get(url(window)).content.decode().lower()
    page = page[page.index('<form id="application"') : page.index("</form>", page.index('<form id="application"'))]
    for word in ("photo", "birth", "gender", "nationality", "graduation", "salary"):
        assert word not in page


def test_a_draft_is_kept_whatever_is_in_it_and_found_again(client, candidate, window):
    nonsense = {
        "skills": {"skill-PyTorch-level": "basic"},
        "link": {"address": "not a link"},
        "statement": {"text": "Half a sent"},
    }
    assert post(client, window, "save", answers=nonsense).status_code == 302
    page = client.get(url(window)).content.decode()
    for kept in ("not a link", "Half a sent", "résumé.pdf", "On boards"):
        assert kept in page
    assert "error-summary" not in page
    assert own(candidate).status == "draft"
    assert not Letter.objects.exists()


def test_sending_writes_answers_verdicts_offices_history_and_one_receipt(client, candidate, window):
    response = post(client, window)
    application = own(candidate)
    assert response["Location"] == application.get_absolute_url()
    assert (application.status, application.revision, application.full_name) == ("submitted", 1, "Ada Example")
    assert (application.asked, application.met) == (7, 7)
    assert [answer.kind for answer in application.answers.all()] == list(EVERY_KIND)
    assert application.answers.get(kind="document").document.name == "résumé.pdf"
    assert application.office_choices.get().office == window.program.offices.get()
    assert application.work_authorisation == {"US": "yes"}
    assert application.history.get().to_status == "submitted"
    receipt = Letter.objects.get()
    assert (receipt.to, receipt.about, receipt.kind) == ("ada@example.org", application.reference, "receipt")
    window.refresh_from_db()
    assert window.taken == 1
    page = client.get(response["Location"]).content.decode()
    for told in (application.reference, "1 March 2027", "On boards", "résumé.pdf", "Because I like pins very much."):
        assert told in page


@pytest.mark.parametrize("kind", ["skills", "publications", "statement", "choice", "confirmation", "link"])
def test_an_unmet_mandatory_requirement_blocks_and_says_what_is_missing(client, candidate, window, kind):
    page = refused(post(client, window, answers={kind: BAD[kind]}), client)
    assert "error-summary" in page
    assert page.count("Machine Learning asks for") >= 2  # in the summary and at the field
    assert 'aria-invalid="true"' in page
    application = own(candidate)
    assert application.status == "draft"
    assert application.draft["about-full_name"] == ["Ada Example"]
    assert not Letter.objects.exists()


def test_a_missing_document_blocks_where_it_is_mandatory(client, candidate, window):
    posted = {name: value for name, value in post_for(window, action="send").items() if not name.endswith("-file")}
    page = refused(client.post(url(window), posted), client)
    assert "no file is attached" in page


def test_an_unmet_preferred_requirement_is_recorded_and_does_not_block(client, candidate):
    program = make_program()
    make_requirement(program, "skills", mandatory=False)
    window = make_window(program)
    response = post(client, window, answers={"skills": {"skill-PyTorch-level": "basic"}})
    assert response.status_code == 302
    application = own(candidate)
    assert (application.asked, application.met) == (1, 0)
    answer = application.answers.get()
    assert (answer.met, answer.mandatory) == (False, False)
    assert "you gave PyTorch at ‘basic’" in answer.reason


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("about-full_name", "", "Tell us your name."),
        ("about-phone", "call me", "+1 415 555 0100"),
        ("about-link_1", "not a link", "https://example.org/me"),
        ("about-link_1", "javascript:alert(1)", "https://example.org/me"),
        ("offices-rank_1", "", "Choose at least one office."),
        ("offices-rank_1", "999999", "Choose one of this program"),
        ("offices-work_US", "", "whether you may work there"),
        ("offices-work_US", "maybe", "Select a valid choice"),
    ],
)
def test_what_every_form_asks_is_checked_when_it_is_sent(client, candidate, window, field, value, told):
    page = refused(client.post(url(window), {**post_for(window, action="send"), field: value}), client)
    assert told in page.replace("&#x27;", "'")
    assert own(candidate).status == "draft"


def test_answers_keep_the_wording_and_rule_of_the_moment_they_were_sent(client, candidate, window):
    post(client, window)
    requirement = window.program.requirements.get(kind="skills")
    requirement.parameters["lowest"] = "expert"
    requirement.title = "Something else"
    save_requirement(requirement=requirement)
    remove_listed(row=requirement)
    answer = own(candidate).answers.get(kind="skills")
    assert (answer.title, answer.parameters["lowest"], answer.met) == ("Skills", "advanced", True)
    assert "‘advanced’" in answer.asked
    requirement.refresh_from_db()
    assert requirement.retired_at is not None


def test_a_draft_is_told_that_what_is_asked_has_changed(client, candidate, window):
    post(client, window, "save")
    assert "has changed since you last saved" not in client.get(url(window)).content.decode()
    save_requirement(requirement=window.program.requirements.get(kind="skills"))
    assert "has changed since you last saved" in client.get(url(window)).content.decode()


def test_answers_that_were_saved_before_are_saved_anew_by_a_send_whether_it_is_refused_or_not(
    client, candidate, window
):
    yesterday = timezone.now() - timedelta(days=1)
    for answers, sent in (({"skills": BAD["skills"]}, False), ({}, True)):
        post(client, window, "save", answers=answers)
        Application.objects.update(draft_saved_at=yesterday)
        post(client, window, answers=answers)
        application = own(candidate)
        assert bool(application.submitted_at) == sent
        assert application.draft_saved_at > yesterday


def test_another_publication_can_be_added_without_javascript(client, candidate, window):
    requirement = window.program.requirements.get(kind="publications")
    response = post(client, window, f"add:{requirement.pk}")
    assert response["Location"] == f"{url(window)}#id_r{requirement.pk}-1-title"
    assert f'name="r{requirement.pk}-1-title"' in client.get(url(window)).content.decode()


# --- Once and only once ----------------------------------------------------------------------------------------------


def test_a_second_click_sends_nothing_twice(client, candidate, window):
    first, second = post(client, window), post(client, window)
    assert first["Location"] == second["Location"]
    assert own(candidate).revision == 1
    assert Letter.objects.count() == 1
    window.refresh_from_db()
    assert window.taken == 1


def test_another_tab_with_other_answers_loses_nothing_and_sends_nothing(client, candidate, window):
    post(client, window)
    page = refused(post(client, window, answers={"statement": {"text": "Written in the other tab."}}), client)
    assert "sent from another tab" in page
    assert "Written in the other tab." in page
    application = own(candidate)
    assert application.answers.get(kind="statement").given["text"] == "Because I like pins very much."
    assert application.draft != application.sent
    assert Letter.objects.count() == 1
    assert "not sent" in client.get(application.get_absolute_url()).content.decode()


def test_one_application_per_candidate_and_window(client, candidate, window):
    for _time in range(3):
        post(client, window, "save")
    assert Application.objects.count() == 1


def test_the_page_carries_what_the_next_send_needs(client, candidate, window):
    def hidden(name):
        return re.search(rf'<input type="hidden" name="{name}" value="(\d+)">', client.get(url(window)).text)[1]

    assert (hidden("window"), hidden("revision")) == (str(window.pk), "0")
    post(client, window)
    assert (hidden("window"), hidden("revision")) == (str(window.pk), "1")


# --- Changing, withdrawing, sending again ----------------------------------------------------------------------------


def test_sent_answers_stand_until_the_changed_ones_pass_the_same_checks(client, candidate, window):
    post(client, window)
    post(client, window, "save", answers={"statement": {"text": "A better text."}}, revision="1")
    application = own(candidate)
    assert application.answers.get(kind="statement").given["text"] == "Because I like pins very much."
    worse = post(client, window, answers={"skills": {"skill-PyTorch-level": "basic"}}, revision="1")
    assert "error-summary" in refused(worse, client)
    assert application.answers.get(kind="skills").met
    sent = post(client, window, answers={"statement": {"text": "A better text."}}, revision="1")
    assert sent.status_code == 302
    assert application.answers.get(kind="statement").given["text"] == "A better text."
    application.refresh_from_db()
    assert (application.status, application.revision) == ("submitted", 2)
    assert [change.action for change in application.history.all()] == ["submit", "change"]
    assert Letter.objects.count() == 1
    window.refresh_from_db()
    assert window.taken == 1


def test_changing_is_possible_in_a_full_window_and_not_in_a_closed_one(client, candidate, window):
    post(client, window)
    Window.objects.filter(pk=window.pk).update(capacity=1)
    assert post(client, window, answers={"statement": {"text": "In a full window."}}, revision="1").status_code == 302
    assert own(candidate).revision == 2
    Window.objects.filter(pk=window.pk).update(closes_at=timezone.now())
    page = post(client, window, answers={"statement": {"text": "Far too late now."}}, revision="2").content.decode()
    assert "can&#x27;t be changed any more" in page
    assert "Far too late now." in page
    assert own(candidate).answers.get(kind="statement").given["text"] == "In a full window."


def test_nothing_can_be_changed_once_somebody_reviews_it(client, candidate, window):
    post(client, window)
    decide(application=own(candidate), action="review", by=make_recruiter(window.program), seen_status="submitted")
    page = post(client, window, answers={"statement": {"text": "I was still typing."}}, revision="1").content.decode()
    assert "In review" in page
    assert "I was still typing." in page
    assert client.get(url(window))["Location"] == own(candidate).get_absolute_url()


def test_withdrawing_asks_first_and_frees_no_place(client, candidate, window):
    Window.objects.filter(pk=window.pk).update(capacity=1)
    post(client, window)
    application = own(candidate)
    page = f"{application.get_absolute_url()}withdraw/"
    assert client.get(page).status_code == 200
    assert own(candidate).status == "submitted"
    assert client.post(page).status_code == 302
    assert own(candidate).status == "withdrawn"
    window.refresh_from_db()
    assert (window.taken, window.state(timezone.now())) == (1, "full")
    again = post(client, window, revision="1")
    assert again.status_code == 302
    assert own(candidate).status == "submitted"
    window.refresh_from_db()
    assert window.taken == 1
    assert sorted(Letter.objects.values_list("kind", flat=True)) == ["receipt", "receipt", "withdraw"]


def test_a_withdrawn_application_is_not_sent_again_after_closing(client, candidate, window):
    post(client, window)
    client.post(f"{own(candidate).get_absolute_url()}withdraw/")
    Window.objects.filter(pk=window.pk).update(closes_at=timezone.now())
    post(client, window, revision="1")
    assert own(candidate).status == "withdrawn"


# --- Windows that shut ------------------------------------------------------------------------------------------------


def test_a_window_that_closes_while_one_types_gives_the_answers_back(client, candidate, window):
    Window.objects.filter(pk=window.pk).update(closes_at=timezone.now())
    page = refused(post(client, window), client)
    assert "This window closed on" in page
    assert "Because I like pins very much." in page
    assert own(candidate).status == "draft"
    page = client.get(url(window)).content.decode()
    assert "Because I like pins very much." in page
    listed = client.get("/applications/").content.decode()
    assert "Not submitted" in listed


def test_a_window_that_fills_while_one_types_keeps_the_answers(client, candidate, window):
    Window.objects.filter(pk=window.pk).update(capacity=1, taken=1)
    page = refused(post(client, window), client)
    assert "This window is full" in page
    assert "Because I like pins very much." in page
    Window.objects.filter(pk=window.pk).update(capacity=2)
    assert post(client, window).status_code == 302
    assert own(candidate).status == "submitted"


def test_who_comes_too_late_to_begin_is_told_so_and_nothing_of_saved_answers(client, candidate, window):
    Window.objects.filter(pk=window.pk).update(capacity=1, taken=1)
    page = client.get(url(window)).content.decode()
    assert "This window is full" in page
    assert "Your answers are saved" not in page
    assert 'value="send"' not in page


def test_a_window_that_has_not_opened_takes_nothing(client, candidate, window):
    Window.objects.filter(pk=window.pk).update(opens_at=timezone.now() + timedelta(days=1))
    assert client.get(url(window)).status_code == 302
    assert "has not opened yet" in post(client, window).content.decode()
    assert not Application.objects.exists()


def test_a_posted_form_goes_to_the_window_it_was_made_for(client, candidate, window):
    make_window(
        window.program, opens_at=window.closes_at + timedelta(days=1), closes_at=window.closes_at + timedelta(days=9)
    )
    posted = post_for(window, action="save")
    now = timezone.now()
    Window.objects.filter(pk=window.pk).update(closes_at=now)
    Window.objects.exclude(pk=window.pk).update(opens_at=now)
    client.post(url(window), posted)
    assert own(candidate).window == window


# --- Files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_not_uploaded_twice_and_can_be_replaced_and_removed(client, candidate, window):
    post(client, window, "save")
    post(client, window, "save")
    assert Document.objects.count() == 1
    requirement = window.program.requirements.get(kind="document")
    other = SimpleUploadedFile("other.pdf", files.pdf(text="Another one"), "application/pdf")
    client.post(url(window), {**post_for(window, action="save"), f"r{requirement.pk}-file": other})
    assert Document.objects.get(in_draft=True).name == "other.pdf"
    posted = {name: value for name, value in post_for(window).items() if not name.endswith("-file")}
    client.post(url(window), {**posted, "action": f"remove-document:{requirement.pk}"})
    assert not Document.objects.filter(in_draft=True).exists()
    assert "other.pdf" not in client.get(url(window)).content.decode()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.pdf", b"", "empty"),
        ("text.pdf", b"Not a PDF at all, just text.", "plain text"),
        ("page.pdf", b"<html>%PDF-1.4", "something else before"),
        ("cut.pdf", files.pdf()[:200], "PDF"),
        ("big.pdf", files.pdf() + b"\0" * 1024 * 1024, "larger than 1 MB"),
        ("long.pdf", files.pdf(pages=3), "3 pages"),
        ("picture.pdf", files.png(10, 10), "PNG"),
    ],
)
def test_a_file_that_is_not_what_is_asked_is_refused_and_the_answers_are_kept(
    client, candidate, window, name, content, told
):
    requirement = window.program.requirements.get(kind="document")
    file = SimpleUploadedFile(name, content, "application/pdf")
    response = client.post(url(window), {**post_for(window, action="send"), f"r{requirement.pk}-file": file})
    assert response.status_code == 200
    page = response.content.decode()
    assert told in page
    assert "Because I like pins very much." in page
    application = own(candidate)
    assert application.status == "draft"
    assert application.draft["about-full_name"] == ["Ada Example"]
    assert not application.documents.exists()


# --- Bad input --------------------------------------------------------------------------------------------------------

NASTY = {
    "NUL": "a\0b",
    "right-to-left": "\u202eevil",
    "a million": "x" * 1_000_000,
    "combining": "e" + "\u0301" * 500,
    "markup": "<script>alert(1)</script>",
    "astral": "𝕏" * 100,
    "template": "{{ settings.SECRET_KEY }} %(x)s {0}",
}


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("action", ["save", "send"])
def test_any_text_in_any_field_gets_an_answer_in_the_form(client, candidate, window, nasty, action):
    good = {name: value for name, value in post_for(window, action=action).items() if isinstance(value, str)}
    for field in good:
        response = client.post(url(window), {**good, field: NASTY[nasty]})
        assert response.status_code in (200, 302), field
        assert client.get(url(window)).status_code in (200, 302)
    assert "<script>alert" not in client.get(url(window), follow=True).content.decode()


def test_lone_surrogates_are_made_visible_and_kept(client, candidate, window):
    body = post_for(window, action="save")
    encoded = "&".join(f"{name}={value}" for name, value in body.items() if isinstance(value, str))
    response = client.post(
        url(window),
        encoded.replace("Ada Example", "\\ud800"),
        content_type="application/x-www-form-urlencoded; charset=unicode_escape",
    )
    assert response.status_code in (200, 302)
    assert client.get(url(window)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda posted: posted.clear(),
        lambda posted: posted.update({"invented": "x", "status": "accepted", "candidate": "1", "r999999-text": "x"}),
        lambda posted: posted.update(
            {name: [value, value] for name, value in posted.items() if isinstance(value, str)}
        ),
        lambda posted: posted.update({"window": "nonsense", "revision": "nonsense"}),
        lambda posted: posted.update({"window": "9" * 40, "revision": "9" * 40}),
        lambda posted: posted.update({"action": "add:99999999999999999999"}),
        lambda posted: posted.update({"action": "remove-document:²"}),
        lambda posted: posted.update({"action": "become-recruiter"}),
    ],
)
def test_missing_repeated_and_invented_fields_change_nothing_else(client, candidate, window, change):
    posted = post_for(window, action="save")
    change(posted)
    assert client.post(url(window), posted).status_code in (200, 302)
    application = own(candidate)
    assert application.status == "draft"
    assert "invented" not in application.draft
    assert not any(name.startswith("r999999") for name in application.draft)


def test_a_requirement_of_another_program_is_ignored(client, candidate, window):
    other = make_requirement(make_program(), "statement")
    client.post(url(window), {**post_for(window, action="save"), f"r{other.pk}-text": "Not asked here"})
    assert "Not asked here" not in str(own(candidate).draft)


def test_a_body_over_the_limit_gets_a_page_and_the_last_save_is_kept(client, candidate, window, settings):
    post(client, window, "save")
    settings.MAX_REQUEST_BYTES = 1000
    response = post(client, window, "save", answers={"statement": {"text": "x" * 5000}})
    assert response.status_code == 413
    assert "Your last save is kept" in response.content.decode()
    settings.MAX_REQUEST_BYTES = 10**8
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert post(client, window, "save", answers={"statement": {"text": "x" * 5000}}).status_code == 413
    assert "Because I like pins" in str(own(candidate).draft)


def test_methods_other_than_reading_and_posting_are_refused(client, candidate, window):
    for method in (client.put, client.delete, client.patch):
        assert method(url(window)).status_code == 405


# --- The preview ------------------------------------------------------------------------------------------------------


def test_recruiters_see_the_form_of_a_window_that_is_not_open_yet(client, window):
    Window.objects.filter(pk=window.pk).update(opens_at=timezone.now() + timedelta(days=1))
    preview = f"/programs/{window.program.slug}/preview/"
    client.force_login(make_recruiter(window.program))
    page = client.get(preview).content.decode()
    assert "TensorFlow" in page
    assert 'value="send"' not in page
    assert client.post(preview).status_code == 405
    for other in (make_user(), make_recruiter(make_program())):
        client.force_login(other)
        assert client.get(preview).status_code == 404


# --- Queries ----------------------------------------------------------------------------------------------------------


def test_the_form_takes_seven_queries_and_a_send_nineteen(client, candidate, window, django_assert_max_num_queries):
    make_draft(window, candidate=candidate)
    with django_assert_max_num_queries(7):
        client.get(url(window))
    posted = post_for(window, action="send")
    with CaptureQueriesContext(connection) as queries:
        assert client.post(url(window), posted).status_code == 302
    # A test runs inside a transaction, so that each of ours shows as a savepoint. The file has two of the queries; with
    # scripts it went before.
    kept, of_file = [], []
    for query in queries:
        sql = query["sql"]
        if "SAVEPOINT" not in sql:
            (of_file if sql.startswith('INSERT INTO "applications_document') else kept).append(sql)
    assert len(of_file) == 2
    assert len(kept) <= 17


def test_the_form_takes_the_same_number_of_queries_with_thirty_requirements(client, candidate):
    counts = set()
    for number in (1, 30):
        window = make_window(make_program(asks=("statement",) * number))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(window))
        counts.add(len(queries))
    assert len(counts) == 1
