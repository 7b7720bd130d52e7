"""“Where do I qualify?”: each question once, the runner's own verdicts, and nothing kept but in the visitor's session."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Session
from programs import requirements
from programs.models import Program
from programs.qualify import KEPT_FOR, Questions, fits, recall
from tests.factories import PARAMETERS, make_application, make_program, make_requirement, make_window

pytestmark = pytest.mark.django_db
URL = "/where-do-i-qualify/"
DAY = timedelta(days=1)
JUDGED = ("skills", "publications", "choice", "confirmation", "link")


def programs():
    return list(Program.objects.filter(published=True).with_pages())


def posted(known):
    """What a browser posts for answers by topic."""
    return dict(Questions.answered(programs(), known).data.lists())


def answer(client, **known):
    """Posts answers, and returns the page that they lead to. Topics are written with _ for a space."""
    data = posted({topic.replace("_", " "): [text] for topic, text in known.items()})
    response = client.post(URL, data)
    assert response["Location"] == f"{URL}#fits", response.content.decode()
    return client.get(URL).content.decode()


def cards(page):
    """The text of each program's card, in order."""
    found = re.findall(r'<li class="card fit .*?(?=<li class="card fit |</section>)', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", card).split()) for card in found]


def skills(program, *options, title="Languages", **parameters):
    return make_requirement(
        program, "skills", title=title, parameters={"options": list(options), "how_many": 1, **parameters}
    )


def test_what_two_programs_ask_is_one_question(client):
    first, second = make_program(asks=("confirmation", "choice")), make_program(asks=("confirmation", "choice"))
    skills(first, "Python", "R")
    skills(second, "python", "C++", title="Systems")
    page = client.get(URL).content.decode()
    for label in ("I can work all 12 weeks.", "When can you start?"):
        assert page.count(label) == 1
    labels = re.findall(r"<label[^>]*>\s*(\S+)\s*</label>", page)
    assert [label for label in labels if label.lower() in ("python", "r", "c++")] == ["Python", "R", "C++"]


def test_one_answer_is_judged_for_each_program_as_the_form_would_judge_it(client):
    strict, mild = make_program("Strict"), make_program("Mild")
    for program in (strict, mild):
        make_window(program)
    needed = skills(strict, "Python", "C++", lowest="expert")
    skills(mild, "R", "Python", lowest="basic")
    page = answer(client, skill_python_level="advanced")
    mild_card, strict_card = cards(page)
    assert "Mild" in mild_card
    assert "You qualify: 1 of 1 met" in mild_card
    assert "Not yet: 0 of 1 met" in strict_card
    given = {"skills": [{"name": "Python", "level": "advanced", "evidence": ""}]}
    [result] = requirements.check([needed], {needed.pk: given})
    assert escape(result.verdict.reason) in page
    assert "you gave Python at ‘advanced’" in result.verdict.reason


def test_a_requirement_that_a_recruiter_adds_is_asked_and_judged(client):
    program = make_program(asks=("confirmation",))
    answer(client, **{"confirmation_i_can_work_all_12_weeks.": "on"})
    make_requirement(program, "link", title="Code", mandatory=False)
    page = client.get(URL).content.decode()
    assert "Where is your code?" in page
    [card] = cards(page)
    assert "1 of 2 met" in card
    assert "Missing: Code Preferred" in card
    assert "an https address on github.com; you gave none" in card


def test_what_only_the_form_can_ask_is_named(client):
    program = make_program("Sales")
    make_requirement(program, "document", title="Your résumé")
    make_requirement(program, "statement", title="Why you", mandatory=False)
    make_program(asks=("confirmation",))
    page = answer(client, **{"confirmation_i_can_work_all_12_weeks.": "on"})
    [sales] = [card for card in cards(page) if "Sales" in card]
    assert "Nothing to meet before you apply" in sales
    assert "Also asked in the form: Your résumé (needed), Why you" in sales
    assert PARAMETERS["statement"]["prompt"] not in page


def test_the_best_fit_comes_first_and_of_equal_ones_the_open(client):
    now = timezone.now()
    times = {
        "Closed": {"opens_at": now - 9 * DAY, "closes_at": now - DAY},
        "Soon": {"opens_at": now + DAY, "closes_at": now + 9 * DAY},
        "Open": {},
        "Full": {"capacity": 1, "taken": 1},
    }
    for name, window in times.items():
        make_window(make_program(f"{name} track", asks=("confirmation",)), **window)
    far = make_program("Far track", asks=("confirmation",))
    make_window(far)
    skills(far, "Python")
    page = answer(client, **{"confirmation_i_can_work_all_12_weeks.": "on"})
    found = cards(page)
    assert [re.search(r"(\w+) track", card)[1] for card in found] == ["Open", "Soon", "Full", "Closed", "Far"]
    assert [card.count("Apply ") for card in found] == [1, 0, 0, 0, 1]
    assert "Opens " in found[1]


def test_no_program_that_is_not_published_is_shown_or_asked_for(client):
    make_program("Secret", asks=("link",), published=False)
    make_program("Known", asks=("confirmation",))
    page = answer(client, **{"confirmation_i_can_work_all_12_weeks.": "on"})
    assert "Secret" not in page
    assert "Where is your code?" not in page


def test_evidence_is_the_forms_business(client):
    skills(make_program(), "Python", evidence="required")
    page = answer(client, skill_python_level="expert")
    assert "You qualify: 1 of 1 met" in page
    assert "Evidence" not in page


def test_another_skill_like_these_counts_where_it_may(client):
    skills(make_program(), "Spark", other_allowed=True)
    page = answer(client, skill_like_spark_name="Dask", skill_like_spark_level="expert")
    assert "You qualify: 1 of 1 met" in page


def test_a_publication_counts_where_its_field_does():
    first = make_program(asks=("publications",))
    second = make_program()
    make_requirement(second, "publications", parameters={"accepted_fields": ["biology"]})
    known = {"publication 0 title": ["On boards"], "publication 0 field": ["statistics"]}
    questions = Questions(programs(), Questions.answered(programs(), known).data)
    assert questions.is_valid(), questions.errors
    [choices] = [[value for value, _label in f.choices] for f in questions.fields.values() if hasattr(f, "choices")]
    assert choices == ["", "machine learning", "statistics", "biology", "other"]
    met = {fit.program: fit.results[0].verdict for fit in fits(programs(), known, at=timezone.now())}
    assert met[first].met
    assert "0 of the 1 that you gave" in met[second].reason


def test_a_choice_of_the_same_question_offers_the_options_of_all():
    make_program(asks=("choice",))
    make_requirement(
        make_program(), "choice", parameters={"options": ["June", "May"], "several": True, "qualifying": []}
    )
    known = {"choice when can you start?": ["October", "May"]}
    questions = Questions(programs(), Questions.answered(programs(), known).data)
    assert questions.is_valid(), questions.errors
    assert [fit.qualifies for fit in fits(programs(), known, at=timezone.now())] == [True, False]


def test_half_a_publication_is_told_at_its_field_and_nothing_typed_is_lost(client):
    make_program(asks=("publications", "confirmation"))
    data = posted({"publication 0 title": ["On boards"], "confirmation i can work all 12 weeks.": ["on"]})
    page = client.post(URL, data).content.decode()
    assert page.count("Complete this publication, or clear its other fields.") == 2  # in the summary and at the field
    assert 'value="On boards"' in page
    assert "checked" in page
    assert "How you fit" not in page
    assert not recall(client.session, at=timezone.now())


def test_without_any_answer_it_asks_for_one(client):
    make_program(asks=("skills",))
    assert "Answer one question at least" in client.post(URL).content.decode()


@pytest.mark.parametrize("text", ["", "x", "-1", "9" * 30, "x" * 10_000, "a\x00b", "%'\"><script>", "on"])
def test_nonsense_is_answered(client, text):
    make_program(asks=tuple(PARAMETERS))
    data = dict.fromkeys(Questions(programs(), Questions.answered([], {}).data).fields, text)
    assert client.post(URL, data | {"action": text}).status_code in (200, 302)
    assert client.get(URL, {"action": text, text: text}).status_code == 200


def test_answers_live_in_the_session_for_a_day_and_a_button_forgets_them(client):
    make_program(asks=("confirmation",))
    known = {"confirmation_i_can_work_all_12_weeks.": "on"}
    assert "Forget my answers" in answer(client, **known)
    now = timezone.now()
    session = client.session
    assert recall(session, at=now + KEPT_FOR - DAY / 24)
    assert not recall(session, at=now + KEPT_FOR)
    assert not recall(session, at=now)  # too old once is gone for good
    client.post(URL, {"action": "forget"})
    assert not recall(client.session, at=now)
    assert "How you fit" not in client.get(URL).content.decode()


def test_nothing_is_written_but_the_session_and_nothing_stands_in_the_address(client):
    make_program(asks=("confirmation",))
    with CaptureQueriesContext(connection) as queries:
        response = client.post(URL, posted({"confirmation i can work all 12 weeks.": ["on"]}))
    assert "?" not in response["Location"]
    writes = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writes
    assert all(Session._meta.db_table in sql for sql in writes)
    assert "no-store" in client.get(URL)["Cache-Control"]


def test_a_post_from_another_site_is_refused():
    make_program(asks=("confirmation",))
    data = posted({"confirmation i can work all 12 weeks.": ["on"]})
    assert Client(enforce_csrf_checks=True).post(URL, data).status_code == 403


def test_neither_programs_nor_applications_cost_queries(client):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        return len(queries)

    window = make_window(make_program(asks=JUDGED))
    answer(client, skill_pytorch_level="expert")
    before = count()
    assert before <= 5  # the session, programs, offices, windows, requirements
    make_application(window)
    for _number in range(3):
        make_window(make_program(asks=JUDGED))
    assert count() == before


def test_home_and_program_pages_lead_there(client):
    program = make_program(asks=("skills",))
    for address in ("/", program.get_absolute_url()):
        main = client.get(address).content.decode().partition("<main")[2]
        assert f'href="{URL}"' in main
