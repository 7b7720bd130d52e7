"""Résumés of many makes, and what can be seen on a picture of one."""

import io
from ctypes import byref, c_double, c_int

import pypdfium2_raw as pdfium
from fpdf import FPDF
from PIL import Image

from applications.inspection import PagePicture, draw_pages
from tests.files import _assembled

ADA = {"name": "Ada Example", "email": "ada@uni.example", "phone": "", "links": []}
KEPT = "Kept words of a plain resume"


def paper(drawn: str = "", *, page: str = "", objects: tuple[bytes, ...] = ()) -> bytes:
    """One page with `KEPT` on it and what `drawn` adds: operators of PDF, in which /F1 is Helvetica; `objects` begin at 5."""
    content = f"BT /F1 20 Tf 72 500 Td ({KEPT}) Tj ET {drawn}".encode("latin-1")
    return _assembled(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R {page} ".encode()
        + (b"" if "/Resources" in page else b"/Resources << /Font << /F1 << %s >> >> >>" % HELVETICA)
        + b" >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content),
        *objects,
    )


HELVETICA = b"/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding"


def said(text: str, *, x: int = 72, y: int = 700, size: int = 20, before: str = "") -> str:
    """Operators that write `text`."""
    return f"BT /F1 {size} Tf {before} {x} {y} Td ({text}) Tj ET "


def typed(*lines: str, font: str = "", link: str = "") -> bytes:
    """A page of lines, by a library; `font` is a file, `link` where a click on the first leads."""
    document = FPDF()
    document.add_page()
    if font:
        document.add_font("Given", "", font)
    document.set_font("Given" if font else "Helvetica", size=16)
    for line in lines:
        document.cell(h=12, text=line, link=link, new_x="LMARGIN", new_y="NEXT")
        link = ""
    document.cell(text=KEPT)
    return bytes(document.output())


def scan(*, text: str = "", share: float = 1.0) -> bytes:
    """A picture that covers so much of the page; `text` lies on it unseen, as scanners' software writes it."""
    document = FPDF(format=(200, 200))
    document.add_page()
    side = 200 * share**0.5
    document.image(Image.linear_gradient("L").resize((300, 300)), x=0, y=0, w=side, h=side)
    document.set_font("Helvetica", size=12)
    with document.local_context(text_mode="INVISIBLE" if text else "FILL"):
        document.set_xy(20, 150)
        document.cell(text=text or KEPT + ", by Ada Example")
    return bytes(document.output())


def drawn(data: bytes, content_type: str = "application/pdf", **identity) -> dict[tuple[int, bool], PagePicture]:
    """The pictures by page number and whether they are blind."""
    pictures = draw_pages(io.BytesIO(data), content_type=content_type, identity={**ADA, **identity})
    return {(picture.number, picture.blind): picture for picture in pictures}


def pixels(picture: PagePicture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.jpeg)).convert("L")
    assert image.size == (picture.width, picture.height)
    return image


def boxes_of(data: bytes, size: tuple[int, int], number: int = 0) -> list[tuple[str, tuple[int, int, int, int]]]:
    """Every visible character of a page, and where it is on a picture of that size."""
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    page = pdfium.FPDF_LoadPage(document, number)
    text = pdfium.FPDFText_LoadPage(page)
    found = []
    for n in range(pdfium.FPDFText_CountChars(text)):
        left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
        pdfium.FPDFText_GetCharBox(text, n, byref(left), byref(right), byref(bottom), byref(top))
        corners, x, y = [], c_int(), c_int()
        for across, along in ((left, top), (right, bottom)):
            pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, across.value, along.value, byref(x), byref(y))
            corners.append((x.value, y.value))
        (x1, y1), (x2, y2) = corners
        box = min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
        character = chr(pdfium.FPDFText_GetUnicode(text, n))
        if not character.isspace() and box[0] < box[2] and box[1] < box[3]:
            found.append((character, box))
    pdfium.FPDFText_ClosePage(text)
    pdfium.FPDF_ClosePage(page)
    pdfium.FPDF_CloseDocument(document)
    return found


def is_black(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return image.crop(box).getextrema()[1] < 60


def has_ink(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether something is written there: neither one white nor one black."""
    darkest, lightest = image.crop(box).getextrema()
    return lightest - darkest > 80


def readable(data: bytes, picture: PagePicture, number: int = 0) -> str:
    """The characters of the page that can be read on its picture, in the order of the file."""
    image = pixels(picture)
    wider = [(c, (x1 - 2, y1 - 2, x2 + 2, y2 + 2)) for c, (x1, y1, x2, y2) in boxes_of(data, image.size, number)]
    return "".join(character for character, box in wider if has_ink(image, box))
