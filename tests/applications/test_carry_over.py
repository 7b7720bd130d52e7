"""Answers carried over to a new form: from “Where do I qualify?”, and from an earlier application."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.carry_over import earlier_for
from applications.documents import sweep_documents
from applications.form import ApplicationForm
from applications.models import Application, Document
from programs.qualify import Questions, recall
from programs.services import save_requirement
from tests.factories import make_draft, make_office, make_program, make_requirement, make_user, make_window, post_for

pytestmark = pytest.mark.django_db
TOLD = {"skill pytorch level": ["expert"], "confirmation i can work all 12 weeks.": ["on"]}
NOTICE = "Filled in from your answers on “Where do I qualify?”"


@pytest.fixture
def candidate():
    return make_user("ada@example.org", name="Ada Example")


@pytest.fixture
def window():
    return make_window(make_program("Machine Learning", asks=("skills", "confirmation")))


def tell(client, window, known=TOLD):
    """Answers “Where do I qualify?” in the visitor's browser."""
    data = dict(Questions.answered([window.program], known).data.lists())
    assert client.post("/where-do-i-qualify/", data).status_code == 302


def form_of(client, window):
    return client.get(window.program.apply_url).context["form"]


def prefixes(window):
    return {one.kind: f"r{one.pk}" for one in window.program.active_requirements()}


def press(client, window, button, **typed):
    """Presses one of the buttons above the form, with what the form holds."""
    held = {**form_of(client, window).draft, **typed}
    return client.post(f"/windows/{window.pk}/start/", {**held, "start": button}, follow=True)


def send(client, window, **answers):
    client.post(window.program.apply_url, post_for(window, action="send", **answers))
    return Application.objects.get(window=window, submitted_at__isnull=False)


def offered(client, window):
    return client.get(window.program.apply_url).context["before"].get("earlier")


# --- from "Where do I qualify?" ---


def test_what_was_told_before_signing_in_is_in_the_form_at_its_first_opening(client, candidate, window):
    tell(client, window)
    before = client.session.session_key
    client.force_login(candidate)
    assert client.session.session_key != before
    page = client.get(window.program.apply_url).content.decode()
    draft, prefix = form_of(client, window).draft, prefixes(window)
    assert draft == {
        "about-full_name": ["Ada Example"],
        f"{prefix['skills']}-skill-PyTorch-level": ["expert"],
        f"{prefix['confirmation']}-agreed": ["on"],
    }
    assert f"{NOTICE}: Skills, Confirmation." in " ".join(page.split())
    assert not Application.objects.exists()
    client.post(window.program.apply_url, {**draft, "window": window.pk, "action": "save"})
    assert Application.objects.get().draft == draft


def test_it_can_be_taken_out_again_and_what_was_typed_stays(client, candidate, window):
    tell(client, window)
    client.force_login(candidate)
    skill = f"{prefixes(window)['skills']}-skill-MLflow-level"
    page = press(client, window, "without-told", **{skill: "basic"}).content.decode()
    assert Application.objects.get().draft == {"about-full_name": ["Ada Example"], skill: ["basic"]}
    assert "They are taken out of this form." in page
    assert NOTICE not in page


def test_an_answer_that_was_changed_since_is_ones_own(client, candidate, window):
    tell(client, window)
    client.force_login(candidate)
    skill = f"{prefixes(window)['skills']}-skill-PyTorch-level"
    press(client, window, "empty", **{skill: "basic"})
    press(client, window, "without-told")
    assert Application.objects.get().draft == {"about-full_name": ["Ada Example"], skill: ["basic"]}


def test_a_form_that_was_saved_before_is_left_alone(client, candidate, window):
    make_draft(window, candidate=candidate, draft={"about-full_name": ["Ada"]})
    tell(client, window)
    client.force_login(candidate)
    assert form_of(client, window).draft == {"about-full_name": ["Ada"]}


def test_nobody_else_is_given_them(client, candidate, window):
    client.force_login(candidate)
    tell(client, window)
    client.post("/sign-out/")
    assert not recall(client.session, at=timezone.now())
    client.force_login(make_user())
    assert NOTICE not in client.get(window.program.apply_url).content.decode()
    tell(client, window)  # and who takes over the browser of somebody signed in gets a session of their own
    client.force_login(candidate)
    assert NOTICE not in client.get(window.program.apply_url).content.decode()


def test_it_is_matched_by_what_is_asked(client, candidate):
    """The same, something like it, and something else."""
    told = make_window(make_program(asks=("skills", "publications", "choice", "link")))
    known = {
        "skill pytorch level": ["expert"],
        "publication 0 title": ["On boards"],
        "publication 0 field": ["statistics"],
        "choice when can you start?": ["October"],
        "link where is your code?": ["https://github.com/ada"],
    }
    tell(client, told, known)
    client.force_login(candidate)
    like = make_program()
    skills = make_requirement(like, "skills", parameters={"options": ["pytorch", "Keras"], "lowest": "basic"})
    papers = make_requirement(like, "publications", parameters={"accepted_fields": ["biology"]})
    make_requirement(like, "choice", parameters={"options": ["May"], "qualifying": []})
    make_requirement(like, "link", parameters={"prompt": "Where is your portfolio?"})
    assert form_of(client, make_window(like)).draft == {
        "about-full_name": ["Ada Example"],
        f"r{skills.pk}-skill-pytorch-level": ["expert"],
        f"r{papers.pk}-0-title": ["On boards"],
        f"r{papers.pk}-0-field": ["other"],
        f"r{papers.pk}-rows-count": ["1"],
    }
    other = make_window(make_program(asks=("statement",)))
    assert form_of(client, other).draft == {"about-full_name": ["Ada Example"]}
    assert len(form_of(client, told).draft) == 1 + len(known) + 1  # the name and the number of rows


# --- from an earlier application ---


@pytest.fixture
def earlier(client, candidate):
    """A sent application to Engineering, in Toronto, with everything that there is."""
    client.force_login(candidate)
    toronto = make_office(country="CA", time_zone="America/Toronto")
    asks = ("skills", "publications", "statement", "choice", "confirmation", "document", "link")
    window = make_window(make_program("Engineering", asks=asks, offices=[toronto]))
    about = {"about-phone": "+1 415 555 0100", "about-link_1": "https://example.org/ada"}
    return send(client, window, **about, **{"about-full_name": "Ada E. Example"})


@pytest.fixture
def next_window(earlier):
    """Another program's, which asks the same, at an office of the same country and at one elsewhere."""
    offices = [make_office(country="CA"), make_office(country="US")]
    asks = ("skills", "publications", "statement", "choice", "confirmation", "document", "link")
    return make_window(make_program("Data Science", asks=asks, offices=offices))


def test_an_earlier_application_is_offered_with_what_it_would_fill_in(client, earlier, next_window):
    page = " ".join(client.get(next_window.program.apply_url).content.decode().split())
    sent = earlier.submitted_at.astimezone(earlier.window.zone)
    assert f"Use what you told us for Engineering on {sent:%-d %B}?" in page
    assert offered(client, next_window).labels == [
        *("Phone", "Link 1", "Work authorisation: Canada"),
        *("Skills", "Publications", "Link", "résumé.pdf"),
    ]
    assert form_of(client, next_window).draft == {"about-full_name": ["Ada Example"]}
    assert not Application.objects.filter(window=next_window).exists()


def test_it_fills_what_is_empty_and_copies_the_file(client, earlier, next_window):
    page = press(client, next_window, "earlier", **{"about-phone": "+49 30 1"}).content.decode()
    application = Application.objects.get(window=next_window)
    prefix = prefixes(next_window)
    assert application.draft == {
        "about-full_name": ["Ada Example"],
        "about-phone": ["+49 30 1"],
        "about-link_1": ["https://example.org/ada"],
        "offices-work_CA": ["yes"],
        f"{prefix['skills']}-skill-PyTorch-level": ["advanced"],
        f"{prefix['skills']}-skill-PyTorch-evidence": ["Trained a ranking model."],
        **{
            f"{prefix['publications']}-{name}": [text]
            for name, text in {
                "rows-count": "1",
                "0-title": "On boards",
                "0-venue": "NeurIPS",
                "0-year": "2025",
                "0-field": "statistics",
                "0-link": "10.1145/3292500.3330672",
            }.items()
        },
        f"{prefix['link']}-address": ["https://github.com/someone"],
    }
    assert "Filled in from your application to Engineering: Link 1, " in page
    assert offered(client, next_window) is None

    first, second = earlier.documents.get(), application.documents.get()
    assert (first.sha256, first.name, first.facts["pages"]) == (second.sha256, second.name, second.facts["pages"])
    assert first.file.name != second.file.name
    assert first.public_id != second.public_id
    with second.file.open() as file:
        assert file.read() == default_storage.open(first.file.name).read()
    # Taking one out leaves the other.
    second_name = second.file.name
    client.post(
        next_window.program.apply_url,
        {"window": next_window.pk, "action": f"remove-document:{second.requirement_id}", "about-full_name": "Ada"},
    )
    sweep_documents(at=timezone.now() + timedelta(hours=2))
    assert list(Document.objects.values_list("pk", flat=True)) == [first.pk]
    assert not default_storage.exists(second_name)
    assert default_storage.exists(first.file.name)


def test_a_name_that_the_account_does_not_know_is_offered_too(client, earlier, next_window):
    earlier.candidate.name = ""
    earlier.candidate.save()
    press(client, next_window, "earlier", **{"about-full_name": ""})
    assert Application.objects.get(window=next_window).draft["about-full_name"] == ["Ada E. Example"]


def test_no_is_an_answer(client, earlier, next_window):
    press(client, next_window, "empty")
    assert Application.objects.get(window=next_window).draft == {"about-full_name": ["Ada Example"]}
    assert offered(client, next_window) is None


def test_a_file_goes_over_only_where_it_is_accepted_as_the_same_thing(client, earlier, next_window):
    [wanted] = next_window.program.requirements.filter(kind="document")
    for parameters in ({"purpose": "your portfolio"}, {"types": ["image/png"]}, {"pages": 0}):
        kept = dict(wanted.parameters)
        wanted.parameters = {**kept, **parameters}
        wanted.save()
        assert offered(client, next_window).documents == {}
        wanted.parameters = kept
        wanted.save()
    assert len(offered(client, next_window).documents) == 1


def test_what_was_answered_is_what_was_asked_then(client, earlier, next_window):
    """The program of the earlier application asks in other words by now."""
    [link] = earlier.program.requirements.filter(kind="link")
    link.parameters = {**link.parameters, "prompt": "Where is your portfolio?"}
    save_requirement(requirement=link)
    assert "Link" in offered(client, next_window).labels


def test_what_was_told_lately_goes_before_what_was_sent_earlier(client, earlier, next_window):
    tell(client, next_window, {"skill pytorch level": ["basic"]})
    skill = f"{prefixes(next_window)['skills']}-skill-PyTorch"
    press(client, next_window, "earlier")
    draft = Application.objects.get(window=next_window).draft
    assert draft[f"{skill}-level"] == ["basic"]
    assert f"{skill}-evidence" not in draft  # it was written for another level


def test_only_ones_own_and_only_what_was_sent(client, earlier, next_window):
    form = ApplicationForm(window=next_window, draft={})
    assert earlier_for(form, candidate=earlier.candidate)
    other = make_user()
    make_draft(candidate=other)
    assert earlier_for(form, candidate=other) is None
    client.force_login(other)
    press(client, next_window, "earlier")
    assert Application.objects.get(window=next_window).draft == {"about-full_name": [""]}


def test_a_file_that_storage_has_lost_fills_in_nothing(client, earlier, next_window):
    default_storage.delete(earlier.documents.get().file.name)
    page = press(client, next_window, "earlier").content.decode()
    assert "We could not copy your file just now" in page
    assert not Application.objects.filter(window=next_window).exists()


def test_the_buttons_belong_to_people_who_are_signed_in_and_windows_that_they_may_know(client, candidate, window):
    address = f"/windows/{window.pk}/start/"
    assert client.post(address).status_code == 302
    client.force_login(candidate)
    assert client.get(address).status_code == 405
    hidden = make_window(published=False)
    unpublished = make_window(make_program(published=False))
    for number in (hidden.pk, unpublished.pk, 0, 9 * 10**30):
        assert client.post(f"/windows/{number}/start/").status_code == 404
    ahead = make_window(opens_at=timezone.now() + timedelta(days=1))
    client.post(f"/windows/{ahead.pk}/start/", {"start": "earlier"})
    assert not Application.objects.exists()
    assert client.post(address, {"start": "\x00", "about-full_name": "\x00"}).status_code == 302


def test_a_sent_application_is_offered_nothing(client, candidate, window):
    client.force_login(candidate)
    tell(client, window)
    send(client, window)
    assert NOTICE not in client.get(window.program.apply_url).content.decode()


def test_an_offer_costs_few_queries_however_many_applications_there_are(client, earlier, next_window):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(next_window.program.apply_url)
        return len(queries)

    before = count()
    assert before <= 11  # three of them for the offer: the application, its answers with files, its program's offices
    third = make_window(make_program(asks=("skills", "publications", "document")))
    send(client, third)
    assert offered(client, next_window).application.window == third
    assert count() == before
