"""Placeholders in letters' words: plain substitution, whatever the words and the values are."""

import random
import string

import pytest

from applications.placeholders import PLACEHOLDERS, available, fill, missing, problems
from applications.standard_letters import KINDS
from applications.workflow import TRANSITIONS

HOSTILE = [
    *("{link}", "{name}", "{{name}}", "{", "}", "{}", "{0}", "{name!r}", "{name.__class__}", "{name[0]}"),
    *(
        "%(name)s",
        "%s",
        "%",
        "{% now %}",
        "{{ settings.SECRET_KEY }}",
        "${name}",
        "\\1",
        "\\g<1>",
        "\x00",
        "<b>",
        "\r\n",
    ),
]
VALUES = {name: f"<{name}>" for name in PLACEHOLDERS}


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_stays_what_it_is(value):
    values = dict.fromkeys(PLACEHOLDERS, value)
    assert fill("a {name} b {link}{program} c", values) == f"a {value} b {value}{value} c"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_placeholder_stays_what_it_is(text):
    expected = text.replace("{link}", "<link>").replace("{name}", "<name>")
    assert fill(text, VALUES) == expected


def test_any_text_is_filled_in_one_pass():
    alphabet = [*(f"{{{name}}}" for name in PLACEHOLDERS), *HOSTILE, *string.printable]
    dice = random.Random(20270212)
    for _round in range(500):
        pieces = [dice.choice(alphabet) for _piece in range(dice.randrange(1, 12))]
        values = {name: dice.choice(HOSTILE) for name in PLACEHOLDERS}
        whole = "\x01".join(pieces)  # between them, so that no two pieces become a placeholder together
        assert fill(whole, values) == "\x01".join(fill(piece, values) for piece in pieces)


def test_a_value_that_nobody_gave_is_no_hole_in_a_letter():
    with pytest.raises(KeyError):
        fill("Come to {office}.", {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dear {nmae}", "“{nmae}” is no placeholder."),
        ("{Name}", "“{Name}” is no placeholder."),
        ("{ name }", "“{ name }” is no placeholder."),
        ("{name.email}", "“{name.email}” is no placeholder."),
        ("{name!r:>9}", "“{name!r:>9}” is no placeholder."),
        ("{}", "“{}” is no placeholder."),
        ("{office}", "“{office}” has no value in this letter."),
        ("{interview_when}", "“{interview_when}” has no value in this letter."),
        ("{name", "A brace stands alone."),
        ("name}", "A brace stands alone."),
        ("{{name}}", "A brace stands alone."),
    ],
)
def test_what_cannot_be_filled_is_named_beside_what_can(text, told):
    found = problems(text, "reject")
    assert any(told in sentence for sentence in found)
    assert "{name}, {program}, {season}, {reference}" in found[-1]
    assert "{office}" not in found[-1]


def test_every_fault_is_named_once():
    found = problems("{one} {two} {one} {", "reject")
    assert [sentence.split("”")[0] for sentence in found[:2]] == ["“{one}", "“{two}"]
    assert len(found) == 4


def test_a_text_without_faults_has_none():
    assert problems("Dear {name}, %(x)s costs 5 % of $1 {link}", "reject") == []


def test_every_letter_of_the_workflow_has_its_kind():
    assert {row.action for row in TRANSITIONS if row.writes} - {"submit"} | {"receipt"} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_standard_words_keep_their_own_rules(kind):
    words = KINDS[kind]
    assert problems(str(words.subject), kind) == problems(words.body, kind) == []
    assert missing(words.body, words.needed) == []
    assert set(words.needed) <= set(available(kind))
