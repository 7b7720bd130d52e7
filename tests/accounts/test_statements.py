"""Statements that are kept: they answer as their querysets do, for whatever they are asked."""

import pytest

from accounts.statements import Statement
from programs.models import Office, Program, Requirement
from tests.factories import make_office, make_program, make_requirement

pytestmark = pytest.mark.django_db


def test_it_answers_as_its_queryset_does_each_time_for_other_values():
    asked_of = Statement(lambda pk: Requirement.objects.filter(program=pk, retired_at=None))
    for name in ("First", "Second"):
        program = make_program(name, asks=("skills", "link"))
        assert asked_of.rows(program.pk) == program.active_requirements()
        assert asked_of.rows(program.pk)[0].parameters == program.active_requirements()[0].parameters
    assert asked_of.rows(0) == []


def test_it_tells_what_is_true_now():
    of_slug = Statement(lambda slug: Program.objects.filter(published=True, slug=slug))
    program = make_program("First", slug="first")
    assert [row.summary for row in of_slug.rows("first")] == [program.summary]
    Program.objects.update(summary="Another summary.")
    assert [row.summary for row in of_slug.rows("first")] == ["Another summary."]
    make_requirement(program, "link")
    Program.objects.update(published=False)
    assert of_slug.rows("first") == []


@pytest.mark.parametrize("hostile", ["' OR 1=1 --", "%s", "%", "\\"])
def test_a_value_is_never_part_of_the_statement(hostile):
    of_name = Statement(lambda name: Office.objects.filter(name=name))
    make_office("Seattle")
    assert of_name.rows("Seattle")
    assert of_name.rows(hostile) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda name: Office.objects.filter(name=name, slug="seattle"),
        lambda name: Office.objects.filter(name=name.upper()),
        lambda name: Office.objects.all(),
    ],
)
def test_a_queryset_with_other_values_than_those_given_is_refused(make):
    with pytest.raises(ValueError, match="values"):
        Statement(make).rows("Seattle")
