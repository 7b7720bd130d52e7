"""The timeline: where bars and marks lie, which season comes first, and what is at hand beside each window."""

import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from applications.tallies import recount
from programs.admin.timeline import timeline
from programs.models import Window
from tests.factories import make_application, make_program, make_recruiter, make_window

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 2, 15, 12, tzinfo=UTC)
LANDING = "admin:programs_window_changelist"


def window(season: str = "Summer 2027", opens: int = -10, closes: int = 10, **fields) -> Window:
    """Days are counted from NOW."""
    times = {"opens_at": NOW + timedelta(days=opens), "closes_at": NOW + timedelta(days=closes)}
    return make_window(season=season, **times, **fields)


def percent(place: str) -> float:
    assert re.fullmatch(r"\d+\.\d\d%", place), place
    return float(place[:-1])


def test_a_bar_lies_where_its_times_do_and_is_as_full_as_its_window():
    (season,) = timeline([window(capacity=4, taken=1), window(opens=0, closes=20)], at=NOW, may_change=True)
    first, second = season.rows
    assert percent(first.x) < percent(season.today) < percent(first.x) + percent(first.width)
    assert percent(second.x) == pytest.approx(percent(season.today), abs=0.02)
    assert percent(first.width) == pytest.approx(percent(second.width), abs=0.02)
    assert percent(first.decision_x) > percent(first.x) + percent(first.width)
    assert (first.full, second.full) == ("25.00%", "")
    assert (first.days, second.days) == (10, 20)


@pytest.mark.parametrize(("opens", "closes"), [(-1, 1), (-2000, 3000), (0, 0.001), (-63000, 5), (5, 63000)])
def test_an_axis_is_readable_however_long(opens, closes):
    one = window(opens=opens, closes=closes, decide_by=date(2199, 12, 31), time_zone="Pacific/Kiritimati")
    (season,) = timeline([one], at=NOW, may_change=True)
    assert len(season.axis.months) <= 10
    assert len(season.axis.weeks) <= 40
    row = season.rows[0]
    assert 0 <= percent(row.x) <= percent(row.x) + percent(row.width) <= 100.5
    assert percent(row.decision_x) <= 100


def test_what_runs_comes_first_and_what_is_long_decided_is_folded_away():
    windows = [
        window("Long ago", -400, -380, decide_by=date(2026, 3, 1)),
        window("Waiting", -60, -20, decide_by=date(2027, 2, 1)),
        window("In two years", 700, 730, published=False),
        window("Next year", 300, 330, published=False),
        window("Running"),
        window("Longer ago", -800, -700, decide_by=date(2025, 6, 1)),
    ]
    seasons = timeline(windows, at=NOW, may_change=False)
    assert [season.name for season in seasons] == [
        *("Running", "Next year", "In two years"),
        *("Waiting", "Long ago", "Longer ago"),
    ]
    assert [season.name for season in seasons if season.is_earlier] == ["Long ago", "Longer ago"]
    assert [season.drafts for season in seasons] == [0, 1, 1, 0, 0, 0]
    assert not any(row.deeds for season in seasons for row in season.rows)


def test_at_hand_is_what_is_possible_now():
    windows = [
        window(),
        window(opens=5),
        window(opens=-20, closes=-5),
        window(published=False),
        window(capacity=1, taken=1),
    ]
    (season,) = timeline(windows, at=NOW, may_change=True)
    assert [[deed.name for deed in row.deeds] for row in season.rows] == [
        ["close", "extend", "resize"],
        ["open", "resize"],
        ["extend", "resize"],
        ["publish", "resize"],
        ["close", "extend", "resize"],
    ]


def test_the_drawing_is_svg_under_the_strict_policy():
    (season,) = timeline([window(capacity=4, taken=1)], at=NOW, may_change=True)
    drawing = render_to_string("admin/programs/window/_bar.html", {"season": season, "row": season.rows[0]})
    root = ElementTree.fromstring(re.sub(r"{#.*?#}", "", drawing))
    assert root.get("aria-hidden") == "true"
    for element in root.iter():
        assert not {"style", "onclick"} & set(element.keys())
        assert element.tag in {"svg", "g", "line", "rect", "text", "path"}


# --- The page ---


def test_the_landing_page_tells_in_words_what_it_draws(client):
    program, foreign = make_program("Pin Labs"), make_program("Foreign")
    client.force_login(make_recruiter(program))
    one = make_window(program, season="Summer 2027", capacity=20)
    make_window(foreign, season="Summer 2027")
    page = client.get(reverse(LANDING))
    words = " ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", " ", page.text, flags=re.S).split())
    assert "Pin Labs" in words
    assert "Foreign" not in page.text
    for told in ("Summer 2027", "0 of 20", "Open", "6 days left", "decision by 1 March 2027", "Close now", "Extend"):
        assert told in words, told
    assert reverse("admin:programs_window_do", args=[one.pk, "close"]) in page.text
    assert reverse("admin:programs_window_list") in page.text
    assert list(client.get(reverse("admin:programs_window_list")).context["cl"].result_list) == [one]


def test_due_and_overdue_are_marked_as_long_as_somebody_waits(client):
    program = make_program()
    client.force_login(make_recruiter(program))
    one = make_window(program)
    application = make_application(one)
    today = timezone.now().astimezone(one.zone).date()
    for days, told in ((3, "Due: 1 undecided"), (-1, "Overdue: 1 undecided"), (4, "")):
        Window.objects.update(decide_by=today + timedelta(days=days))
        for url in (reverse(LANDING), reverse("admin:programs_window_change", args=[one.pk])):
            marks = re.findall(r"\w+: \d+ undecided", " ".join(client.get(url).text.split()))
            assert marks == ([told] if told else []), url
    Window.objects.update(decide_by=today)
    type(application).objects.update(status="rejected")
    recount(one.pk)
    assert "undecided" not in client.get(reverse(LANDING)).text


def test_applications_do_not_add_queries(client, django_assert_max_num_queries):
    program = make_program()
    client.force_login(make_recruiter(program))
    one = make_window(program, decide_by=timezone.now().date())
    counts = []
    for number in (1, 5):
        for _number in range(number):
            make_application(one)
        client.get(reverse(LANDING))
        with django_assert_max_num_queries(12) as queries:
            client.get(reverse(LANDING))
        counts.append(len(queries))
    assert counts[0] == counts[1]
