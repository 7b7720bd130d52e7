"""What a résumé's text offers for the form, and that only empty fields are filled, by who ticked them."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.form import ApplicationForm
from applications.models import Application
from applications.resume import find_links, find_phone, has_skill, suggestions, use
from tests.factories import make_program, make_requirement, make_user, make_window, post_for
from tests.files import pdf

TEXT = "Ada Example, Phone +1 415 555 0100, https://ada.example.org and github.com/ada. Skills: PyTorch, MLflow"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("Ada · +1 415 555 0100 · ada@example.org", "+1 415 555 0100"),
        ("Tel. 030 1234567-8", "030 1234567-8"),
        ("(415) 555-0100", "(415) 555-0100"),
        ("415.555.0100", "415.555.0100"),
        ("2019 - 2023 Example University", ""),
        ("01/09/2019 - 30/06/2023", ""),
        ("10.1145/3292500.3330672", ""),
        ("Grew 1200000 to 15000000 pins", ""),
        ("Phone: on request\n2019 - 2023", ""),
        ("GPA 3.98/4.00, rank 1 of 12345678", ""),
        ("github.com/ada/415-555-0100", ""),
        ("", ""),
    ],
)
def test_a_phone_number_is_found_and_dates_are_none(text, phone):
    assert find_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://ada.example.org/work.", ["https://ada.example.org/work"]),
        ("(github.com/ada), linkedin.com/in/ada", ["https://github.com/ada", "https://linkedin.com/in/ada"]),
        ("www.example.org", ["https://www.example.org"]),
        ("https://github.com/ada github.com/Ada/", ["https://github.com/ada"]),
        ("ada@github.com, Node.js/React and ASP.NET", []),
        ("javascript:alert(1) https:// http://[", []),
        ("notgithub.com/ada", []),
    ],
)
def test_links_are_found_once_each_and_names_of_tools_are_none(text, links):
    assert find_links(text) == links


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("pytorch and tensorflow", "PyTorch", True),
        ("Deep   learning\nat scale; machine\nlearning", "Machine learning", True),
        ("JavaScript", "Java", False),
        ("Java, C++", "Java", True),
        ("C++ and C#", "C++", True),
        ("C++ and C#", "C#", True),
        ("C++ and C#", "C", False),
        ("C, C++", "C", True),
        ("Languages: Python, R", "R", True),
        ("R&D with J. R. Example", "R", False),
        ("Python (r)", "R", False),
        ("Go, Python", "Go", True),
        ("Python and Go", "Go", True),
        ("Go to market; let it go", "Go", False),
        ("Django", "Go", False),
        ("Vitamin C, daily", "C", False),
        ("Trained ML models", "ML", True),
        ("html", "ML", False),
        ("Built with Node.js.", "Node.js", True),
        ("Built with Node.js", "Node", False),
        ("I like .* and a(b", "a(b", True),
    ],
)
def test_a_skill_is_a_word_of_its_own(text, name, found):
    assert has_skill(text, name) is found


@pytest.fixture
def window(db):
    program = make_program(asks=("skills", "link", "document"))
    return make_window(program)


def offered(window, draft):
    return suggestions(TEXT, ApplicationForm(window=window, draft=draft))


def test_each_empty_field_is_offered_what_fits_and_a_filled_one_nothing(window):
    skills, link, _document = window.program.active_requirements()
    found = {suggestion.field: suggestion.value for suggestion in offered(window, {})}
    assert found == {
        "about-phone": "+1 415 555 0100",
        f"r{link.pk}-address": "https://github.com/ada",
        "about-link_1": "https://ada.example.org",
        f"r{skills.pk}-skill-PyTorch-level": "basic",
        f"r{skills.pk}-skill-MLflow-level": "basic",
    }
    draft = {
        "about-phone": ["1"],
        f"r{link.pk}-address": ["x"],
        "about-link_1": ["https://ada.example.org"],
        f"r{skills.pk}-skill-PyTorch-level": ["expert"],
    }
    rest = {suggestion.field: suggestion.value for suggestion in offered(window, draft)}
    assert rest == {"about-link_2": "https://github.com/ada", f"r{skills.pk}-skill-MLflow-level": "basic"}


def test_only_what_was_chosen_is_filled_in(window):
    draft, filled = use({"about-full_name": ["Ada"]}, offered(window, {}), ["phone", "nonsense"])
    assert draft == {"about-full_name": ["Ada"], "about-phone": ["+1 415 555 0100"]}
    assert filled == ["Phone (+1 415 555 0100)"]


def test_without_javascript_the_offers_are_ticked_and_used_by_a_post(client, window):
    client.force_login(make_user("ada@example.org"))
    url, document = window.program.apply_url, window.program.requirements.get(kind="document")
    file = SimpleUploadedFile("cv.pdf", pdf(text=TEXT), "application/pdf")
    empty = {**post_for(window, answers={"skills": {}, "link": {}}), "about-phone": "", "action": "save"}
    client.post(url, {**empty, f"r{document.pk}-file": file})
    page = client.get(url).text
    assert "Found in it" in page
    assert not re.search(r'name="use-\d+"[^>]*checked', page)
    assert Application.objects.get().draft["about-phone"] == [""]

    del empty[f"r{document.pk}-file"]
    use_these = {**empty, "action": f"use:{document.pk}", f"use-{document.pk}": ["phone"]}
    page = client.post(url, use_these, follow=True).text
    assert "Filled in from your file: Phone (+1 415 555 0100)." in page
    assert Application.objects.get().draft["about-phone"] == ["+1 415 555 0100"]
    page = client.post(url, {**use_these, "about-phone": "My own number"}, follow=True).text
    assert "Nothing was filled in." in page
    assert Application.objects.get().draft["about-phone"] == ["My own number"]
    for nonsense in ("use:", "use:x", "use:99999999999999999999"):
        assert client.post(url, {**use_these, "action": nonsense}).status_code == 302


@pytest.mark.django_db
def test_a_scan_has_nothing_to_offer_and_is_told_what_that_means(client):
    program = make_program()
    make_requirement(program, "document")
    window = make_window(program)
    client.force_login(make_user())
    document = program.requirements.get()
    blank = SimpleUploadedFile("scan.pdf", pdf(text=""), "application/pdf")
    client.post(program.apply_url, {**post_for(window), f"r{document.pk}-file": blank, "action": "save"})
    page = client.get(program.apply_url).text
    assert "We found no text in this file." in page
    assert "read blind" in page
