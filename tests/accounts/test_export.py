"""Tables that leave the site: no spreadsheet runs a cell of theirs, and the first line leaves at once."""

import random
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.export import csv_response, safe_cell
from tests.security.formulas import FORMULAS, formulas


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_run_by_a_spreadsheet(text):
    assert formulas(text.replace("\t", "").replace("\r", "")), "the test does not see what is wrong with it"
    cell = safe_cell(text)
    assert not formulas(cell)
    assert not set(cell) & set("\x00\t\r")


def test_no_text_whatever_becomes_a_formula():
    rng = random.Random(7)
    pieces = [*"=+-@＝＋－＠−;,\n\t\r\x00 \"'“'a1", "\u00a0", "\u200b", "\ufeff", "name", "\x1b"]
    for _round in range(20_000):
        text = "".join(rng.choices(pieces, k=rng.randrange(8)))
        cell = safe_cell(text)
        assert not formulas(cell), repr(text)
        assert not set(cell) & set("\x00\t\r\x1b"), repr(text)


def test_a_neutralised_cell_is_left_alone():
    for text in FORMULAS:
        assert safe_cell(safe_cell(text)) == safe_cell(text)


def test_values_that_harm_nobody_stay_as_they_are():
    for text in (
        "Ada Example",
        "Zoë; and more",
        "a;b\nc; d",
        "two\nlines",
        "K7QF-2MXD",
        "ada@uni.example",
        "5 - 3 = 2",
        "",
    ):
        assert safe_cell(text) == text
    assert safe_cell(None) == ""
    assert safe_cell(-5) == -5
    assert safe_cell(Decimal("-0.25")) == Decimal("-0.25")
    assert safe_cell(datetime(2027, 2, 12, 23, 59, tzinfo=UTC)) == "2027-02-12 23:59:00Z"
    late = datetime(2027, 2, 12, 23, 59, 59, 999_999, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert safe_cell(late) == "2027-02-13 07:59:59Z"
    assert safe_cell(True) == "True"


def test_a_very_long_cell_takes_no_time_to_speak_of():
    for text in (" " * 200_000, "\n" * 200_000, ";" * 200_000, "\n ;" * 70_000, '"' * 200_000):
        assert safe_cell(text).replace("\r", "") == text


def test_the_file_is_what_spreadsheets_read():
    response = csv_response(
        "Applications & more", ["Name", "=Note"], [["Ada, née B.", 'She said "yes"\r\nand no'], ["é", None]]
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="applications-more-2')
    assert response["Cache-Control"] == "private, no-store"
    text = response.getvalue().decode()
    assert text == ('\ufeffName,\'=Note\r\n"Ada, née B.","She said ""yes""\nand no"\r\né,\r\n')


def test_the_titles_leave_before_a_row_is_read():
    def rows():
        raise AssertionError("a row was read")
        yield

    first = next(iter(csv_response("x", ["Name"], rows()).streaming_content))
    assert first == "\ufeffName\r\n".encode()
