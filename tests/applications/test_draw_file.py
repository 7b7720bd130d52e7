"""Pages as pictures: all of it on the clear ones, and no name on the blind ones, by the pixels."""

import io
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from applications import inspect_file, inspection
from applications.inspection import Unreadable, draw_pages
from tests import files
from tests.applications.papers import (
    HELVETICA,
    KEPT,
    boxes_of,
    drawn,
    is_black,
    paper,
    pixels,
    readable,
    said,
    scan,
    typed,
)

FONTS = Path(__file__).parents[2] / "pinterns" / "demo" / "fonts"
NAME = said("Ada Example")
FORM = (
    b"<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Matrix [1 0 0 1 20 -30] "
    b"/Resources << /Font << /F1 << %s >> >> >> /Length %d >> stream\n%s\nendstream"
    % (HELVETICA, len(NAME), NAME.encode())
)
WITH_FORM = f"/Resources << /Font << /F1 << {HELVETICA.decode()} >> >> /XObject << /X 5 0 R >> >>"
UNNAMED = " ".join(f"/g{number}" for number in range(95))


def in_pieces(pieces: list[tuple[str, float]]) -> str:
    """Each piece at its own place on one line, in text objects of their own."""
    return "".join(said(text, x=x) for text, x in pieces)


@pytest.mark.parametrize(
    ("data", "secret"),
    [
        pytest.param(paper(NAME), "AdaExample", id="plain"),
        pytest.param(paper(NAME, page="/Rotate 90"), "AdaExample", id="turned"),
        pytest.param(paper(NAME, page="/Rotate 180"), "AdaExample", id="on its head"),
        pytest.param(paper(NAME, page="/Rotate 270"), "AdaExample", id="turned the other way"),
        pytest.param(paper(NAME, page="/CropBox [50 450 500 750]"), "AdaExample", id="cropped"),
        pytest.param(paper(NAME, page="/CropBox [50 450 500 750] /Rotate 90"), "AdaExample", id="cropped and turned"),
        pytest.param(paper(NAME, page="/UserUnit 2"), "AdaExample", id="large units"),
        pytest.param(paper(said("Ada Example", before="0.5 0 0 3 36 -1400 Tm")), "AdaExample", id="stretched"),
        pytest.param(paper("BT /F1 20 Tf 0 1 -1 0 90 300 Tm (Ada Example) Tj ET"), "AdaExample", id="upwards"),
        pytest.param(paper("BT /F1 20 Tf .7 .7 -.7 .7 200 600 Tm (Ada Example) Tj ET"), "AdaExample", id="slanted"),
        pytest.param(paper(said("Ada Example", before="9 Tc")), "AdaExample", id="spaced out"),
        pytest.param(paper(said("A D A  E X A M P L E")), "ADAEXAMPLE", id="with spaces"),
        pytest.param(
            paper("BT /F1 20 Tf 72 700 Td [(A) 60 (d) -40 (a Ex) 30 (am) -20 (ple)] TJ ET"), "AdaExample", id="kerned"
        ),
        pytest.param(
            paper(in_pieces([("A", 72), ("d", 86), ("a", 97), ("Exa", 114), ("mple", 149)])),
            "AdaExample",
            id="in pieces",
        ),
        pytest.param(
            paper(in_pieces([("mple", 149), ("Exa", 114), ("a", 97), ("d", 86), ("A", 72)])),
            "mpleExaadA",
            id="in pieces, backwards",
        ),
        pytest.param(paper(said("Ada") + said("Example", y=660)), "AdaExample", id="on two lines"),
        pytest.param(paper(said("Ada Exam-") + said("ple", y=676)), "AdaExample", id="broken by a hyphen"),
        pytest.param(paper("/X Do", page=WITH_FORM, objects=(FORM,)), "AdaExample", id="in a form"),
        pytest.param(paper(NAME + said("A. Example aexample", y=650)), "A.Exampleaexample", id="shortened"),
        pytest.param(paper(NAME + said("ada@uni.example", y=650)), "ada@uni.example", id="address"),
        pytest.param(paper(NAME + said("someone@else.example", y=650)), "someone@else.example", id="another address"),
        pytest.param(paper(NAME + said("+1 \\(415\\) 555-0100", y=650)), "4155550100", id="phone"),
        pytest.param(paper(NAME + said("github.com/whoever", y=650)), "github.com/whoever", id="link"),
        pytest.param(paper(NAME + said("doi:10.1145/3292500", y=650)), "10.1145/3292500", id="doi"),
        pytest.param(typed("Ada Example", link="https://x.example/"), "AdaExample", id="a link to click"),
        pytest.param(typed("My work", "Ada Example", link="https://x.example/"), "Mywork", id="a link behind words"),
        pytest.param(typed("Àdá Exämple", font=str(FONTS / "NotoSans-Regular.ttf")), "ÀdáExämple", id="accents"),
        pytest.param(
            typed("Ada Example", "Николай Димитров", font=str(FONTS / "NotoSans-Regular.ttf")),
            "НиколайДимитров",
            id="another script",
        ),
    ],
)
def test_the_name_is_on_the_clear_picture_and_black_on_the_blind_one(data, secret):
    pictures = drawn(data)
    clear, blind = pictures[1, False], pictures[1, True]
    assert (clear.width, clear.height) == (blind.width, blind.height)
    everything, left = readable(data, clear), readable(data, blind)
    kept = KEPT.replace(" ", "")
    assert kept in everything, "the control: without blacking out all can be read"
    assert everything != left
    missing = everything.replace(left, "") if left == kept else everything.replace(kept, "", 1)
    assert set(secret) <= set(missing)
    assert left == kept, "of what is written, the harmless words alone are left"


def test_where_the_name_was_there_is_black_and_nothing_else_has_changed():
    data = paper(NAME)
    pictures = drawn(data)
    clear, blind = pixels(pictures[1, False]), pixels(pictures[1, True])
    scale = 1240 / 612
    area = [round(72 * scale), round((792 - 715) * scale), round(176 * scale), round((792 - 699) * scale)]
    assert is_black(blind, area)
    assert not is_black(clear, area)
    below = (0, round((792 - 690) * scale), *blind.size)
    assert clear.crop(below).tobytes() == blind.crop(below).tobytes()


def test_ligatures_are_read_as_their_letters():
    fonts = HELVETICA.decode().replace("WinAnsi", "Standard")
    data = paper(said("So\\256a \\257ores"), page=f"/Resources << /Font << /F1 << {fonts} >> >> >>")
    pictures = drawn(data, name="Sofia Flores")
    assert readable(data, pictures[1, True]) == KEPT.replace(" ", "")
    assert len(readable(data, pictures[1, False])) > len(KEPT.replace(" ", "")) + 8


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(scan(), id="a picture as large as the page"),
        pytest.param(scan(text="Ada Example. " * 5), id="a scan with text behind it"),
        pytest.param(files.pdf(text=""), id="no text"),
        pytest.param(paper(said("Somebody Else")), id="the name is nowhere, so it is written in another way"),
        pytest.param(
            paper(
                said("\\001\\002\\003 Ada Example"),
                page="/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
                f"/Encoding << /Type /Encoding /Differences [32 {UNNAMED}] >> >> >> >>",
            ),
            id="letters that nobody can name",
        ),
    ],
)
def test_what_cannot_be_blacked_out_is_not_shown_to_the_blind(data):
    assert set(drawn(data)) == {(1, False)}


def test_a_small_picture_may_show_a_face_and_is_blacked_out():
    data = scan(share=0.2)
    image = pixels(drawn(data)[1, True])
    assert is_black(image, (10, 10, 500, 500))
    assert not is_black(pixels(drawn(data)[1, False]), (10, 10, 500, 500))


def test_what_is_written_in_an_annotation_is_on_the_clear_picture_alone():
    stamp = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 40] /Length 25 >> stream\n0 0 0 rg 0 0 200 40 re f\nendstream"
    )
    note = b"<< /Type /Annot /Subtype /Stamp /Rect [72 600 272 640] /F 4 /AP << /N 6 0 R >> >>"
    pictures = drawn(paper(NAME, page="/Annots [5 0 R]", objects=(note, stamp)))
    area = (200, 330, 500, 370)
    assert is_black(pixels(pictures[1, False]), area)
    assert not is_black(pixels(pictures[1, True]), area)


@pytest.mark.parametrize("content_type", ["image/png", "image/jpeg"])
def test_a_photograph_is_one_page_the_right_way_up_and_never_blind(content_type):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    out = io.BytesIO()
    photograph = Image.new("RGB", (3000, 2000), "white")
    photograph.paste("black", (0, 0, 3000, 200))
    photograph.save(out, content_type.removeprefix("image/"), exif=exif)
    pictures = drawn(out.getvalue(), content_type)
    assert set(pictures) == {(1, False)}
    image = pixels(pictures[1, False])
    assert image.size == (1240, 1860)
    assert is_black(image, (1130, 10, 1230, 1850))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_mode_are_drawn(mode):
    out = io.BytesIO()
    Image.new("L", (90, 60), 255).convert(mode if mode != "I;16" else "I").convert(mode).save(out, "PNG")
    assert drawn(out.getvalue(), "image/png")[1, False].width == 90


def test_pages_of_every_size_are_drawn_within_bounds():
    for box in ("0 0 1 1", "0 0 14400 10", "0 0 10 14400", "0 0 0 0", "-5 -5 5 5"):
        for picture in drawn(paper(NAME, page=f"/MediaBox [{box}]")).values():
            assert 1 <= picture.width <= 1240
            assert 1 <= picture.height <= 3720


def test_thirty_pages_are_drawn_of_more():
    started = time.monotonic()
    assert max(number for number, _blind in drawn(files.pdf(pages=42, text="Ada Example, a plain paper"))) == 30
    assert time.monotonic() - started < 6


@pytest.mark.parametrize("make", [files.bomb_pdf, files.endless_pdf, files.encrypted_pdf, files.damaged_pdf])
def test_hostile_files_are_a_sentence(make):
    with pytest.raises(Unreadable):
        drawn(make())


def test_the_pages_before_one_that_takes_too_long_are_kept(monkeypatch, tmp_path):
    stopped_by(
        monkeypatch,
        tmp_path,
        """facts = b'{"number": 1, "blind": false, "width": 1, "height": 1, "bytes": 3}\\n'"""
        "\nout.write(facts + b'abc' + facts + b'ab')\nout.flush()\ntime.sleep(60)",
    )
    monkeypatch.setattr(inspection, "SECONDS", 1)
    assert [picture.jpeg for picture in drawn(files.pdf()).values()] == [b"abc"]


@pytest.mark.parametrize(
    "said", ["no json at all", "[1, 2]", '{"number": 1}', '{"bytes": -5}', '{"bytes": "x"}', '"refused"']
)
def test_nonsense_of_a_process_that_was_taken_over_is_a_sentence(monkeypatch, tmp_path, said):
    stopped_by(monkeypatch, tmp_path, f"out.write({said.encode()!r} + b'\\n')")
    with pytest.raises(Unreadable):
        drawn(files.pdf())


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_flood_of_pictures_is_cut_off(monkeypatch, tmp_path):
    stopped_by(monkeypatch, tmp_path, "while True: out.write(b'x' * 2**20)")
    monkeypatch.setattr(inspection, "MOST_PICTURES", 2**22)
    Path("/proc/self/clear_refs").write_text("5")
    with pytest.raises(Unreadable):
        drawn(files.pdf())


def test_the_largest_pictures_stay_within_the_memory():
    out = io.BytesIO()
    Image.new("RGB", (7000, 5700)).save(out, "PNG", compress_level=1)
    assert drawn(out.getvalue(), "image/png")[1, False].width == 1240


def test_the_identity_is_on_no_command_line(monkeypatch):
    seen = []
    popen = inspection.subprocess.Popen
    monkeypatch.setattr(
        inspection.subprocess, "Popen", lambda command, **kw: (seen.append(command), popen(command, **kw))[1]
    )
    draw_pages(io.BytesIO(paper(NAME)), content_type="application/pdf", identity={"name": "Ada Example"})
    assert not any("Ada" in word for word in seen[0])


def test_characters_have_a_place_in_the_control():
    assert (
        "".join(character for character, _box in boxes_of(paper(NAME), (1240, 1605)))
        == KEPT.replace(" ", "") + "AdaExample"
    )


def stopped_by(monkeypatch, folder: Path, code: str) -> None:
    script = folder / "replaced.py"
    script.write_text(f"import sys, time\nout = sys.stdout.buffer\nout.write(b'ready\\n')\n{code}")
    monkeypatch.setattr(inspect_file, "__file__", str(script))
