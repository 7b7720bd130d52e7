"""Read one file that nobody trusts, in a process that can do nothing else.

Run by `applications.inspection` as

    IDENTITY={…} python -I -S inspect_file.py TASK CONTENT_TYPE SEARCH_PATH < file

It is a script of its own, without Django, because starting it is most of its cost. It loads its
libraries, says `ready`, gives up every right that it does not need, and only then reads the file.

TASK is `facts`, of which the second frame is the text; `first`: a picture of page one; or `pages`: pictures of them all,
where IDENTITY is JSON of what blind ones must not show (the arguments of `Redaction`; no command line, which everybody
on the machine can read).
It answers in frames: a line of JSON, and as many bytes after it as its `bytes` says. A frame has facts, or a picture,
or is `{"refused": reason}` with a key of `applications.inspection.REASONS`. No whole one means that the process was
stopped.
"""

import codecs
import json
import os
import resource
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from ctypes import c_ushort
from functools import partial
from io import BytesIO
from types import ModuleType

READY = b"ready\n"
MEMORY = 256 * 1024 * 1024  # bytes of address space; Python and either library take 27 MB of them
CPU_SECONDS = 5
MOST_PIXELS = 40_000_000  # A4 at 600 dots per inch has 35 million
PAGES_OPENED = 30  # more pages than any résumé or transcript needs are counted, not opened
MOST_TEXT = 20_000  # characters: six closely written pages
TAIL = 2048  # bytes in which the end of a PDF is looked for; some writers pad it


Frame = tuple[dict, bytes]


class Refused(Exception):
    """The file can't be accepted; the only argument is the key of the reason."""


def confine() -> None:
    """Give up memory, time, and the right to open, write or start anything. Irrevocable."""
    if sys.platform != "darwin":  # macOS refuses this limit; the clock alone protects there
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # stdin, stdout, stderr: no file, no socket


@contextmanager
def opened_pdf(pdfium: ModuleType, data: bytes) -> Iterator:
    """The open document (raw handle) and its number of pages."""
    ending = data[-TAIL - 1024 :].rstrip(b"\0\r\n\t ")[-TAIL:]
    if b"startxref" not in ending and b"%%EOF" not in ending:
        raise Refused("cut_short")  # the library would mend it in silence, with pages missing
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        locked = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise Refused("password" if pdfium.FPDF_GetLastError() in locked else "damaged_pdf")
    try:
        pages = pdfium.FPDF_GetPageCount(document)
        if pages < 1:
            raise Refused("no_pages")
        yield document, pages
    finally:
        pdfium.FPDF_CloseDocument(document)


def facts_of_pdf(pdfium: ModuleType, data: bytes) -> Iterator[Frame]:
    with opened_pdf(pdfium, data) as (document, pages):
        for number in range(min(pages, PAGES_OPENED)):
            page = pdfium.FPDF_LoadPage(document, number)
            if not page:
                raise Refused("damaged_pdf")
            pdfium.FPDF_ClosePage(page)
        yield {"pages": pages}, b""
        # After the facts, which stand even if the text takes too long.
        yield {"has": "text"}, text_of_pdf(pdfium, document, min(pages, PAGES_OPENED)).encode(errors="replace")


def text_of_pdf(pdfium: ModuleType, document: object, pages: int) -> str:
    """The beginning of what is written in the document, at most MOST_TEXT characters."""
    text = ""
    for number in range(pages):
        page = pdfium.FPDF_LoadPage(document, number)
        written = pdfium.FPDFText_LoadPage(page) if page else None
        if written:
            room = max(0, min(pdfium.FPDFText_CountChars(written), MOST_TEXT - len(text)))
            units = (c_ushort * (room + 1))()  # UTF-16, and a NUL behind it
            pdfium.FPDFText_GetText(written, 0, room, units)
            text += bytes(units).decode("utf-16-le", "replace").partition("\0")[0] + "\n"
            pdfium.FPDFText_ClosePage(written)
        if page:
            pdfium.FPDF_ClosePage(page)
        if len(text) >= MOST_TEXT:
            break
    return text[:MOST_TEXT]


def facts_of_picture(picture_class: Callable, data: bytes) -> Iterator[Frame]:
    try:
        picture_class(BytesIO(data)).verify()
        picture = picture_class(BytesIO(data))  # verify() leaves a picture that can't be loaded
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise Refused("too_many_pixels")
        picture.draft("RGB", (1, 1))  # JPEG: everything is read, an eighth of it is computed
        picture.load()
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError):
        raise Refused("damaged_picture") from None
    yield {"pages": 1}, b""


def load_pdfium() -> ModuleType:
    import pypdfium2_raw  # a third of the start-up time of the package around it

    pypdfium2_raw.FPDF_InitLibrary()
    codecs.lookup("utf-16-le")  # in which it tells text; Python would open a file for it later
    return pypdfium2_raw


def load_png() -> Callable:
    from PIL.PngImagePlugin import PngImageFile

    return PngImageFile


def load_jpeg() -> Callable:
    from PIL.JpegImagePlugin import JpegImageFile

    return JpegImageFile


def prepared_facts(content_type: str) -> Callable[[bytes], Iterable[Frame]]:
    if content_type == "application/pdf":
        return partial(facts_of_pdf, load_pdfium())
    return partial(facts_of_picture, load_png() if content_type == "image/png" else load_jpeg())


def prepared_pages(content_type: str) -> Callable[[bytes], Iterable[Frame]]:
    from applications import draw_file
    from applications.redaction import Redaction

    if content_type != "application/pdf":
        return partial(draw_file.draw_picture, content_type=content_type)
    pdfium, redaction = load_pdfium(), Redaction(**json.loads(os.environ["IDENTITY"]))

    def draw(data: bytes) -> Iterator[Frame]:
        with opened_pdf(pdfium, data) as (document, pages):
            yield from draw_file.draw_pdf(pdfium, document, min(pages, PAGES_OPENED), redaction)

    return draw


def prepared_first(content_type: str) -> Callable[[bytes], Iterable[Frame]]:
    from applications import draw_file

    if content_type != "application/pdf":
        return partial(draw_file.draw_picture, content_type=content_type)
    pdfium = load_pdfium()

    def draw(data: bytes) -> Iterator[Frame]:
        with opened_pdf(pdfium, data) as (document, _pages):
            yield from draw_file.draw_first_page(pdfium, document)

    return draw


def answer(facts: dict, data: bytes = b"") -> None:
    """Writes one frame."""
    line = {**facts, "bytes": len(data)} if data else facts
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n" + data)
    sys.stdout.buffer.flush()


def main(task: str, content_type: str, search_path: str) -> None:
    sys.path[:] = search_path.split(os.pathsep)
    perform = {"facts": prepared_facts, "first": prepared_first, "pages": prepared_pages}[task](content_type)
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    confine()
    try:
        for facts, data in perform(sys.stdin.buffer.read()):
            answer(facts, data)
    except Refused as refusal:
        answer({"refused": refusal.args[0]})
    except MemoryError:
        answer({"refused": "too_much"})


if __name__ == "__main__":
    main(*sys.argv[1:])
