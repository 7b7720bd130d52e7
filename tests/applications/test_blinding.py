"""Answers as a blind reader sees them: written when they are sent, and for those that were sent before."""

import importlib

import pytest
from django.apps import apps

from applications.blinding import blind, identity
from applications.models import Answer, Application
from applications.redaction import BLOCK, Redaction
from programs import kinds
from tests.factories import PARAMETERS, make_draft, make_program, make_user, make_window, post_for

ALL = ("skills", "publications", "statement", "choice", "confirmation", "document", "link")
SECRETS = ("ada", "example", "555", "zork", "github", "3292500", "cv-of-ada")


def hide(text: str) -> str:
    return text.replace("Ada", BLOCK)


@pytest.mark.parametrize(
    ("kind", "given", "lines"),
    [
        ("statement", {"text": "I am Ada.\nHello.", "words": 4}, [f"I am {BLOCK}.", "Hello."]),
        ("link", {"address": "https://github.com/ada"}, ["A link was given."]),
        ("link", {"address": ""}, []),
        ("choice", {"chosen": ["Ada"]}, ["Ada"]),
        ("confirmation", {"agreed": True}, ["Agreed"]),
        (
            "publications",
            {
                "publications": [
                    {"title": "On Ada", "venue": "Ada Conf", "year": 2025, "field": "statistics", "link": "x"}
                ]
            },
            [f"On {BLOCK}. {BLOCK} Conf, 2025 (statistics)."],
        ),
        (
            "document",
            {"document": {"name": "ada.pdf", "content_type": "application/pdf", "pages": 2}},
            ["PDF, 2 pages"],
        ),
        ("document", {"document": {"name": "ada.png", "content_type": "image/png", "pages": 1}}, ["PNG, 1 page"]),
        ("document", {"document": None}, []),
        (
            "skills",
            {
                "skills": [
                    {"name": "PyTorch", "level": "advanced", "evidence": "As Ada."},
                    {"name": "AdaLang", "level": "basic", "evidence": ""},
                ]
            },
            [f"PyTorch: advanced. As {BLOCK}.", f"{BLOCK}Lang: basic"],
        ),
    ],
)
def test_every_kind_says_what_it_shows_to_the_blind(kind, given, lines):
    assert kinds.get(kind)(PARAMETERS[kind]).blind_lines(given, hide) == lines


def test_a_listed_option_stays_even_if_somebody_has_its_name():
    rule = kinds.get("skills")({**PARAMETERS["skills"], "options": ["Ada", "Julia"]})
    given = {"skills": [{"name": "Ada", "level": "basic", "evidence": "Ada."}]}
    assert rule.blind_lines(given, hide) == [f"Ada: basic. {BLOCK}."]


@pytest.fixture
def sent(client):
    """An application in which everything tells who sent it."""
    program = make_program(asks=ALL)
    program.requirements.filter(kind__in=("choice", "link")).update(mandatory=False)
    candidate = make_user("ada.ex@uni.example")
    client.force_login(candidate)
    told = (
        "I am Ada Example, ada.ex@uni.example, +1 (415) 555 0100, zork99 of https://github.com/zork99, 10.1145/3292500."
    )
    answers = {
        "skills": {"skill-PyTorch-level": "advanced", "skill-PyTorch-evidence": told},
        "statement": {"text": told},
        "publications": {
            "rows-count": "1",
            "0-title": "On boards, by A. Example",
            "0-venue": "NeurIPS",
            "0-year": "2025",
            "0-field": "statistics",
            "0-link": "10.1145/3292500",
        },
        "link": {"address": "https://example.org/zork99"},
    }
    extra = {"about-phone": "+1 415 555 0100", "about-link_1": "https://ada.example/zork99", "action": "send"}
    client.post(program.apply_url, post_for(make_window(program), answers=answers, **extra))
    return Application.objects.get(candidate=candidate, status="submitted")


def text_of(answers) -> str:
    return "\n".join("\n".join([*answer.blind_lines, answer.blind_reason]) for answer in answers)


@pytest.mark.django_db
def test_sending_writes_what_the_blind_see(sent):
    answers = list(sent.answers.all())
    text = text_of(answers)
    assert len(answers) == len(ALL)
    assert not [secret for secret in SECRETS if secret in text.casefold()]
    for kept in (
        "PyTorch: advanced",
        "On boards, by ▇▇▇▇. NeurIPS, 2025 (statistics).",
        "June",
        "Agreed",
        "PDF, 1 page",
    ):
        assert kept in text
    link = next(answer for answer in answers if answer.kind == "link")
    assert "zork99" in link.reason, "the control: the verdict for people who may know quotes the link"
    assert "A link was given." in link.blind_lines


@pytest.mark.django_db
def test_what_was_sent_before_is_blinded_by_the_migration(sent):
    expected = text_of(sent.answers.all())
    Answer.objects.update(blind_lines=[], blind_reason="")
    make_draft()
    migration = importlib.import_module("applications.migrations.0004_blind_answers")
    for _twice in range(2):
        migration.blind_all(apps, None)
        assert text_of(sent.answers.all()) == expected


@pytest.mark.django_db
def test_identity_has_all_that_is_known(sent):
    assert identity(sent, sent.answers.all()) == {
        "name": "Ada Example",
        "email": "ada.ex@uni.example",
        "phone": "+1 415 555 0100",
        "links": ["https://ada.example/zork99", "https://example.org/zork99"],
    }
    answer = Answer(kind="statement", parameters={}, given={"text": "Ada"}, reason="Ada gave one word.")
    blind([answer], Redaction(name="Ada"))
    assert (answer.blind_lines, answer.blind_reason) == ([BLOCK], f"{BLOCK} gave one word.")
