"""Files that candidates send, ordinary and hostile, made here so that no dangerous file lies in the repository.

Every function returns bytes, the same ones at each call unless said otherwise.
"""

import io
import struct
import zipfile
import zlib

from fpdf import FPDF
from fpdf.enums import AccessPermission
from PIL import Image

GIGABYTE = 1024**3


def pdf(pages: int = 1, text: str = "A plain résumé", *, catalog: bytes = b"", content: bytes | None = None) -> bytes:
    """A minimal PDF written by hand. `content` replaces the stream of every page, its dictionary included."""
    if content is None:
        drawn = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode("latin-1", "replace")
        content = b"<< /Length %d >> stream\n%s\nendstream" % (len(drawn), drawn)
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 5 + pages))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
        b"/Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
    )
    return _assembled(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        content,
        *[page] * pages,
    )


def encrypted_pdf(*, password: str = "open sesame") -> bytes:
    """A PDF that asks for a password; with an empty one, just printing and copying are forbidden."""
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=12)
    document.cell(text="Nobody reads this")
    document.set_encryption("the owner's", user_password=password, permissions=AccessPermission.none())
    return bytes(document.output())


def truncated_pdf() -> bytes:
    whole = pdf(pages=3)
    return whole[: len(whole) * 2 // 3]


def damaged_pdf() -> bytes:
    return b"%PDF-1.7\n" + b"\x8f\x02 nothing a reader knows " * 40 + b"\nstartxref\n9\n%%EOF\n"


def pdf_without_pages() -> bytes:
    return _assembled(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>")


def bomb_pdf(size: int = GIGABYTE) -> bytes:
    """Its one page's content, deflated twice, is `size` bytes of spaces: a file of 2 or 3 kilobytes."""
    return pdf(content=_deflated_twice(_deflated(b" " * 1024**2, size // 1024**2)))


def slow_pdf() -> bytes:
    """Thirty pages that each take a second or more to read, in little memory."""
    return pdf(pages=30, content=_deflated_twice(_deflated(b"q Q " * 1024, 10_000)))


def endless_pdf() -> bytes:
    """A page whose form draws ten others, each of which draws ten others, nine deep: a thousand million lines."""
    forms = []
    for number in range(6, 15):
        drawn = b"/X Do " * 10 if number < 14 else b"0 0 m 9 9 l S"
        names = b"/Resources << /XObject << /X %d 0 R >> >>" % (number + 1) if number < 14 else b""
        forms.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] %s /Length %d >> stream\n%s\nendstream"
            % (names, len(drawn), drawn)
        )
    return _assembled(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        b"<< >>",
        b"<< /Length 6 >> stream\n/X Do \nendstream",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R "
        b"/Resources << /XObject << /X 6 0 R >> >> >>",
        *forms,
    )


def js_pdf() -> bytes:
    return pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert('opened')) >>")


def launch_pdf() -> bytes:
    """Asks its reader to start a program, to open an address, and to send a form, as soon as it is opened."""
    deeds = (
        b"/S /Launch /F (cmd.exe) /Next << /S /URI /URI (https://evil.example/) /Next << /S /SubmitForm /F (x) >> >>"
    )
    return pdf(catalog=b"/OpenAction << %s >> /AA << /WC << %s >> >>" % (deeds, deeds))


def embedding_pdf() -> bytes:
    """With a file inside that virus scanners know."""
    stream = b"<< /Type /EmbeddedFile /Length %d >> stream\n%s\nendstream" % (len(eicar()), eicar())
    return _assembled(
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(x.exe) 5 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
        stream,
        b"<< /Type /Filespec /F (x.exe) /EF << /F 4 0 R >> >>",
    )


def looping_pdf() -> bytes:
    """Its table of objects refers to itself as the one before, and its pages to themselves as their own parts."""
    plain = _assembled(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>")
    table = plain.rindex(b"xref", 0, plain.rindex(b"startxref"))
    return plain.replace(b"trailer << ", b"trailer << /Prev %d " % table)


def pdf_and_zip() -> bytes:
    """A PDF to whoever reads from the front, a ZIP with a web page to whoever reads from the back."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("index.html", html())
    return pdf() + archive.getvalue()


def pdf_and_html() -> bytes:
    """A PDF from its first byte on, and a web page for a browser that guesses."""
    return pdf().replace(b"\n", b"\n%<html><script>alert(document.domain)</script></html>\n", 1) + html()


def gif_and_script() -> bytes:
    """A picture, and a script to whoever loads it as one."""
    return b"GIF89a=1;alert(document.domain)//" + bytes(60)


def pixel_flood_gif() -> bytes:
    """Frames of 65,535 by 65,535 pixels in a few bytes."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02L\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + bytes(6) + frame * 9 + b";"


def pixel_flood_webp() -> bytes:
    """16,384 by 16,384 pixels, announced and not there."""
    bits = b"\x2f" + struct.pack("<I", 16_383 | 16_383 << 14) + bytes(15)
    return b"RIFF" + struct.pack("<I", 12 + len(bits)) + b"WEBPVP8L" + struct.pack("<I", len(bits)) + bits


def pixel_flood_tiff() -> bytes:
    """A million by a million pixels, announced and not there."""
    entries = ((256, 1_000_000), (257, 1_000_000), (258, 8), (259, 1), (262, 1), (273, 8), (278, 1_000_000), (279, 8))
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4)


def polyglot() -> bytes:
    return b"<!doctype html><script>alert(document.domain)</script><!--\n" + pdf() + b"-->"


def png(width: int = 80, height: int = 60) -> bytes:
    return _picture("PNG", width, height)


def jpeg(width: int = 80, height: int = 60) -> bytes:
    return _picture("JPEG", width, height)


def pixel_flood_png(side: int = 12_000) -> bytes:
    """A black square of two colours: 18 kB that become side × side bytes in memory."""
    rows = zlib.compress(b"\0" * (1 + side // 8) * side, 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def svg() -> bytes:
    return b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def html() -> bytes:
    return b"<!DOCTYPE html><title>CV</title><script>alert(1)</script>"


def docx() -> bytes:
    return b"PK\x03\x04\x14\0\x06\0" + b"word/document.xml" + b"\0" * 200


def eicar() -> bytes:
    """The harmless text that virus scanners take for a virus; in two parts, so that none stops at this file."""
    return rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def empty() -> bytes:
    return b""


def _assembled(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalog."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(out),
    )


def _picture(kind: str, width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind)
    return out.getvalue()


def _deflated(block: bytes, times: int) -> bytes:
    """zlib.compress(block * times), in the time that one block takes: the packed block is repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    one = zlib.adler32(block)  # two sums: of the bytes, plus 1; and of that sum after every byte
    gain = (one & 0xFFFF) - 1
    low = (1 + times * gain) % 65521
    high = (times * (one >> 16) + len(block) * gain * times * (times - 1) // 2) % 65521
    return b"\x78\xda" + packed * times + b"\x03\x00" + struct.pack(">I", high << 16 | low)


def _deflated_twice(once: bytes) -> bytes:
    """The stream of such bytes, deflated again, with its dictionary."""
    twice = zlib.compress(once, 9)
    return b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >> stream\n%s\nendstream" % (len(twice), twice)
