"""Each kind of requirement: what it asks in words, what it accepts, and what it tells whom it refuses."""

import pytest
from django.utils.datastructures import MultiValueDict

from programs import kinds
from programs.kinds.statement import count_words
from tests.factories import BAD, GOOD, PARAMETERS
from tests.programs.words import COUNTED

FILE = {"id": "x", "name": "cv.pdf", "content_type": "application/pdf", "size": 1000, "pages": 1, "sha256": ""}


def rule(kind, **parameters):
    return kinds.get(kind)({**PARAMETERS[kind], **parameters}, title="Title")


def answered(rule, values, document=None):
    """The form that these posted values make, judged strictly."""
    data = MultiValueDict(
        {f"r1-{name}": value if isinstance(value, list) else [value] for name, value in values.items()}
    )
    return rule.form(data, prefix="r1", document=document)


def verdict(rule, values, document=None):
    form = answered(rule, values, document)
    assert form.is_valid(), form.errors
    return rule.check(form.given(), program_name="Machine Learning")


@pytest.mark.parametrize("kind", PARAMETERS)
def test_a_good_answer_meets_and_a_bad_one_says_what_is_asked(kind):
    assert verdict(rule(kind), GOOD[kind], FILE if kind == "document" else None).met
    refused = verdict(rule(kind), BAD[kind])
    assert not refused.met
    assert refused.reason.startswith("Machine Learning asks for ")


@pytest.mark.parametrize("kind", PARAMETERS)
def test_an_empty_answer_is_a_verdict_and_no_error(kind):
    assert not verdict(rule(kind), {}).met


@pytest.mark.parametrize("kind", PARAMETERS)
def test_a_draft_is_shown_without_judging_it(kind):
    form = rule(kind).form(MultiValueDict({"r1-text": ["x"]}), prefix="r1", lenient=True)
    assert not form.errors
    assert "aria-invalid" not in form.as_p()


@pytest.mark.parametrize("kind", PARAMETERS)
def test_recruiters_form_takes_the_parameters_and_shows_them_again(kind):
    form_class = kinds.get(kind).ParametersForm
    posted = {
        name: "\n".join(value) if name not in ("types",) and isinstance(value, list) else value
        for name, value in PARAMETERS[kind].items()
    }
    form = form_class(data=posted)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == PARAMETERS[kind]


@pytest.mark.parametrize("kind", PARAMETERS)
def test_an_answer_is_shown_to_people_as_lines_of_text(kind):
    form = answered(rule(kind), GOOD[kind], FILE if kind == "document" else None)
    assert form.is_valid()
    lines = rule(kind).lines(form.given())
    assert lines
    assert all(isinstance(line, str) for line in lines)


def test_skills_say_what_is_asked_and_what_is_missing():
    assert verdict(rule("skills"), {"skill-PyTorch-level": "basic"}).reason == (
        "Machine Learning asks for at least one of TensorFlow, PyTorch, MLflow at ‘advanced’ or better; you gave PyTorch at ‘basic’."
    )


def test_skills_count_those_at_the_level_or_above():
    two = rule("skills", how_many=2)
    assert not verdict(two, {"skill-PyTorch-level": "expert", "skill-MLflow-level": "intermediate"}).met
    assert verdict(two, {"skill-PyTorch-level": "expert", "skill-MLflow-level": "advanced"}).met


def test_another_skill_counts_where_it_is_allowed_and_never_twice():
    other = {"other-name": "JAX", "other-level": "expert"}
    assert verdict(rule("skills", other_allowed=True), other).met
    assert not verdict(rule("skills"), other).met
    twice = {"other-name": "pytorch", "other-level": "expert", "skill-PyTorch-level": "expert"}
    assert not verdict(rule("skills", other_allowed=True, how_many=2), twice).met


def test_a_level_without_its_name_or_its_required_evidence_is_an_error_at_the_field():
    nameless = answered(rule("skills", other_allowed=True), {"other-level": "expert"})
    assert "other-name" in nameless.errors
    unproved = answered(rule("skills", evidence="required"), {"skill-PyTorch-level": "expert"})
    assert "skill-PyTorch-evidence" in unproved.errors


def test_options_with_signs_and_spaces_keep_their_own_answers():
    languages = rule("skills", options=["C", "C++", "C #", "Spark Streaming"])
    form = answered(languages, {"skill-C++-level": "expert", "skill-Spark_Streaming-level": "advanced"})
    assert form.is_valid()
    assert [skill["name"] for skill in form.given()["skills"]] == ["C++", "Spark Streaming"]


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("10.1145/3292500.3330672", "https://doi.org/10.1145/3292500.3330672"),
        ("doi: 10.1000/182", "https://doi.org/10.1000/182"),
        ("https://doi.org/10.1000/182", "https://doi.org/10.1000/182"),
        ("https://arxiv.org/abs/1706.03762", "https://arxiv.org/abs/1706.03762"),
        ("javascript:alert(1)", None),
        ("10.1/x", None),
        ("arxiv", None),
    ],
)
def test_a_publication_has_a_link_or_a_doi(link, kept):
    form = answered(rule("publications"), {**GOOD["publications"], "0-link": link})
    assert form.is_valid() == (kept is not None)
    if kept:
        assert form.given()["publications"][0]["link"] == kept
    else:
        assert "0-link" in form.errors


def test_a_half_filled_publication_is_an_error_and_an_empty_one_is_ignored():
    half = answered(rule("publications"), {"rows-count": "2", "1-title": "Only a title"})
    assert "1-venue" in half.errors
    assert "0-title" not in half.errors


def test_publications_in_another_field_do_not_count():
    refused = verdict(rule("publications"), {**GOOD["publications"], "0-field": "other"})
    assert not refused.met
    assert "0 of the 1" in refused.reason


@pytest.mark.parametrize("posted", ["0", "-1", "999999", "1e9", "x", "", "²", "9" * 5000])
def test_an_invented_number_of_rows_stays_within_reason(posted):
    form = answered(rule("publications"), {"rows-count": posted})
    assert 1 <= len(form.rows) <= 10


@pytest.mark.parametrize("year", ["0", "-5", "99999", "٢٠٢٥", "x"])
def test_an_impossible_year_is_an_error_or_read_as_what_it_says(year):
    form = answered(rule("publications"), {**GOOD["publications"], "0-year": year})
    assert form.is_valid() == (year == "٢٠٢٥")


@pytest.mark.parametrize(("text", "words"), COUNTED)
def test_words_are_counted_in_every_script(text, words):
    assert count_words(text) == words


def test_a_statement_is_judged_by_its_words():
    assert verdict(rule("statement", least=5, most=5), {"text": "我喜欢图钉"}).met
    assert "yours has 1 word." in verdict(rule("statement"), {"text": "Because."}).reason


def test_several_choices_qualify_when_one_of_them_does():
    several = rule("choice", several=True)
    assert verdict(several, {"chosen": ["June", "October"]}).met
    assert "you chose October" in verdict(several, {"chosen": ["October"]}).reason
    assert "chosen" in answered(several, {"chosen": ["December"]}).errors


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"content_type": "image/png"}, "PNG"),
        ({"pages": 3}, "3 pages"),
        ({"size": 3 * 1024 * 1024}, "MB"),
        (None, "no file"),
    ],
)
def test_a_document_is_judged_by_its_facts(facts, says):
    document = {**FILE, **facts} if facts is not None else None
    refused = verdict(rule("document"), {}, document)
    assert not refused.met
    assert says in refused.reason


@pytest.mark.parametrize(
    ("address", "met"),
    [
        ("https://github.com/someone", True),
        ("https://gist.github.com/someone", True),
        ("http://github.com/someone", False),
        ("https://github.com.evil.example/", False),
        ("https://evilgithub.com/", False),
        ("javascript:alert(1)//github.com", False),
        ("https://user@evil.example/github.com", False),
        ("https://[::1", False),
    ],
)
def test_a_link_is_https_and_on_an_accepted_host(address, met):
    assert verdict(rule("link"), {"address": address}).met is met


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("skills", "how_many", 9),
        ("skills", "options", "x" * 101),
        ("skills", "lowest", "godlike"),
        ("statement", "most", 1),
        ("choice", "qualifying", "December"),
        ("link", "hosts", "not a host"),
        ("publications", "accepted_fields", ""),
        ("document", "megabytes", 5000),
        ("confirmation", "sentence", ""),
    ],
)
def test_recruiters_form_refuses_what_nobody_could_meet(kind, field, value):
    posted = {
        name: "\n".join(v) if name != "types" and isinstance(v, list) else v for name, v in PARAMETERS[kind].items()
    }
    form = kinds.get(kind).ParametersForm(data={**posted, field: value})
    assert field in form.errors
