"""The people of the demo are varied and unmistakably made up; their résumés are real files."""

import io
from random import Random

import pytest

from applications.inspection import inspect
from pinterns.demo.people import people
from pinterns.demo.resumes import NATIVE_FONTS, _characters, resume

RESERVED = (".org", ".com", ".net", ".edu")


def test_people_are_the_same_for_a_seed_and_others_for_another():
    assert list(people(1, 50)) == list(people(1, 50))
    assert list(people(1, 50)) == list(people(1, 80))[:50]
    assert list(people(1, 50)) != list(people(2, 50))


def test_people_have_varied_names_and_addresses_that_nobody_has():
    crowd = list(people(7, 5000))
    assert len({person.name for person in crowd[:80]}) >= 78
    assert len({person.email for person in crowd}) == len({person.handle for person in crowd}) == len(crowd)
    for person in crowd:
        assert person.email == person.email.lower()
        assert person.email.endswith(tuple(f"example{ending}" for ending in RESERVED))
        assert person.handle.isascii() and person.handle.replace("-", "").isalnum()
        assert len(person.name) <= 60


def test_every_name_can_be_written_with_the_fonts_that_ship():
    fonts = [_characters(font) for font in ("NotoSans-Regular.ttf", *NATIVE_FONTS)]
    for person in people(7, 5000):
        for text in filter(None, (person.name.partition(" (")[0], person.native)):
            assert any(set(map(ord, text)) <= font for font in fonts), text


@pytest.mark.parametrize(
    "program", ["Engineering", "Pin Labs", "Data Science", "Sales", "Machine Learning", "Unheard Of"]
)
def test_resumes_are_small_real_and_the_same_for_the_same_chance(program):
    for number, person in enumerate(people(3, 4)):
        file = resume(person, program=program, rng=Random(number))
        assert file == resume(person, program=program, rng=Random(number))
        assert len(file) < 40_000
        facts = inspect(io.BytesIO(file))
        assert facts.content_type == "application/pdf"
        assert facts.pages in (1, 2)
