"""The pictures beside links to us."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageChops

from programs import cards
from programs.cards import home_card, program_card
from programs.drawings.cards import SIZE, draw_card
from programs.pictures import store_picture
from tests.factories import make_program

RED = (200, 30, 30)


def served(client, card) -> Image.Image:
    answer = client.get(card.url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    return Image.open(BytesIO(b"".join(answer.streaming_content)))


def near(pixel, colour) -> bool:
    return all(abs(here - wanted) < 30 for here, wanted in zip(pixel, colour, strict=True))


@pytest.mark.django_db
def test_a_card_is_drawn_once(client, monkeypatch):
    program = make_program("Data Science")
    drawn = []
    monkeypatch.setattr(cards, "draw_card", lambda *told: drawn.append(told) or draw_card(*told))
    for _time in range(2):
        for card in (home_card(), program_card(program)):
            assert (served(client, card).size, served(client, card).format) == (SIZE, "JPEG")
    assert [title for _cover, title, _text in drawn] == ["Internships", "Data Science"]


@pytest.mark.django_db
def test_what_is_on_it_has_an_address_of_its_own_and_older_ones_lead_there(client):
    program = make_program("Data Science")
    old = program_card(program)
    served(client, old)
    program.name = "Data Arts"
    program.save()
    new = program_card(program)
    assert new.url != old.url
    answer = client.get(old.url)
    assert (answer.status_code, answer.headers["Location"]) == (302, new.url)
    served(client, new)
    assert default_storage.listdir(f"cards/{program.pk}")[1] == [f"{new.key}.jpg"]


@pytest.mark.django_db
def test_a_photo_of_recruiters_is_what_the_card_shows(client):
    program = make_program("Data Science", picture_alt="A red wall")
    program.set_picture(store_picture(Image.new("RGB", (900, 900), RED)))
    program.save()
    assert near(served(client, program_card(program)).getpixel((1100, 100)), RED)


@pytest.mark.django_db
def test_a_photo_whose_file_is_gone_is_no_error(client):
    program = make_program("Data Science", picture="0" * 32, picture_width=900, picture_height=900, picture_alt="Gone")
    assert served(client, program_card(program)).size == SIZE


PLAIN = Image.new("RGB", SIZE, RED)


@pytest.mark.parametrize(
    "title",
    [
        "Sales",
        "Research and measuring " * 4,
        "W" * 100,
        "Ünïcödé & “quotes”",
        "機械学習",
        "",
        "Data\nScience",
    ],
)
def test_any_name_leaves_the_margins_free(title):
    card = draw_card(PLAIN, title, "12-week internship")
    left, top, right, bottom = ImageChops.difference(card, PLAIN).getbbox()
    assert left >= 40 and top >= 40 and right <= SIZE[0] - 40 and bottom <= SIZE[1] - 40


def test_letters_that_the_font_lacks_are_left_out_rather_than_boxes():
    assert draw_card(PLAIN, "機械学習", "x").tobytes() == draw_card(PLAIN, "", "x").tobytes()
    assert draw_card(PLAIN, "Sales", "x").tobytes() != draw_card(PLAIN, "", "x").tobytes()
