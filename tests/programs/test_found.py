"""What search engines, feed readers and job boards read of us, read back by parsers that know nothing of our code."""

import html
import json
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programs.cards import program_card
from programs.models import Program, WindowChange
from tests.factories import PARAMETERS, make_office, make_program, make_requirement, make_window

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BOARD = "/api/v1/programs.json"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class Head(HTMLParser):
    """A page's links and properties, its blocks of linked data, and the words that stand outside of any element's head."""

    def __init__(self, page: str):
        super().__init__()
        self.canonical, self.properties, self.data, self._open = [], {}, [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag == "link" and has.get("rel") == "canonical":
            self.canonical.append(has["href"])
        if tag == "meta":
            self.properties[has.get("property") or has.get("name")] = has.get("content")
        if tag == "script" and has.get("type") == "application/ld+json":
            self._open = True
            self.data.append("")

    def handle_data(self, data):
        if self._open:
            self.data[-1] += data

    def handle_endtag(self, tag):
        self._open = False

    @property
    def posting(self) -> dict:
        [written] = self.data
        return json.loads(written)


def head(client, url: str) -> Head:
    return Head(client.get(url).content.decode())


def open_program(**fields):
    zurich = make_office(
        "Zürich",
        slug="zurich",
        street="Limmatquai 1",
        postal_code="8001",
        region="ZH",
        country="CH",
        time_zone="Europe/Zurich",
    )
    toronto = make_office("Toronto", slug="toronto", country="CA", time_zone="America/Toronto")
    defaults = {"slug": "data-science", "pay_low": 7000, "pay_high": 9000, "offices": [zurich, toronto]}
    return make_program("Data Science", **{**defaults, **fields})


# --- Search engines ---


def test_an_open_program_is_a_job_posting_with_all_that_is_asked_for(client, settings):
    settings.SITE_URL = settings.ORGANIZATION_URL = "https://internships.example.org"
    program = open_program(description="## You\n\n* count **things**")
    make_requirement(program, "statement", title="Motivation")
    window = make_window(
        program,
        opens_at=datetime(2026, 10, 1, 7, tzinfo=UTC),
        closes_at=datetime(2199, 2, 13, 7, 59, tzinfo=UTC),
        decide_by=date(2199, 4, 1),
    )

    posting = head(client, program.get_absolute_url()).posting

    assert "<strong>things</strong>" in posting["description"] and "Motivation" in posting["description"]
    assert posting == {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": "Data Science intern",
        "description": posting["description"],
        "identifier": {"@type": "PropertyValue", "name": "Pinterns", "value": f"window-{window.pk}"},
        "url": "https://internships.example.org/programs/data-science/",
        "datePosted": "2026-10-01T00:00:00-07:00",
        "validThrough": "2199-02-12T23:59:00-08:00",
        "employmentType": "INTERN",
        "hiringOrganization": {
            "@type": "Organization",
            "name": "Pinterns",
            "sameAs": "https://internships.example.org",
            "logo": "https://internships.example.org/static/img/logo.svg",
        },
        "jobLocation": [
            {
                "@type": "Place",
                "name": "Toronto",
                "address": {"@type": "PostalAddress", "addressLocality": "Toronto", "addressCountry": "CA"},
            },
            {
                "@type": "Place",
                "name": "Zürich",
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": "Limmatquai 1",
                    "addressLocality": "Zürich",
                    "addressRegion": "ZH",
                    "postalCode": "8001",
                    "addressCountry": "CH",
                },
            },
        ],
        "directApply": True,
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "USD",
            "value": {"@type": "QuantitativeValue", "minValue": 7000, "maxValue": 9000, "unitText": "MONTH"},
        },
    }


@pytest.mark.parametrize(
    ("pay", "amount"),
    [
        ({"pay_low": 30, "pay_high": None, "pay_period": "hour"}, {"value": 30, "unitText": "HOUR"}),
        ({"pay_low": None, "pay_high": 900, "pay_period": "week"}, {"value": 900, "unitText": "WEEK"}),
        ({"pay_low": None, "pay_high": None}, None),
    ],
)
def test_the_pay_is_told_as_far_as_it_is_known(client, pay, amount):
    program = open_program(**pay)
    make_window(program)
    salary = head(client, program.get_absolute_url()).posting.get("baseSalary")
    assert (salary and salary["value"]) == (amount and {"@type": "QuantitativeValue", **amount})


def test_nothing_that_recruiters_write_ends_the_posting(client):
    hostile = '</script><script>alert(1)</script><!-- <script> & "quotes" \u2028'
    office = make_office(hostile, street=hostile)
    program = make_program(hostile, description=hostile, summary=hostile, team=hostile, offices=[office])
    make_requirement(program, "statement", title=hostile)
    make_window(program)
    page = client.get(program.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    posting = Head(page).posting
    assert posting["title"] == f"{hostile} intern"
    assert posting["jobLocation"][0]["address"]["streetAddress"] == hostile
    assert "alert(1)" in html.unescape(posting["description"])


@pytest.mark.parametrize(
    "window",
    [
        {"opens_at": timezone.now() + DAY, "closes_at": timezone.now() + 9 * DAY},
        {"opens_at": timezone.now() - 9 * DAY, "closes_at": timezone.now() - DAY},
        {"capacity": 1, "taken": 1},
        {"published": False},
        None,
    ],
)
def test_what_takes_no_applications_is_no_job_posting(client, window):
    program = open_program()
    if window is not None:
        make_window(program, **window)
    assert head(client, program.get_absolute_url()).data == []


def test_pages_name_their_one_address_and_what_a_link_to_them_shows(client, settings):
    settings.SITE_URL = "https://internships.example.org"
    program = open_program(summary="You count <things>.")
    for url, address in {
        "/": "/",
        "/?state=open&office=zurich": "/",
        program.get_absolute_url(): "/programs/data-science/",
    }.items():
        found = head(client, url)
        assert found.canonical == [f"https://internships.example.org{address}"]
        assert found.properties["og:url"] == found.canonical[0]
        card = client.get(found.properties["og:image"].removeprefix("https://internships.example.org"))
        assert card.headers["Content-Type"] == "image/jpeg"
    assert found.properties["og:title"] == "Data Science internship"
    assert found.properties["og:description"] == "You count <things>."


# --- Maps ---


def test_the_sitemap_has_every_public_page_with_its_last_change(client, settings):
    settings.SITE_URL = "https://internships.example.org"
    changed = datetime(2020, 5, 1, tzinfo=UTC)
    program = open_program()
    make_requirement(program, "link", changed_at=changed + DAY)
    retired = make_requirement(program, "statement", changed_at=changed)
    window = make_window(program, opens_at=changed + 3 * DAY, closes_at=timezone.now() + DAY)
    Program.objects.update(changed_at=changed)

    def pages() -> dict[str, str]:
        tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
        return {url.findtext(f"{SITEMAP}loc"): url.findtext(f"{SITEMAP}lastmod") for url in tree.iter(f"{SITEMAP}url")}

    address = "https://internships.example.org/programs/data-science/"
    others = {f"https://internships.example.org/{path}": None for path in ("", "where-do-i-qualify/", "accessibility/")}
    assert pages() == {**others, address: "2020-05-04"}
    WindowChange.objects.create(window=window, action="resized", at=changed + 5 * DAY)
    assert pages()[address] == "2020-05-06"
    retired.retired_at = changed + 6 * DAY
    retired.save()
    assert pages()[address] == "2020-05-07"
    program.save()
    assert pages()[address] == timezone.now().date().isoformat()


def test_robots_are_kept_from_private_pages_and_told_the_map(client, settings):
    settings.SITE_URL = "https://internships.example.org"
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /admin/", "Disallow: /applications/", "Disallow: /programs/*/apply/"} <= set(lines)
    assert not {"Disallow: /", "Disallow: /programs/", "Disallow: /pictures/"} & set(lines)
    assert lines[-1] == "Sitemap: https://internships.example.org/sitemap.xml"


# --- The feed ---


def test_the_feed_tells_each_opening_and_closing_the_newest_first(client, settings):
    settings.SITE_URL = "https://internships.example.org"
    now = timezone.now()
    open_now = make_window(open_program(), opens_at=now - 2 * DAY, closes_at=now + DAY, season="Summer <2027>")
    over = make_window(make_program("Sales"), opens_at=now - 9 * DAY, closes_at=now - DAY, season="Winter")
    make_window(make_program("Later"), opens_at=now + DAY, closes_at=now + 2 * DAY)

    answer = client.get("/openings.atom")
    feed = feedparser.parse(answer.content)

    assert not feed.bozo and feed.version == "atom10"
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert feed.feed.links[1].href == feed.feed.id == "https://internships.example.org/openings.atom"
    assert [entry.title for entry in feed.entries] == [
        "Sales has closed for Winter",
        "Data Science takes applications for Summer <2027>",
        "Sales takes applications for Winter",
    ]
    assert feed.entries[1].link == "https://internships.example.org/programs/data-science/"
    assert feed.entries[1].summary.startswith("Open until")
    assert "closed on" in feed.entries[2].summary  # what is true today
    published = [datetime(*entry.published_parsed[:6], tzinfo=UTC) for entry in feed.entries]
    assert published == [moment.replace(microsecond=0) for moment in (over.closes_at, open_now.opens_at, over.opens_at)]
    assert len({entry.id for entry in feed.entries}) == 3
    again = feedparser.parse(client.get("/openings.atom").content)
    assert [entry.id for entry in again.entries] == [entry.id for entry in feed.entries]


# --- The job board ---


def test_the_board_has_the_shape_of_greenhouses(client, settings):
    settings.SITE_URL = "https://internships.example.org"
    program = open_program(asks=tuple(PARAMETERS), description="**Metrics**")
    make_window(program, season="Summer 2027")
    make_program("Sales")

    board = client.get(BOARD).json()

    assert board["meta"] == {"total": 2}
    [job] = [job for job in board["jobs"] if job["title"] == "Data Science"]
    assert job["id"] == program.pk
    assert job["location"] == {"name": "Toronto; Zürich"}
    assert job["absolute_url"] == "https://internships.example.org/programs/data-science/"
    assert datetime.fromisoformat(job["updated_at"]).utcoffset() is not None
    assert "<" not in job["content"] and "<strong>Metrics</strong>" in html.unescape(job["content"])
    assert job["offices"][1] == {
        "id": program.offices.get(slug="zurich").pk,
        "name": "Zürich",
        "location": "Zürich, ZH, Switzerland",
        "parent_id": None,
        "child_ids": [],
    }
    facts = {fact["name"]: fact["value"] for fact in job["metadata"]}
    assert (facts["state"], facts["season"]) == ("open", "Summer 2027")
    asked = {question["label"]: question for question in job["questions"]}
    assert len(asked) == len(PARAMETERS)
    assert all(question["required"] for question in asked.values())
    assert asked["Link"]["description"].startswith("Where is your code?")
    types = {label: {field["type"] for field in question["fields"]} for label, question in asked.items()}
    assert types == {
        "Skills": {"multi_value_single_select", "textarea"},
        "Publications": {"input_hidden", "input_text", "multi_value_single_select"},
        "Statement": {"textarea"},
        "Choice": {"multi_value_single_select"},
        "Confirmation": {"multi_value_single_select"},
        "Document": {"input_file"},
        "Link": {"input_text"},
    }
    assert asked["Choice"]["fields"][0]["values"] == [
        {"value": "June", "label": "June"},
        {"value": "October", "label": "October"},
    ]


def test_a_question_that_takes_several_answers_is_told_so(client):
    make_requirement(make_program("Sales"), "choice", parameters={"several": True})
    [question] = client.get(BOARD).json()["jobs"][0]["questions"]
    assert question["fields"][0]["type"] == "multi_value_multi_select"


@pytest.mark.parametrize("url", [BOARD, "/openings.atom", "/sitemap.xml", "/programs/data-science/{window}.ics"])
def test_who_has_it_already_is_told_so_and_nobody_gets_a_cookie(client, url):
    program = open_program()
    url = url.format(window=make_window(program).pk)
    first = client.get(url)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert not first.cookies
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Program.objects.update(name="Data Arts")
    WindowChange.objects.create(window=program.windows.get(), action="resized", at=timezone.now())
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code in (
        (200,) if url != "/sitemap.xml" else (200, 304)  # the map tells days
    )
    assert client.post(url).status_code == 405


def test_scripts_of_any_site_may_read_the_board_and_the_feed(client):
    make_window()
    for url in (BOARD, "/openings.atom"):
        answer = client.get(url, headers={"Origin": "https://elsewhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        seen = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
        assert (seen.status_code, seen.headers["Access-Control-Allow-Origin"]) == (304, "*")
    assert "Cookie" not in client.get(BOARD).headers.get("Vary", "")


# --- For all of them ---


def test_characters_that_no_file_can_hold_break_none(client):
    odd = "A\x07\x0b\uffffB; C,\n\u2029D"
    program = make_program(odd, slug="odd", description=odd, summary=odd)
    window = make_window(program, season=odd, capacity=1, taken=1)
    assert not feedparser.parse(client.get("/openings.atom").content).bozo
    for url in ("/", "/programs/odd/", BOARD, "/sitemap.xml", f"/programs/odd/{window.pk}.ics"):
        assert client.get(url).status_code == 200
    assert client.get(program_card(program).url).status_code == 200


def test_drafts_are_nowhere(client):
    now = timezone.now()
    hidden = make_program("Hiddenprogram", slug="hiddenprogram", published=False)
    of_hidden = make_window(hidden, season="Hiddenseason")
    program = open_program()
    make_requirement(program, "link", title="Hiddenask", retired_at=now)
    draft = make_window(program, season="Hiddenseason", published=False)
    make_window(program, season="Shown", opens_at=now - 9 * DAY, closes_at=now - 8 * DAY)
    for url in ("/", program.get_absolute_url(), BOARD, "/openings.atom", "/sitemap.xml", "/robots.txt"):
        told = client.get(url).content.decode()
        assert "idden" not in told.replace("visually-hidden", "").replace('type="hidden"', ""), url
    for window in (of_hidden, draft):
        assert client.get(f"/programs/{window.program.slug}/{window.pk}.ics").status_code == 404
    assert client.get(f"/cards/{hidden.pk}/{'0' * 32}.jpg").status_code == 404


@pytest.mark.parametrize(("url", "most"), [(BOARD, 5), ("/openings.atom", 2), ("/sitemap.xml", 5)])
def test_they_take_few_queries_however_much_there_is(client, url, most):
    counts = []
    for _turn in range(2):
        for _number in range(5):
            make_window(make_program(asks=("statement", "skills")))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most


@pytest.mark.parametrize(
    "url",
    [
        "/programs/data-science/999999999999999999999999.ics",
        "/programs/nothing/1.ics",
        "/programs/data-science/١.ics",
        f"/programs/data-science/{'9' * 5000}.ics",
        f"/cards/{'9' * 5000}/a.jpg",
        f"/cards/{'9' * 30}/a.jpg",
        "/cards/a.b.jpg",
        "/cards/../a.jpg",
    ],
)
def test_what_is_not_there_is_not_found(client, url):
    open_program()
    assert client.get(url).status_code == 404
