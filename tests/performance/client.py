"""A browser without JavaScript: cookies, forms and files over one connection, as far as the server keeps it open."""

import http.client
import re
import secrets
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

SECONDS = 300
_INPUT = re.compile(r"<input[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z_-]+)="([^"]*)"')

Files = dict[str, tuple[str, bytes]]  # by field: name and content of a PDF


class Unexpected(AssertionError):
    """The site answered something else than what is measured, so no figure may be made of it."""


@dataclass(frozen=True)
class Page:
    status: int
    headers: http.client.HTTPMessage
    body: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of all forms on the page."""
        inputs = (dict(_ATTRIBUTE.findall(tag)) for tag in _INPUT.findall(self.body))
        return {field["name"]: unescape(field.get("value", "")) for field in inputs if field.get("type") == "hidden"}

    def link(self, shape: str) -> str:
        """The address of the first link of this shape, a regular expression. Raises Unexpected where there is none."""
        for address in re.findall(r'href="([^"]+)"', self.body):
            if re.search(shape, unescape(address)):
                return unescape(address)
        raise Unexpected(f"No link like {shape} on the page {self.body[:200]}")


class Browser:
    """Asks one site. Whatever comes back with another status than what the caller expects raises Unexpected."""

    def __init__(self, base_url: str, cookies: dict[str, str] | None = None) -> None:
        self.base_url = base_url
        self.cookies = dict(cookies or {})
        self.connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=SECONDS)

    def get(self, path: str, *, expect: int = 200, headers: dict[str, str] | None = None) -> Page:
        response = self.open(path, headers=headers)
        return self._page("GET", path, response, expect)

    def post(self, path: str, fields: dict, *, files: Files | None = None, expect: int = 302) -> Page:
        """Posts a form as it is posted from the page of `path`. A value may be a list: the field several times."""
        body, content_type = _multipart(fields, files) if files else _plain(fields)
        response = self.open(path, method="POST", body=body, headers={"Content-Type": content_type})
        return self._page("POST", path, response, expect)

    def open(
        self, path: str, *, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """The answer, of which nothing but the head is read yet."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**({"Cookie": cookies} if cookies else {}), **(headers or {})}
        self.connection.request(method, urljoin("/", path.partition("#")[0]), body, headers)
        response = self.connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
        return response

    def _page(self, method: str, path: str, response: http.client.HTTPResponse, expect: int) -> Page:
        page = Page(response.status, response.headers, response.read().decode(errors="replace"))
        if page.status != expect:
            told = f"{page.status} {page.location}, not {expect}: {page.body[:500]}"
            raise Unexpected(f"{method} {self.base_url}{path} was answered with {told}")
        return page


def _plain(fields: dict) -> tuple[bytes, str]:
    return urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"


def _multipart(fields: dict, files: Files) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    named = [
        (name, value) for name, given in fields.items() for value in (given if isinstance(given, list) else [given])
    ]
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in named]
    for name, (filename, content) in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: application/pdf'
        parts.append(head.encode() + b"\r\n\r\n" + content)
    line = f"--{boundary}\r\n".encode()
    body = b"".join(line + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"
