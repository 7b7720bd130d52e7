"""The forms of a page as a browser sees them, and what it would post."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, quote_plus, urljoin, urlsplit

Pairs = list[tuple[str, str]]


@dataclass
class Form:
    """A form of a page: where it goes, what it holds, the buttons that send it, and each field with what it offers.

    `asked` is by name the type of a field (of <input>, or the element's own name), `offered` what one may choose there.
    """

    method: str
    action: str
    held: Pairs = field(default_factory=list)
    buttons: Pairs = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)


class Page(HTMLParser):
    """The forms of a page, with what a browser would send, and the parameters of its links to itself."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url, self.path = url, urlsplit(url).path
        self.forms: dict[str, Form] = {}
        self.parameters: set[str] = set()
        self._doors: list[tuple[Form, str]] = []
        self._open: Form | None = None
        self._list = ""
        self._long: tuple[Form, str] | None = None
        self._text = ""
        self.feed(html)

    def posts(self) -> list[Form]:
        """Every form that posts, once for each address that its buttons and scripts post it to."""
        forms = [form for form in self.forms.values() if form.method == "post"]
        return forms + [replace(form, method="post", action=action) for form, action in self._doors]

    def handle_starttag(self, tag: str, attrs: list) -> None:
        has = {name.removeprefix("data-"): value or "" for name, value in attrs}
        if tag == "a":
            target = urlsplit(urljoin(self.url, has.get("href", "")))
            if target.path == self.path:
                self.parameters |= {name for name, _value in parse_qsl(target.query, keep_blank_values=True)}
        elif tag == "form":
            self._open = Form(has.get("method", "get").lower(), urljoin(self.url, has.get("action", "")))
            self.forms[has.get("id", str(len(self.forms)))] = self._open
        if form := self.forms.get(has.get("form", ""), self._open):
            self._doors += [
                (form, urljoin(self.url, has[name])) for name in ("formaction", "hx-post", "upload") if has.get(name)
            ]
            self._take(form, tag, has)

    def _take(self, form: Form, tag: str, has: dict[str, str]) -> None:
        name, value, sort = has.get("name", ""), has.get("value", ""), has.get("type", "")
        if tag == "option" and self._list:
            form.offered.setdefault(self._list, []).append(value)
            if "selected" in has:
                form.held.append((self._list, value))
        elif tag == "select":
            self._list = name
            form.asked[name] = tag
        elif not name:
            return
        elif tag == "button" or sort == "submit":
            form.buttons.append((name, value))
        elif tag == "textarea":
            self._long, self._text = (form, name), ""
            form.asked[name] = tag
        elif tag == "input" and name != "csrfmiddlewaretoken":
            form.asked[name] = sort or "text"
            if sort in ("checkbox", "radio"):
                form.offered.setdefault(name, []).append(value or "on")
            if sort not in ("checkbox", "radio", "file") or "checked" in has:
                form.held.append((name, value))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._list = ""
        elif tag == "textarea" and self._long:
            form, name = self._long
            form.held.append((name, self._text))
            self._long = None


def encoded(pairs: Pairs) -> str:
    """As a browser would send it, but for the lone surrogate, which none would."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value, errors='surrogatepass')}" for name, value in pairs)


def multipart(pairs: Pairs, files: list[tuple[str, str, bytes]], *, boundary: str = "BoUnDaRy") -> bytes:
    """The same with files, each (field, file name, content); a file's name may hold whatever fits into a header."""
    parts = [(f'form-data; name="{name}"', value.encode("utf-8", "surrogatepass")) for name, value in pairs]
    parts += [(f'form-data; name="{name}"; filename="{file_name}"', data) for name, file_name, data in files]
    whole = b"".join(
        b"--%s\r\nContent-Disposition: %s\r\n\r\n%s\r\n"
        % (boundary.encode(), header.encode("utf-8", "surrogatepass"), data)
        for header, data in parts
    )
    return whole + b"--%s--\r\n" % boundary.encode()
