"""The pages of a file as pictures, as they are and with what tells whose it is blacked out.

Loaded by `inspect_file.py` alone, before that process gives up its rights: nothing here opens, writes or starts anything.
What is drawn comes page by page, so that the first ones are there even if the last take too long.
"""

from collections.abc import Iterator
from ctypes import byref, c_double, c_float, c_int, c_ubyte
from io import BytesIO
from types import ModuleType
from typing import NamedTuple

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, TiffImagePlugin  # noqa: F401, the last reads EXIF

from applications.redaction import Redaction

Image.preinit()  # saving a picture would open files for it

WIDTH = 1240  # pixels: A4 at 150 dots per inch
TALLEST = 3 * WIDTH
SMALL = 480  # pixels across, where a page is shown to be recognised and not to be read
QUALITY = 80
WHITE, BLACK = 0xFFFFFFFF, 0xFF000000

FEWEST_LETTERS = 10  # a page with fewer, in its text, is a scan or a drawing
MOST_CHARACTERS = 50_000
MOST_OBJECTS = 20_000
DEEPEST = 6  # forms within forms
INVISIBLE = 3  # how text is drawn that a scanner's software put behind its picture


class Box(NamedTuple):
    """A rectangle in pixels of the picture."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def around(self, other: "Box") -> "Box":
        return Box(*map(min, self[:2], other[:2]), *map(max, self[2:], other[2:]))

    def is_beside(self, other: "Box") -> bool:
        """Whether both are in one line of writing, with little between them."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        gap = max(self.left, other.left) - min(self.right, other.right)
        return shared * 2 > min(self.height, other.height) and gap < 2 * max(self.height, other.height)


class Sign(NamedTuple):
    """A character and where it is drawn; nowhere when it is a space that the library made up."""

    text: str
    box: Box | None


class CannotHide(Exception):
    """The page has no text, or none that can be trusted, so nothing can be found on it."""


def draw_pdf(
    pdfium: ModuleType, document: object, pages: int, redaction: Redaction
) -> Iterator[tuple[dict, bytes | bytearray]]:
    """For each page its picture, then the blacked-out one where that can be made: (facts, JPEG)."""
    for number in range(pages):
        page = pdfium.FPDF_LoadPage(document, number)
        if not page:
            continue
        try:
            for facts, picture in _Page(pdfium, page, redaction).pictures():
                yield {"number": number + 1, **facts}, picture
        finally:
            pdfium.FPDF_ClosePage(page)


def draw_first_page(pdfium: ModuleType, document: object) -> Iterator[tuple[dict, bytes]]:
    """A small picture of page one as it is, for the person who sent it: (facts, JPEG)."""
    page = pdfium.FPDF_LoadPage(document, 0)
    if not page:
        return
    try:
        drawn = _Page(pdfium, page, redaction=None, width=SMALL)
        width, height = drawn.size
        yield {"number": 1, "blind": False, "width": width, "height": height}, drawn.picture(annotations=True)
    finally:
        pdfium.FPDF_ClosePage(page)


def draw_picture(data: bytes, content_type: str) -> Iterator[tuple[dict, bytes]]:
    """A photograph or scan as one page, the right way up. What is on it can't be found, so there is no blind one."""
    opened = {"image/png": PngImagePlugin.PngImageFile, "image/jpeg": JpegImagePlugin.JpegImageFile}
    picture = opened[content_type](BytesIO(data))
    picture.draft("RGB", (WIDTH, WIDTH))
    scale = min(1, WIDTH / min(picture.size), TALLEST / max(picture.size))
    if picture.mode not in ("L", "RGB", "RGBA"):  # as colours of a table, say: nothing in between can be computed
        picture.thumbnail((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    picture.thumbnail((picture.width * scale, picture.height * scale))
    picture = ImageOps.exif_transpose(picture)
    if picture.width > WIDTH:
        picture = picture.resize((WIDTH, max(1, round(picture.height * WIDTH / picture.width))))
    if picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    yield {"number": 1, "blind": False, "width": picture.width, "height": picture.height}, _jpeg(picture.convert("RGB"))


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


class _Page:
    """One page of a PDF, drawn at its size in pixels."""

    def __init__(self, pdfium: ModuleType, page: object, redaction: Redaction | None, width: int = WIDTH) -> None:
        self.pdfium, self.page, self.redaction = pdfium, page, redaction
        across, along = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
        scale = min(width / max(across, 1), TALLEST / max(along, 1))
        self.size = max(1, round(across * scale)), max(1, round(along * scale))

    def pictures(self) -> Iterator[tuple[dict, bytes]]:
        facts = dict(zip(("width", "height"), self.size, strict=True))
        yield {"blind": False, **facts}, self.picture(annotations=True)
        try:
            boxes, named = self._to_hide()
        except CannotHide:
            return
        # Without annotations: what they say is no part of the text in which names are looked for.
        yield {"blind": True, "named": named, **facts}, self.picture(annotations=False, hidden=boxes)

    def picture(self, *, annotations: bool, hidden: list[Box] | None = None) -> bytes:
        pdfium, (width, height) = self.pdfium, self.size
        bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, None, 0)
        if not bitmap:
            raise MemoryError
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE)
            flags = pdfium.FPDF_ANNOT if annotations else 0
            pdfium.FPDF_RenderPageBitmap(bitmap, self.page, 0, 0, width, height, 0, flags)
            for box in hidden or []:
                pdfium.FPDFBitmap_FillRect(bitmap, box.left, box.top, box.right - box.left, box.height, BLACK)
            stride = pdfium.FPDFBitmap_GetStride(bitmap)
            pixels = (c_ubyte * (stride * height)).from_address(pdfium.FPDFBitmap_GetBuffer(bitmap))
            return _jpeg(Image.frombuffer("RGB", (width, height), pixels, "raw", "BGR", stride, 1))
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)

    # --- What to black out ---

    def _to_hide(self) -> tuple[list[Box], bool]:
        """Where something tells whose the page is, and whether a name is there. Raises CannotHide."""
        pictures = list(self._pictures(self.page, []))
        area = self.size[0] * self.size[1]
        if any((box.right - box.left) * box.height * 2 > area for box in pictures):
            raise CannotHide  # a scan, whatever text its scanner guessed
        signs = self._signs()
        boxes, named = [*pictures, *self._links()], False
        # As it was drawn, and as it is seen: names may be put together from pieces in any order.
        for reading in (signs, _by_position(signs)):
            text = "".join(sign.text for sign in reading)
            named = named or self.redaction.is_named_in(text)
            for start, end in self.redaction.spans(text):
                boxes += _in_lines([sign.box for sign in reading[start:end] if sign.box])
        return [self._padded(box) for box in boxes], named

    def _signs(self) -> list[Sign]:
        """The characters of the page in the order in which they are drawn. Raises CannotHide."""
        pdfium = self.pdfium
        text = pdfium.FPDFText_LoadPage(self.page)
        if not text:
            raise CannotHide
        try:
            count = pdfium.FPDFText_CountChars(text)
            if count > MOST_CHARACTERS:
                raise CannotHide
            signs, seen, unknown = [], 0, 0
            for n in range(count):
                character = chr(pdfium.FPDFText_GetUnicode(text, n) or 32)
                signs.append(Sign(character, self._box_of(text, n)))
                if not character.isspace() and pdfium.FPDFText_IsGenerated(text, n) != 1:
                    drawn_by = pdfium.FPDFText_GetTextObject(text, n)
                    seen += bool(drawn_by) and pdfium.FPDFTextObj_GetTextRenderMode(drawn_by) != INVISIBLE
                    unknown += pdfium.FPDFText_HasUnicodeMapError(text, n) == 1 or "\ue000" <= character <= "\uf8ff"
        finally:
            pdfium.FPDFText_ClosePage(text)
        if seen < FEWEST_LETTERS or unknown * 10 > seen:
            raise CannotHide
        return signs

    def _box_of(self, text: object, n: int) -> Box | None:
        """Where a character is: its own shape, and the line that its font leaves for it."""
        left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
        shape, line = None, self.pdfium.FS_RECTF()
        if self.pdfium.FPDFText_GetCharBox(text, n, byref(left), byref(right), byref(bottom), byref(top)):
            shape = self._box(left.value, top.value, right.value, bottom.value)
        if self.pdfium.FPDFText_GetLooseCharBox(text, n, byref(line)):
            around = self._box(line.left, line.top, line.right, line.bottom)
            shape = around.around(shape) if shape else around
        return shape if shape and shape.left < shape.right and shape.top < shape.bottom else None

    def _links(self) -> Iterator[Box]:
        """Where a click leads to an address, whatever is written there."""
        pdfium, place, link, area = self.pdfium, c_int(0), self.pdfium.FPDF_LINK(), self.pdfium.FS_RECTF()
        for _number in range(MOST_OBJECTS):
            if not pdfium.FPDFLink_Enumerate(self.page, byref(place), byref(link)):
                return
            action = pdfium.FPDFLink_GetAction(link)
            leads_out = action and pdfium.FPDFAction_GetType(action) == pdfium.PDFACTION_URI
            if leads_out and pdfium.FPDFLink_GetAnnotRect(link, byref(area)):
                yield self._box(area.left, area.top, area.right, area.bottom)
        raise CannotHide

    def _pictures(self, holder: object, forms: list, left: list[int] | None = None) -> Iterator[Box]:
        """Where pictures are, which may show a face or a name; those within forms too. Raises CannotHide."""
        pdfium = self.pdfium
        left = left if left is not None else [MOST_OBJECTS]
        count, get = (
            (pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject)
            if forms
            else (pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject)
        )
        for n in range(count(holder)):
            left[0] -= 1
            if left[0] < 0 or len(forms) > DEEPEST:
                raise CannotHide
            thing = get(holder, n)
            kind = pdfium.FPDFPageObj_GetType(thing)
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                yield self._bounds(thing, forms)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM:
                yield from self._pictures(thing, [*forms, thing], left)

    def _bounds(self, thing: object, forms: list) -> Box:
        from_left, bottom, right, top = (c_float() for _side in range(4))
        self.pdfium.FPDFPageObj_GetBounds(thing, byref(from_left), byref(bottom), byref(right), byref(top))
        corners = [(x.value, y.value) for x in (from_left, right) for y in (bottom, top)]
        for form in reversed(forms):
            m = self.pdfium.FS_MATRIX()
            self.pdfium.FPDFPageObj_GetMatrix(form, byref(m))
            corners = [(m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f) for x, y in corners]
        across, along = zip(*corners, strict=True)
        return self._box(min(across), max(along), max(across), min(along))

    def _box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """A rectangle of the page in pixels of the picture: turned and cropped as the page is shown."""
        x, y, corners = c_int(), c_int(), []
        for across, along in ((left, top), (right, bottom)):
            self.pdfium.FPDF_PageToDevice(self.page, 0, 0, *self.size, 0, across, along, byref(x), byref(y))
            corners.append((x.value, y.value))
        (x1, y1), (x2, y2) = corners
        return Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))

    def _padded(self, box: Box) -> Box:
        """A little larger, so that no edge of a letter looks out, and within the picture."""
        width, height = self.size
        return Box(max(0, box.left - 3), max(0, box.top - 3), min(width, box.right + 3), min(height, box.bottom + 3))


def _by_position(signs: list[Sign]) -> list[Sign]:
    """The characters line by line and from left to right, with a space where there is a gap."""
    lines: list[list[Sign]] = []
    drawn = [sign for sign in signs if sign.box and not sign.text.isspace()]
    for sign in sorted(drawn, key=lambda sign: sign.box.top + sign.box.bottom):
        middle, last = sign.box.top + sign.box.bottom, lines[-1][0].box if lines else None
        if last and abs(middle - last.top - last.bottom) < max(last.height, sign.box.height):
            lines[-1].append(sign)
        else:
            lines.append([sign])
    reading = []
    for line in lines:
        end = None
        for sign in sorted(line, key=lambda sign: sign.box.left):
            if end is not None and sign.box.left - end > sign.box.height / 5:
                reading.append(Sign(" ", None))
            reading.append(sign)
            end = sign.box.right
        reading.append(Sign("\n", None))
    return reading


def _in_lines(boxes: list[Box]) -> list[Box]:
    """Boxes of characters that follow one another, as one box for each line."""
    lines: list[Box] = []
    for box in boxes:
        if lines and lines[-1].is_beside(box):
            lines[-1] = lines[-1].around(box)
        else:
            lines.append(box)
    return lines
