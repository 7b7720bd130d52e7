"""The board and the programs' pages: what can be applied for, seen at a glance."""

import gzip
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programs.models import Program
from tests.factories import make_office, make_program, make_recruiter, make_requirement, make_user, make_window

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def board():
    """A program in every state, and one that has no window yet."""
    now = timezone.now()
    toronto = make_office("Toronto", slug="toronto", country="CA", time_zone="America/Toronto")
    seattle = make_office("Seattle", slug="seattle")
    times = {
        "Open": {},
        "Soon": {"opens_at": now + DAY, "closes_at": now + 9 * DAY},
        "Full": {"capacity": 3, "taken": 3},
        "Closed": {"opens_at": now - 9 * DAY, "closes_at": now - DAY},
    }
    for name, window in times.items():
        make_window(
            make_program(f"{name} track", slug=name.lower(), offices=[toronto] if name == "Soon" else [seattle]),
            **window,
        )
    make_program("Windowless track", slug="windowless", offices=[seattle])
    make_program("Hidden track", slug="hidden", published=False)


def shown(page):
    return [name for name in ("Open", "Soon", "Full", "Closed", "Windowless", "Hidden") if f"{name} track" in page]


def test_the_board_shows_what_is_open_then_what_opens_soon_then_the_rest(client):
    board()
    page = client.get("/").content.decode()
    assert shown(page) == ["Open", "Soon", "Full", "Closed", "Windowless"]
    places = [page.index(f"{name} track") for name in ("Open", "Soon", "Full", "Closed")]
    assert places == sorted(places)
    assert "Pacific Time" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=open", ["Open"]),
        ("state=full", ["Full"]),
        ("office=toronto", ["Soon"]),
        ("office=toronto&state=open", []),
        ("office=seattle&state=closed", ["Closed", "Windowless"]),
        ("office=atlantis&state=%00", ["Open", "Soon", "Full", "Closed", "Windowless"]),
    ],
)
def test_filters_are_links_and_nonsense_filters_nothing(client, query, names):
    board()
    assert shown(client.get(f"/?{query}").content.decode()) == names


def test_the_board_has_each_programs_own_offices_and_none_of_hidden_ones(client):
    seattle, toronto, lisbon = (make_office(name, slug=name.lower()) for name in ("Seattle", "Toronto", "Lisbon"))
    make_window(make_program("Open track", offices=[toronto, seattle]))
    make_window(make_program("Soon track", offices=[seattle]))
    make_window(make_program("Hidden track", offices=[lisbon], published=False))
    page = client.get("/").content.decode()
    assert page.count("<li>Seattle</li>") == 2
    assert page.index("<li>Seattle</li>") < page.index("<li>Toronto</li>")
    assert page.count("<li>Toronto</li>") == 1
    assert "Lisbon" not in page


def test_a_programs_page_tells_what_is_asked_and_until_when(client):
    program = make_program(
        "Data Science", pay_low=7000, pay_high=9000, description="## What you do\n\n<script>x</script> **Metrics**"
    )
    make_requirement(program, "skills", title="A framework")
    make_requirement(program, "link", title="Your code", mandatory=False)
    make_requirement(program, "statement", title="Gone", retired_at=timezone.now())
    make_window(program)
    page = client.get(program.get_absolute_url()).content.decode()
    for told in ("At least one of TensorFlow, PyTorch, MLflow at", "Where is your code?", "USD 7,000–9,000 a month", "12 weeks", "Pacific Time",
                 "program@pinterns.example", program.apply_url, "<strong>Metrics</strong>"):  # fmt: skip
        assert told in page, told
    assert page.index("A framework") < page.index("Your code")
    assert "Gone" not in page
    assert "<script>x" not in page


@pytest.mark.parametrize("name", ["soon", "full", "closed", "windowless"])
def test_nobody_is_sent_to_a_form_that_takes_nothing(client, name):
    board()
    program = Program.objects.get(slug=name)
    assert program.apply_url not in client.get(program.get_absolute_url()).content.decode()


def test_a_program_that_is_not_published_is_not_there(client):
    board()
    assert client.get("/programs/hidden/").status_code == 404
    client.force_login(make_user())
    assert client.get("/programs/hidden/apply/").status_code == 404
    assert client.get("/programs/none/").status_code == 404


def test_public_pages_make_no_session(client):
    board()
    for url in ("/", "/programs/open/"):
        assert not client.get(url).cookies


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("url", ["/", "/programs/open/"])
def test_a_page_that_has_not_changed_is_not_sent_again(client, url, encoding):
    board()
    tag = client.get(url, headers={"Accept-Encoding": encoding}).headers["ETag"]
    asked = {"Accept-Encoding": encoding, "If-None-Match": tag}
    again = client.get(url, headers=asked)
    assert (again.status_code, again.content) == (304, b"")
    Program.objects.filter(slug="open").update(summary="Another summary.", name="Another name")
    assert client.get(url, headers=asked).status_code == 200


def test_public_pages_are_sent_compressed(client):
    board()
    for url in ("/", "/programs/open/"):
        packed = client.get(url, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert b"Open track" in gzip.decompress(packed.content)
        assert len(packed.content) < len(client.get(url).content) / 2


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(("url", "most"), [("/", 4), ("/programs/many/", 7)])
def test_public_pages_take_few_queries_however_much_there_is(client, url, most, signed_in):
    if signed_in:
        client.force_login(make_recruiter())
    make_window(make_program("Many", slug="many", asks=("statement",)))
    counts = []
    for programs in (29, 0):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
        assert not any("applications_" in query["sql"] for query in queries)
        for number in range(programs):
            make_window(make_program(f"Track {number} of many"))
            make_requirement(Program.objects.get(slug="many"), "statement")
    assert counts[0] == counts[1] <= most


@pytest.mark.parametrize("url", ["/", "/programs/open/"])
def test_public_pages_can_only_be_read(client, url):
    board()
    for method in (client.post, client.put, client.delete):
        assert method(url).status_code == 405
