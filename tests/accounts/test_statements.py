"""Statements that are kept: they answer as their querysets do, for whatever they are asked."""

from datetime import date

import pytest
from django.db.models import F, Model

from accounts.statements import Statement
from applications.models import Application, Offer
from programs.models import Office, Program, Requirement, Window
from tests.factories import make_draft, make_office, make_program, make_requirement, make_window

pytestmark = pytest.mark.django_db


def facts(row: Model) -> dict:
    """What was read of it."""
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


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


def test_what_is_joined_annotated_or_deferred_is_as_its_queryset_has_it(django_assert_num_queries):
    make_window(make_program("First"))
    named = Window.objects.select_related("program").annotate(told=F("program__name")).defer("season")
    kept = Statement(lambda pk: named.filter(pk=pk))
    [expected] = named
    with django_assert_num_queries(1):
        [row] = kept.rows(expected.pk)
        assert row.program.name == row.told == "First"
    assert row.get_deferred_fields() == {"season"}
    assert facts(row) == facts(expected)
    assert facts(row.program) == facts(expected.program)


def test_a_joined_row_may_be_missing(django_assert_num_queries):
    draft = make_draft()
    kept = Statement(lambda pk: Application.objects.filter(pk=pk).select_related("offer"))
    with django_assert_num_queries(1):
        assert not hasattr(kept.first(draft.pk), "offer")
    day = date(2027, 6, 1)
    offer = Offer.objects.create(application=draft, office=make_office(), start_date=day, answer_by=day)
    offer = Offer.objects.get(pk=offer.pk)
    with django_assert_num_queries(1):
        assert facts(kept.first(draft.pk).offer) == facts(offer)
    assert kept.first(0) is None


def test_it_is_kept_for_each_number_of_values():
    of_names = Statement(lambda *names: Office.objects.filter(name__in=names))
    austin, boston, seattle = map(make_office, ("Austin", "Boston", "Seattle"))
    assert of_names.rows("Austin") == [austin]
    assert of_names.rows("Austin", "Seattle") == [austin, seattle]
    assert of_names.rows("Boston") == [boston]


def test_what_is_no_model_comes_as_tuples():
    of_name = Statement(lambda name: Office.objects.filter(name=name).values_list("name", "pk"))
    office = make_office("Seattle")
    assert of_name.tuples("Seattle") == [("Seattle", office.pk)]
    assert of_name.tuples("Austin") == []


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
