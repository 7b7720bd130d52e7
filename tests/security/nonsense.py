"""What Hypothesis puts into a form: what each sort of field would hold, its boundaries, and what no browser would send."""

from collections.abc import Callable

from hypothesis import strategies as st

from tests import files
from tests.security.forms import Form, Pairs, encoded, multipart

TEXTS = [
    *("", " ", "\t\r\n", "x" * 10_000, "a\x00b", "\x00", "\ud800", "\udfff\ud800", "\ufeff\ufffe\uffff"),
    *(
        "a" + "\u0301" * 2_000,
        "\u202egnp.exe\u202c",
        "\u2066\u2067\u2068",
        "\u200b" * 50,
        "👩‍👩‍👧‍👦" * 30,
        "ﷺ" * 500,
        "İı",
    ),
    *(
        "%s%n%(x)s{0}{x.__class__}",
        "{{ 7*7 }}{% load x %}",
        "' OR 1=1; --",
        "%00%0a",
        "../../etc/passwd",
        "\\\\host\\x",
    ),
    *("a\r\nBcc: b@example.org", "<script>alert(1)</script>", "[" * 1_000, "*_" * 3_000, "None", "null", "true", "[]"),
]
ADDRESSES = [
    *("a@b", "@", "a@b@c.d", "ada@example.org", f"{'a' * 250}@example.org", "a\r\nb@example.org", '"a b"@example.org'),
    *("kelvin\u212a@example.org", "ada@xn--nxasmq6b", "javascript:alert(1)", "http://[::1", "https://\ud800.example"),
    *("https://" + "a." * 1_000 + "example", "//example.org", "http://127.0.0.1:99999/", "data:text/html,x"),
]
NUMBERS = [
    *("0", "-0", "-1", "1", "2147483648", "9223372036854775808", "9" * 30, "9" * 5_000, "1e999", "NaN", "inf"),
    *("1.5", "1,5", " 7 ", "0x10", "1_000", "²", "٣", "1e-400", "-" + "9" * 400, "0" * 300 + "1"),
]
DAYS = [
    *("0000-00-00", "0001-01-01", "1969-12-31", "2011-12-30", "2027-02-29", "2028-02-29", "9999-12-31", "10000-01-01"),
    *("2027-03-14", "2026-11-01", "2027-3-4", "04/03/2027", "2027-W10", "tomorrow", "20270304", "2027-12-32"),
]
# The gap and the fold of California, the day that Samoa left out, and the ends of what a date can be.
TIMES = [
    *("00:00", "02:30", "01:30", "23:59:60", "24:00", "25:61", "noon", "23:59"),
    *("2027-03-14T02:30", "2026-11-01T01:30", "2011-12-30T12:00", "0001-01-01T00:00", "9999-12-31T23:59"),
    *("2027-03-14T02:30:00+99:99", "2027-06-01T00:00Z", "2027-06-01"),
]
FILE_NAMES = ["cv.pdf", "", "../../x.pdf", "\u202efdp.exe", "a" * 300 + ".pdf", "C:\\cv.pdf", "x\x00.png", "=1+1.csv"]
FILES: list[Callable[[], bytes]] = [
    *(files.pdf, files.png, files.jpeg, files.empty, files.svg, files.html, files.docx, files.polyglot, files.eicar),
    *(files.truncated_pdf, files.encrypted_pdf),
]
# What no form of the site has, and a row has: tried in every form, plainly and below the prefixes that it uses.
PRIVILEGED = {
    "status": ["accepted", "offer"],
    "submitted_at": ["2020-01-01T00:00"],
    "taken": ["0", "-5"],
    "capacity": ["99999"],
    "revision": ["0", "99"],
    "met": ["99", "true"],
    "by": ["1"],
    "until": ["2199-01-01"],
    "published": ["on"],
    "is_staff": ["on"],
    "is_superuser": ["on"],
    "is_active": ["", "on"],
    "groups": ["1", "2"],
    "user_permissions": ["1", "30"],
    "role": ["recruiter"],
    "email": ["new@example.org"],
    "to": ["new@example.org"],
} | {
    name: ["1", "2", "9"] for name in ("id", "pk", "user", "candidate", "reviewer", "application", "window", "program")
}

_texts = st.sampled_from(TEXTS) | st.text(st.characters(codec=None), max_size=60)
_SORTS = {
    "number": st.sampled_from(NUMBERS) | st.integers().map(str),
    "date": st.sampled_from(DAYS),
    "time": st.sampled_from(TIMES),
    "datetime-local": st.sampled_from(TIMES),
    "email": st.sampled_from(ADDRESSES),
    "url": st.sampled_from(ADDRESSES),
    "hidden": st.sampled_from(NUMBERS) | _texts,
}
_anything = st.one_of(_texts, *_SORTS.values())


def _values(form: Form, name: str) -> st.SearchStrategy[str]:
    """What may be put into a field: mostly of its own sort."""
    own = _SORTS.get(form.asked[name], _texts)
    if offered := form.offered.get(name):
        own = st.sampled_from(offered)
    return own | own | _anything


@st.composite
def requests(draw: st.DrawFn, form: Form) -> tuple[str | bytes, str, dict[str, str]]:
    """The body, its type and the headers of one post to `form`: what it holds with up to three fields spoilt, each with
    something of its own; or one and the same thing in every field.
    """
    names = [name for name, sort in form.asked.items() if sort != "file"]
    if names and draw(st.booleans()):
        same = draw(_anything)
        pairs: Pairs = [(name, same) for name in names]
    else:
        spoilt = draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
        pairs = [pair for pair in form.held if pair[0] not in spoilt]
        for name in spoilt:
            pairs += [(name, value) for value in draw(st.lists(_values(form, name), max_size=2))]
    if names and draw(st.integers(0, 30)) == 30:
        pairs += [(draw(st.sampled_from(names)), "x")] * draw(st.sampled_from([300, 2_500]))
    if form.buttons:
        pairs.append(draw(st.sampled_from(form.buttons) | st.tuples(st.just(form.buttons[0][0]), _anything)))
    prefixes = ["", *sorted({name[: name.rindex("-") + 1] for name in names if "-" in name})]
    for name in draw(st.lists(st.sampled_from(sorted(PRIVILEGED)), max_size=4, unique=True)):
        pairs.append((draw(st.sampled_from(prefixes)) + name, draw(st.sampled_from(PRIVILEGED[name]))))
    headers = draw(st.sampled_from([{}, {}, {"HX-Request": "true"}]))
    asked_files = [name for name, sort in form.asked.items() if sort == "file"]
    if not asked_files:
        return encoded(pairs), "application/x-www-form-urlencoded", headers
    chosen = draw(st.lists(st.sampled_from(asked_files), max_size=2, unique=True))
    given = [(name, draw(st.sampled_from(FILE_NAMES)), draw(st.sampled_from(FILES))()) for name in chosen]
    return multipart(pairs, given), "multipart/form-data; boundary=BoUnDaRy", headers
