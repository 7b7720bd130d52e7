"""The whole application by keyboard alone, on a small screen whose sticky bar could hide what has the focus."""

import pytest

from tests import files
from tests.browser.keyboard import SMALL, apply_by_keyboard, keyboard_program

pytestmark = pytest.mark.looks


def test_an_application_by_keyboard_alone(server, visitor, tmp_path):
    resume = tmp_path / "résumé.pdf"
    resume.write_bytes(files.pdf())
    page = visitor(viewport=SMALL)
    apply_by_keyboard(page, server, keyboard_program(server), "ada@example.org", file=resume)
