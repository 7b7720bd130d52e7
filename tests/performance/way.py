"""All that a new candidate does, from the door to the status page; and the send alone."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import count

from tests.files import pdf
from tests.performance.client import Browser, Page, Unexpected
from tests.performance.data import Sites
from tests.performance.measure import Figure, Work, by_turns, measured
from tests.performance.rows import Row
from tests.performance.sites import Site
from tests.performance.volume import Volume

PROGRAM = "machine-learning"  # it asks for most
_numbers = count(1)
THING = {
    "name": "Ada Example",
    "email": "ada@example.org",
    "phone": "+1 415 555 0100",
    "city": "Seattle",
    "language": "English",
    "level": "advanced",
    "starts": "2027-06-07",
    "weeks": "12",
    "text": "Because I like pins very much. " * 8,
}


def resume() -> bytes:
    """A PDF of 150 kB with a page of text."""
    drawn = b"BT /F1 24 Tf 72 720 Td (Ada Example) Tj ET\n"
    drawn += b"% padding\n" * ((150_000 - len(drawn)) // 10)
    return pdf(content=b"<< /Length %d >> stream\n%s\nendstream" % (len(drawn), drawn))


class Candidate:
    """Somebody new, who goes step by step; `requests` counts what a browser asks for, without pictures and styles."""

    def __init__(self, site: Site, form: dict) -> None:
        self.site, self.form = site, form
        self.browser = Browser(site.base_url)
        self.email = f"candidate{next(_numbers)}@example.org"
        self.requests = 0
        self.page: Page | None = None

    def _get(self, path: str) -> None:
        self.requests += 1
        self.page = self.browser.get(path)

    def _post(self, path: str, fields: dict, files: dict | None = None, *, expect: int = 302) -> None:
        """Posts with what the page hides in its form, and follows to where that leads."""
        self.requests += 1
        self.page = self.browser.post(path, {**self.page.hidden, **fields}, files=files, expect=expect)

    def sign_in(self) -> None:
        """By the link of a program's page: to the door, and through it to the form."""
        door = f"/sign-in/?next={self.form['path']}"
        self._get(door)
        self._post(door, {"email": self.email})
        self._get(code_page := self.page.location)
        self._post(code_page, {"code": self.site.code_for(self.email)})
        self._get(self.page.location)

    def save(self) -> None:
        self._post(self.form["path"], {**self.form["fields"], "action": "save"})
        self._get(self.page.location)

    def autosave(self) -> None:
        """As the page's script does it, with all that was typed; the page stays."""
        page = self.page
        self._post(self.form["path"], {**self.form["fields"], "action": "autosave"}, expect=200)
        self.form = {**self.form, "fields": {**self.form["fields"], "draft_version": self._told("version")}}
        self.page = page

    def _told(self, name: str) -> str:
        """What a script was told. Raises Unexpected where it was something else, as when nothing was saved."""
        told = json.loads(self.page.body)
        if name not in told:
            raise Unexpected(f"There is no {name} in {told}")
        return str(told[name])

    def send(self) -> None:
        """The press on the button, with the résumé; it must lead to the application's own page."""
        files = {self.form["file"]: ("résumé.pdf", resume())}
        self._post(self.form["path"], {**self.form["fields"], "action": "send"}, files)
        if not re.match(r"/applications/[0-9A-Z]{4}-[0-9A-Z]{4}/$", self.page.location):
            raise AssertionError(f"The application was not sent: it led to {self.page.location}")

    def look(self) -> None:
        self._get(self.page.location)

    def whole_way(self, *, scripts: bool) -> None:
        self.sign_in()
        if scripts:
            self.autosave()
        else:
            self.save()
        self.send()
        self.look()


def whole_way(sites: Sites, volume: Volume) -> Iterator[Row]:
    """Everything a new candidate does: without scripts, where to save opens the form once more, and with them."""
    form = sites.many.inside("good_form", slug=PROGRAM)
    requests = {"without scripts": [], "with scripts": []}

    def going(how: str) -> Callable[[], int]:
        def go() -> int:
            for _number in range(volume.ways):
                candidate = Candidate(sites.many, form)
                candidate.whole_way(scripts=how == "with scripts")
                requests[how].append(candidate.requests)
            return volume.ways

        return go

    for how, figure in by_turns(volume.rounds, {how: Work(sites.many, going(how)) for how in requests}).items():
        most = max(requests[how])
        yield Row(f"a candidate's whole way {how}: requests", str(most), "≤ 9", most <= 9)
        lowest, highest = min(spent.cpu for spent in figure.rounds), max(spent.cpu for spent in figure.rounds)
        yield Row(
            "… processor time and queries",
            f"{figure}, {figure.queries} queries ({lowest:.0f}–{highest:.0f} ms)",
            "≤ 80 ms in all",
            figure.cpu <= 80,
        )
        yield Row("… file checks, counted apart", f"{figure.median('checks'):.0f} ms", "", None)


def send_alone(sites: Sites, volume: Volume) -> Iterator[Row]:
    """The request that sends, with 150 kB of PDF, beside the floor's POST with the same file."""
    form = sites.many.inside("good_form", slug=PROGRAM)
    browser = Browser(sites.floor.base_url)
    sends = {"floor": [], "ours": []}
    for round_number in range(volume.rounds + 1):
        ready = [Candidate(sites.many, form) for _number in range(volume.ways)]
        for candidate in ready:
            candidate.sign_in()
            candidate.save()
        blocks = {
            "floor": Work(sites.floor, _posting_to_floor(browser, volume.ways * 4)),
            "ours": Work(sites.many, _sending(ready)),
        }
        for name, work in blocks.items():
            spent = measured(work)
            if round_number:  # the first one warms up
                sends[name].append(spent)
    ours, floor = Figure(sends["ours"]), Figure(sends["floor"])
    over = ours.over(floor)
    yield Row(
        "the send alone",
        f"{ours}, {ours.queries} queries (file checks {ours.median('checks'):.0f} ms apart)",
        "≤ 3 × the floor's POST, ≤ 20 queries",
        over.median <= 3 and ours.queries <= 20,
        floor=f"{floor}, {floor.queries} queries",
        ratio=str(over),
    )


def _sending(ready: list[Candidate]) -> Callable[[], int]:
    def send() -> int:
        for candidate in ready:
            candidate.send()
        return len(ready)

    return send


def _posting_to_floor(browser: Browser, times: int) -> Callable[[], int]:
    fields = {**browser.get("/send/").hidden, **THING}

    def post() -> int:
        for _time in range(times):
            browser.post("/send/", fields, files={"file": ("resume.pdf", resume())})
        return times

    return post
