"""What a file really is: decided by its content, in a process of its own (`inspect_file.py`).

Neither its name nor the type that the browser claims plays a part; both are the sender's to choose.
"""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy, get_text_list
from django.utils.translation import gettext_lazy as _

from . import inspect_file

SECONDS = 5  # by the wall clock, start of the process included
MOST_OUTPUT = 128 * 1024  # bytes read from a process that may have been taken over
MOST_PICTURES = 32 * 1024 * 1024  # the same, where it draws: 30 pages, twice each, have a third of it
CHUNK = 64 * 1024
LONGEST_NAME = 100

TYPES = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG"}
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)

# What people send by mistake, told apart by its first bytes, so that the answer helps.
STRANGERS = (
    ((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf"), _("The file is a text processor's document or an archive.")),
    ((b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF"), _("The file is a picture of another kind.")),
)
HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")  # what phones take pictures in, at byte 4

REASONS = {
    "polyglot": _(
        "The file has something else before its PDF begins. Print or save it as a PDF again, and choose that."
    ),
    "cut_short": _("The file is cut short: its end is missing. Save or download it again, and choose that."),
    "damaged_pdf": _(
        "The file calls itself a PDF but can't be read as one. Print or save it as a PDF again, and choose that."
    ),
    "password": _("The file is protected by a password. Save a copy without one, and choose that."),
    "no_pages": _("The PDF has no pages. Print or save it as a PDF again, and choose that."),
    "damaged_picture": _("The picture is damaged or cut short. Save it again, and choose that."),
    "too_many_pixels": _("The picture has more than 40 million pixels. Save a smaller one, and choose that."),
    "too_much": _(
        "The file takes far more time or memory to open than a document of its size should. "
        "Print it to a new PDF, and choose that."
    ),
    "not_now": _("We couldn't check the file just now. Please choose it again in a minute."),
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Facts:
    """What is certain about a file. `size` is in bytes, `sha256` in hexadecimal; a picture has one page.

    `text` is the beginning of what is written in it, as far as it can be read: nothing in a picture or a scan.
    """

    content_type: str
    pages: int
    size: int
    sha256: str
    text: str = ""


@dataclass(frozen=True)
class PagePicture:
    """A page as a picture; numbers from 1, sizes in pixels."""

    number: int
    blind: bool
    width: int
    height: int
    jpeg: bytes


class Unreadable(Exception):
    """The file can't be accepted; `reason` is a lazy sentence for the candidate."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason


def inspect(file: BinaryIO, *, accepted: Collection[str] = tuple(TYPES)) -> Facts:
    """The facts of an open file, which is left at its beginning.

    `accepted` are the content types (keys of `TYPES`) that will do here. Takes at most 5 seconds and
    256 MB, in a process of its own; the size of the file is for the caller to limit.
    Raises `Unreadable`, and `OSError` when the disk has no room for a temporary copy.
    """
    with tempfile.TemporaryFile() as copy:
        digest, size, head = hashlib.sha256(), 0, b""
        file.seek(0)
        while chunk := file.read(CHUNK):
            head = head or chunk[:1024]
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
        file.seek(0)
        copy.flush()
        content_type = _recognise(head, accepted)
        (answer, _nothing), *rest = _ask("facts", content_type, copy, most=MOST_OUTPUT)
    text = _plain(rest[0][1]) if rest else ""
    return Facts(content_type=content_type, pages=answer["pages"], size=size, sha256=digest.hexdigest(), text=text)


def draw_pages(file: BinaryIO, *, content_type: str, identity: dict) -> list[PagePicture]:
    """The pages of a file that was inspected, as pictures: at most 30, or as many as can be drawn in 5 seconds.

    `identity` (the arguments of `Redaction`) is what the blind ones don't show. A page without text that can be trusted
    has no blind one. No page has, when the name is on none that was drawn: a résumé has one, so then it is written in
    a way in which it can't be found. Raises `Unreadable`, and `OSError` when the disk has no room for a temporary copy.
    """
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy, CHUNK)
        copy.flush()
        frames = _ask("pages", content_type, copy, most=MOST_PICTURES, identity=identity)
    try:
        pictures = [
            PagePicture(int(facts["number"]), bool(facts["blind"]), int(facts["width"]), int(facts["height"]), jpeg)
            for facts, jpeg in frames
        ]
    except (KeyError, ValueError, TypeError):
        raise Unreadable(REASONS["too_much"]) from None
    is_named = any(facts.get("named") for facts, _jpeg in frames)
    return [picture for picture in pictures if is_named or not picture.blind]


def draw_first_page(file: BinaryIO, *, content_type: str) -> bytes:
    """A small picture (JPEG) of page one of a file that was inspected, as it is: for the person who sent it alone.

    Takes at most 5 seconds and 256 MB, in a process of its own. Raises `Unreadable` where nothing can be drawn, and
    `OSError` when the disk has no room for a temporary copy.
    """
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy, CHUNK)
        copy.flush()
        (_facts, jpeg), *_rest = _ask("first", content_type, copy, most=MOST_PICTURES)
    return jpeg


def _plain(written: bytes) -> str:
    """What the process read, as text that can be shown and kept: printable characters and ends of lines."""
    text = written.decode(errors="replace").replace("\r\n", "\n")[: inspect_file.MOST_TEXT]
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text).strip()


def safe_name(name: str) -> str:
    """The name that a browser gave a file, fit to be shown and offered: at most 100 characters, never empty.

    Without path, without characters that are invisible, turn the direction of writing or mean something
    to a file system; the extension stays.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    visible = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c)[0] != "C")
    plain = "".join("-" if c in '<>:"|?*' else c for c in visible)
    path = PurePosixPath(" ".join(plain.split()).strip(". ") or "document")
    extension = path.suffix if len(path.suffix) <= 10 else ""
    stem = path.name.removesuffix(extension).rstrip(". ")
    return stem[: LONGEST_NAME - len(extension)].rstrip(". ") + extension


def _recognise(head: bytes, accepted: Collection[str]) -> str:
    """The content type that the first bytes of a file announce."""
    for signature, content_type in SIGNATURES:
        if head.startswith(signature):
            if content_type in accepted:
                return content_type
            kind = format_lazy(_("The file is a {type}."), type=TYPES[content_type])
            raise Unreadable(format_lazy("{} {}", kind, _wish(accepted)))
    if b"%PDF-" in head:
        raise Unreadable(REASONS["polyglot"])
    raise Unreadable(format_lazy("{} {}", _stranger(head), _wish(accepted)))


def _stranger(head: bytes) -> Promise:
    """A sentence that says what a file seems to be that is none of `TYPES`."""
    if not head:
        return _("The file is empty.")
    for signatures, sentence in STRANGERS:
        if head.startswith(signatures):
            return sentence
    if head[4:].startswith(HEIC):
        return _("The file is a HEIC picture.")
    lowered = head.lower()
    if b"<svg" in lowered:
        return _("The file is an SVG drawing.")
    if b"<html" in lowered or b"<!doctype html" in lowered or b"<script" in lowered:
        return _("The file is a web page.")
    if b"\0" not in head and head.decode(errors="replace").count("\ufffd") <= 1:  # the cut may halve one
        return _("The file is plain text.")
    return _("The file is of a kind that we can't open.")


def _wish_now(accepted: Collection[str]) -> str:
    names = [name for content_type, name in TYPES.items() if content_type in accepted]
    return _("Choose a %(types)s file.") % {"types": get_text_list(names, _("or"))}


_wish = lazy(_wish_now, str)  # said when it is read, in the reader's language


def _ask(
    task: str, content_type: str, file: BinaryIO, *, most: int, identity: dict | None = None
) -> list[tuple[dict, bytes]]:
    """What `inspect_file.py` answers about a file on disk: at least one frame, of `most` bytes in all. Raises `Unreadable`."""
    command = [sys.executable, "-I", "-S", inspect_file.__file__, task, content_type, _search_path()]
    environment = {"IDENTITY": json.dumps(identity)} if identity else {}
    file.seek(0)
    with subprocess.Popen(  # noqa: S603, no part of the command is the sender's
        command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", env=environment
    ) as process:
        watch = threading.Timer(SECONDS, process.kill)
        watch.start()
        output = process.stdout.read(most)
        watch.cancel()
        process.kill()  # nothing that it still does can matter
    if not output.startswith(inspect_file.READY):
        logger.error("inspect_file.py did not start within %s s (exit code %s)", SECONDS, process.returncode)
        raise Unreadable(REASONS["not_now"])
    frames = list(_frames(output[len(inspect_file.READY) :]))
    if not frames:
        raise Unreadable(REASONS["too_much"])
    if "refused" in frames[0][0]:
        raise Unreadable(REASONS[frames[0][0]["refused"]])
    return [frame for frame in frames if "refused" not in frame[0]]


def _frames(output: bytes) -> Iterator[tuple[dict, bytes]]:
    """The whole frames in what the process wrote; where it was stopped in the midst of one, those before it."""
    place = 0
    while (end := output.find(b"\n", place)) >= 0:
        try:
            facts = json.loads(output[place:end])
            length = int(facts.get("bytes", 0))
        except (ValueError, TypeError, AttributeError):
            return  # no frame of ours: it was taken over
        place = end + 1 + length
        if length < 0 or place > len(output):
            return
        yield facts, output[end + 1 : place]


def _search_path() -> str:
    """Where the process finds what it loads: where this one finds it, but never in the working directory."""
    here = str(Path(__file__).parent.parent)
    found = [os.path.normpath(entry) for entry in sys.path if os.path.isabs(entry)]
    return os.pathsep.join(found if here in found else [*found, here])
