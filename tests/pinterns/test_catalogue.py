"""The catalogue that ships states what the programs ask for, and loading it harms nothing."""

import re

import pytest

from pinterns import catalogue
from pinterns.catalogue import CatalogueError, load
from programs.drawings import COVERS, SKYLINES
from programs.models import Office, Program, Requirement
from programs.requirements import check
from tests.pinterns.drawings import no_drawings

pytestmark = pytest.mark.django_db

EVERYWHERE = {"san-francisco", "palo-alto", "seattle", "chicago", "new-york", "toronto"}
OFFICES = {
    "engineering": {"san-francisco", "palo-alto", "seattle", "toronto"},
    "pin-labs": EVERYWHERE,
    "data-science": EVERYWHERE,
    "machine-learning": EVERYWHERE,
    "sales": EVERYWHERE,
}
MANDATORY = {
    "engineering": ["your agreement to “I can work all 12 weeks of the internship.”"],
    "pin-labs": [
        "at least one publication in machine learning, AI, data science, data analytics, statistics or a related technical field"
    ],
    "data-science": [
        "at least one of Python, R at ‘advanced’ or better",
        "at least one of SQL, Hive at ‘intermediate’ or better",
    ],
    "machine-learning": [
        "at least one of Hadoop, Spark or another like them at ‘intermediate’ or better",
        "at least one of Kafka, Flink, Spark Streaming or another like them at ‘intermediate’ or better",
        "at least one of JavaScript, C++, Python at ‘advanced’ or better",
        "at least one of TensorFlow, PyTorch, MLflow at ‘advanced’ or better",
    ],
    "sales": [],
}


@pytest.fixture
def loaded():
    with no_drawings():
        return load()


def test_the_offices_and_programs_are_the_catalogues(loaded):
    assert loaded == 11
    assert set(Office.objects.values_list("slug", flat=True)) == EVERYWHERE
    assert {office.slug: str(office.country) for office in Office.objects.all()}["toronto"] == "CA"
    found = {program.slug: {office.slug for office in program.offices.all()} for program in Program.objects.all()}
    assert found == OFFICES
    assert set(Program.objects.values_list("weeks", flat=True)) == {12}
    assert len(set(Program.objects.values_list("hue", flat=True))) == len(OFFICES)


@pytest.mark.parametrize("slug", MANDATORY)
def test_what_is_mandatory_is_exactly_what_the_catalogue_requires(loaded, slug):
    rows = Program.objects.get(slug=slug).requirements.filter(mandatory=True)
    assert [row.rule.asks for row in rows] == MANDATORY[slug]


def test_every_program_prefers_a_resume_and_every_kind_is_in_use(loaded):
    resumes = Requirement.objects.filter(kind="document", mandatory=False, parameters__types=["application/pdf"])
    assert resumes.count() == len(OFFICES)
    assert {"skills", "publications", "statement", "choice", "confirmation", "document", "link"} == set(
        Requirement.objects.values_list("kind", flat=True)
    )


def test_a_framework_at_a_low_level_is_told_in_the_words_of_the_program(loaded):
    row = Requirement.objects.select_related("program").get(title="A machine-learning framework")
    given = {"skills": [{"name": "PyTorch", "level": "basic", "evidence": ""}]}
    [result] = check([row], {row.pk: given})
    assert result.blocks
    assert result.verdict.reason == (
        "Machine Learning asks for at least one of TensorFlow, PyTorch, MLflow at ‘advanced’ or better; "
        "you gave PyTorch at ‘basic’."
    )


def test_descriptions_are_long_enough_to_decide_by_and_short_enough_to_read(loaded):
    for program in Program.objects.all():
        assert 120 <= len(re.findall(r"[\w’'-]+", program.description)) <= 200, program
        assert "<h3>" in program.description_html


def test_every_office_and_program_has_a_drawing_of_its_own():
    assert set(SKYLINES) == EVERYWHERE
    assert set(COVERS) == set(OFFICES)


def test_loading_again_changes_nothing_and_keeps_what_recruiters_edited(loaded, django_assert_max_num_queries):
    Program.objects.filter(slug="sales").update(summary="Edited in the admin.", name="Advertising sales")
    Requirement.objects.filter(title="Résumé").update(title="CV")
    with django_assert_max_num_queries(2):
        assert load() == 0
    assert Program.objects.get(slug="sales").summary == "Edited in the admin."
    assert not Requirement.objects.filter(title="Résumé").exists()


def test_a_program_whose_slug_was_edited_is_not_made_again(loaded):
    Program.objects.filter(slug="sales").update(slug="advertising")
    assert load() == 0


PROGRAM = """
[[offices]]
slug = "here"
name = "Here"
city = "Here"
country = "US"
time_zone = "America/Chicago"

[[programs]]
slug = "track"
name = "Track"
summary = "A track."
description = "A track."
contact_email = "track@pinterns.example"
hue = 20
offices = ["here"]

[[programs.requirements]]
kind = "skills"
title = "Languages"
mandatory = true
parameters = { options = ["Python"], how_many = 1, lowest = "advanced", other_allowed = false, evidence = "optional" }
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('lowest = "advanced"', 'lowest = "superb"', "“Languages”.*superb"),
        ("how_many = 1", "how_many = 2", "“Languages”.*More than one can give"),
        ("how_many = 1", "how_much = 1", "no parameter how_much"),
        ('kind = "skills"', 'kind = "talent"', "no kind “talent”"),
        ('offices = ["here"]', 'offices = ["there"]', "no office there"),
        ("America/Chicago", "America/Nowhere", "here: .*not a time zone"),
        ('contact_email = "track@pinterns.example"', 'contact_email = "track"', "track: .*contact_email"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_creates_nothing(tmp_path, right, wrong, said):
    path = tmp_path / "catalogue.toml"
    path.write_text(PROGRAM.replace(right, wrong), encoding="utf-8")
    with no_drawings(), pytest.raises(CatalogueError, match=f"(?s){said}"):
        load(path)
    assert not Office.objects.exists()
    assert not Program.objects.exists()


def test_what_is_made_up_is_marked_so_in_the_file():
    text = catalogue.CATALOGUE.read_text(encoding="utf-8")
    assert "ILLUSTRATIVE" in text
    for line in text.splitlines():
        if line.startswith(("street =", "postal_code =")):
            assert line.endswith("# illustrative")


def test_each_program_is_judged_by_a_rubric_with_every_anchor_told(loaded):
    rubrics = {program.slug: list(program.criteria.all()) for program in Program.objects.all()}
    assert set(rubrics) == set(OFFICES)
    for criteria in rubrics.values():
        assert len(criteria) >= 3
        assert all(text for criterion in criteria for _score, text in criterion.anchors)
    assert all(program.rejection_reasons.exists() for program in Program.objects.all())
