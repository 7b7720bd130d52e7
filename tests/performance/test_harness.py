"""Where the measurements could lie without anybody noticing."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.performance import rows
from tests.performance.__main__ import main
from tests.performance.client import Browser, Unexpected
from tests.performance.measure import Figure, Spent
from tests.performance.processes import on_cpu, waited_for
from tests.performance.rows import Row, as_markdown, keep

PAGE = b'<input type="hidden" name="csrfmiddlewaretoken" value="a&amp;b"><a href="/next/?a=1&amp;b=2">Next</a>'
BURN = "import time\nwhile time.process_time() < {seconds}: pass\nprint('done', flush=True)\ninput()"


class _Site(BaseHTTPRequestHandler):
    """Answers with the status that the address names."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.server.bodies.append(self.rfile.read(length))
        self.send_response(int(self.path.strip("/")))
        self.send_header("Set-Cookie", "seen=1; Path=/")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    do_POST = do_GET

    def log_message(self, *arguments: object) -> None:
        """Nothing is told to the terminal."""


@pytest.fixture
def site() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _Site) as server:
        server.bodies = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def browser_of(site: HTTPServer) -> Browser:
    return Browser(f"http://127.0.0.1:{site.server_port}")


@pytest.mark.parametrize("status", [302, 403, 404, 500, 503])
def test_a_request_that_was_not_answered_as_expected_makes_no_figure(site, status):
    with pytest.raises(Unexpected, match=str(status)):
        browser_of(site).get(f"/{status}/")


@pytest.mark.parametrize("status", [200, 403, 409, 500])
def test_a_form_that_led_nowhere_makes_no_figure(site, status):
    with pytest.raises(Unexpected, match=str(status)):
        browser_of(site).post(f"/{status}/", {"name": "Ada"})


def test_the_browser_keeps_cookies_and_posts_what_the_page_hides(site):
    browser = browser_of(site)
    page = browser.get("/200/")
    assert (page.hidden, browser.cookies) == ({"csrfmiddlewaretoken": "a&b"}, {"seen": "1"})
    assert page.link("^/next/") == "/next/?a=1&b=2"
    browser.post("/302/", {**page.hidden, "office": ["1", "2"]}, files={"file": ("r.pdf", b"%PDF-1.7 content")})
    body = site.bodies[-1]
    assert body.count(b'name="office"') == 2
    assert b'filename="r.pdf"' in body
    assert b"\r\n\r\n%PDF-1.7 content\r\n" in body


def test_processor_time_of_a_process_and_of_what_it_waited_for_is_told_apart():
    parent = (
        f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN.format(seconds=0.3)!r}], input=b'x')\n"
    )
    parent += BURN.format(seconds=0.1)
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()  # the child's
        process.stdout.readline()
        own, waited = on_cpu(process.pid), waited_for(process.pid)
        process.communicate("\n")
    assert 95 <= own < 280
    assert waited >= 280


def test_a_ratio_is_taken_round_by_round_so_that_a_slow_minute_slows_both():
    def figure(*cpu: float) -> Figure:
        return Figure([Spent(web=each, checks=900, database=0, queries=3, seconds=1) for each in cpu])

    over = figure(20, 200, 22).over(figure(10, 100, 10))
    assert over.rounds == [2, 2, 2.2]
    assert str(over) == "2.00 (2.00–2.20)"


def test_the_table_replaces_the_last_one_in_its_document_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "PAGE", page := tmp_path / "performance.md")
    page.write_text("Before\n<!-- measured -->\nold\n<!-- end of what was measured -->\nAfter\n")
    keep(as_markdown([Row("the send", "9 ms", "≤ 3 ×", False, floor="2 ms", ratio="4.5")]))
    text = page.read_text()
    assert "| the send | 9 ms | 2 ms | 4.5 | ≤ 3 × | **not met** |" in text
    assert "old" not in text
    assert text.startswith("Before\n") and text.endswith("After\n")
    page.write_text("No place here")
    with pytest.raises(ValueError, match="no place"):
        keep("| a table |")


def test_a_figure_that_does_not_exist_is_not_passed_over():
    with pytest.raises(SystemExit, match="the_sent"):
        main("the_sent")
