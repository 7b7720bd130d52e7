"""“Next season”: local clock times kept across summer time, what can't be made told, drafts looked over and published."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from programs.models import Window, WindowChange
from programs.seasons import copy_season, next_name, plan_season, publish_season
from tests.factories import make_program, make_recruiter, make_reviewer, make_user, make_window

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 6, 1, tzinfo=UTC)
NEXT_SEASON, DRAFTS = "admin:programs_window_next_season", "admin:programs_window_drafts"


def window_at(zone: str, opens: str, closes: str, *, program=None, **fields) -> Window:
    """A window whose times are what clocks in `zone` show."""
    times = {
        name: datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for name, local in (("opens_at", opens), ("closes_at", closes))
    }
    return make_window(program or make_program(), season="Summer 2027", time_zone=zone, **times, **fields)


def copies_of(*windows: Window, weeks: int = 52, at: datetime = EARLY):
    programs = [window.program for window in windows]
    return plan_season(programs=programs, season="Summer 2027", new_season="Summer 2028", weeks=weeks, at=at)


def clocks(window: Window) -> list[str]:
    return [f"{at.astimezone(window.zone):%a %Y-%m-%d %H:%M}" for at in (window.opens_at, window.closes_at)]


def test_clocks_show_the_same_after_summer_time_began_on_another_day():
    # 14 March 2027 and 12 March 2028: the shifted opening is on the other side of the change.
    window = window_at("America/Los_Angeles", "2027-03-14T09:00", "2027-04-15T23:59", decide_by=date(2027, 5, 1))
    (entry,) = copies_of(window)
    assert clocks(entry.copy) == ["Sun 2028-03-12 09:00", "Thu 2028-04-13 23:59"]
    assert entry.copy.decide_by == date(2028, 4, 29)
    (entry,) = copies_of(window, weeks=26)
    assert clocks(entry.copy) == ["Sun 2027-09-12 09:00", "Thu 2027-10-14 23:59"]
    (entry,) = copies_of(window, weeks=40)
    assert clocks(entry.copy) == ["Sun 2027-12-19 09:00", "Thu 2028-01-20 23:59"]
    assert (entry.copy.opens_at - window.opens_at) == timedelta(weeks=40, hours=1)


@pytest.mark.parametrize(
    ("zone", "opens", "says"),
    [
        ("America/Los_Angeles", "2027-03-14T02:30", "is skipped"),
        ("America/Los_Angeles", "2027-11-07T01:30", "happens twice"),
        ("Pacific/Apia", "2011-12-30T09:00", "is skipped"),  # the day that Samoa left out
    ],
)
def test_a_time_that_does_not_exist_is_refused_and_names_the_window(zone, opens, says):
    local = datetime.fromisoformat(opens) - timedelta(weeks=52)
    window = window_at(zone, local.isoformat(), (local + timedelta(days=20)).isoformat(), decide_by=date(2027, 12, 31))
    good = window_at(zone, "2027-06-01T09:00", "2027-06-20T09:00")
    refused, fine = sorted(
        copies_of(window, good, at=datetime(2010, 1, 1, tzinfo=UTC)), key=lambda entry: not entry.problem
    )
    assert says in refused.problem
    assert refused.problem.startswith(str(window))
    assert (refused.copy, fine.problem) == (None, "")


def test_apia_is_a_day_ahead_and_promises_by_its_own_calendar():
    window = window_at("Pacific/Apia", "2027-02-01T00:00", "2027-03-01T00:30", decide_by=date(2027, 3, 1))
    assert window.closes_at.date() == date(2027, 2, 28)
    (entry,) = copies_of(window)
    assert clocks(entry.copy) == ["Mon 2028-01-31 00:00", "Mon 2028-02-28 00:30"]
    entry.copy.full_clean()
    entry.copy.decide_by = date(2028, 2, 27)
    with pytest.raises(ValidationError, match="before the window closes on 28 February 2028"):
        entry.copy.full_clean()


def test_a_copy_is_the_same_window_later_and_says_where_it_comes_from():
    recruiter = make_user(name="Rosa")
    window = window_at(
        "Europe/Lisbon",
        "2027-02-01T09:00",
        "2027-03-01T23:59",
        capacity=40,
        taken=12,
        reviews_needed=3,
        blind_reading=False,
    )
    facts = {"season": "Summer 2027", "new_season": "Summer 2028", "weeks": 52, "by": recruiter}
    (entry,) = copy_season(programs=[window.program], reason="As last year.", at=EARLY, **facts)
    copy = Window.objects.get(season="Summer 2028")
    assert (copy.pk, copy.program) == (entry.copy.pk, window.program)
    assert (copy.capacity, copy.taken, copy.reviews_needed, copy.blind_reading) == (40, 0, 3, False)
    assert (copy.published, copy.state(timezone.now())) == (False, Window.State.DRAFT)
    change = copy.changes.get()
    assert (change.action, change.by, change.at) == ("created", recruiter, EARLY)
    assert change.reason == "Copied from Summer 2027, 52 weeks later. As last year."
    assert (change.before, change.after["published"]) == ({}, False)
    again = copy_season(programs=[window.program], at=EARLY, **facts)
    assert [entry.problem for entry in again] == [f"{window.program} has that season already."]
    assert Window.objects.count() == 2


def test_what_would_overlap_or_be_over_is_told():
    program = make_program()
    window = window_at("Europe/Lisbon", "2027-02-01T09:00", "2027-03-01T23:59", program=program)
    make_window(
        program,
        season="Winter 2028",
        opens_at=window.closes_at + timedelta(weeks=40),
        closes_at=window.closes_at + timedelta(weeks=60),
    )
    (entry,) = copies_of(window)
    assert "would overlap the window “Winter 2028”" in entry.problem
    (entry,) = copies_of(window, weeks=30, at=window.closes_at + timedelta(weeks=30))
    assert "over already" in entry.problem
    assert copies_of(window, weeks=30)[0].copy


def test_a_name_for_the_season_after():
    assert [next_name(name) for name in ("Summer 2027", "2027/2028", "Spring", "Year 1")] == [
        "Summer 2028",
        "2028/2028",
        "Spring",
        "Year 1",
    ]


def test_publishing_a_season_is_all_or_nothing_and_leaves_a_line_for_each():
    soon = timezone.now() + timedelta(days=9)
    good = make_window(published=False, opens_at=soon, closes_at=soon + timedelta(days=9))
    over = make_window(published=False, opens_at=soon - timedelta(days=90), closes_at=soon - timedelta(days=60))
    user = make_user()
    with pytest.raises(ValidationError, match="is over, so nobody could apply") as refused:
        publish_season(windows=[good, over], by=user, reason="Go.")
    assert str(over) in " ".join(refused.value.messages)
    assert not Window.objects.published().exists()
    assert not WindowChange.objects.exists()
    publish_season(windows=[good], by=user, reason="Go.")
    change = WindowChange.objects.get()
    assert (change.window, change.action, change.by, change.reason) == (good, "published", user, "Go.")
    assert (change.before["published"], change.after["published"]) == (False, True)


# --- The pages ---


def season(*programs) -> list[Window]:
    opens = timezone.now() + timedelta(days=30)
    times = {"opens_at": opens, "closes_at": opens + timedelta(days=30)}
    return [make_window(program, season="Summer 2027", **times) for program in programs]


@pytest.fixture
def programs():
    return [make_program(), make_program()]


@pytest.fixture
def recruiter(client, programs):
    user = make_recruiter(*programs, name="Rosa Recruiter")
    client.force_login(user)
    return user


def test_from_the_form_to_what_candidates_see(client, recruiter, programs):
    season(*programs, make_program())
    page = client.get(reverse(NEXT_SEASON))
    assert page.context["form"]["new_season"].value() == "Summer 2028"
    assert {entry.window.program for entry in page.context["copies"]} == set(programs)
    assert "Make 2 drafts" in " ".join(page.text.split())
    assert Window.objects.count() == 3
    posted = {"season": "Summer 2027", "new_season": "Summer 2028", "weeks": "52", "reason": "Again."}
    page = client.post(reverse(NEXT_SEASON), posted, follow=True)
    drafts = Window.objects.filter(published=False)
    assert {window.program for window in drafts} == set(programs)
    assert set(page.context["drafts"]) == set(drafts)
    page = client.post(reverse(NEXT_SEASON), posted, follow=True)
    assert "has that season already" in page.text
    assert Window.objects.count() == 5

    url = f"{reverse(DRAFTS)}?season=Summer+2028"
    page = client.post(url, {"window": [window.pk for window in drafts], "reason": " "})
    assert "Say why" in page.text
    assert not Window.objects.published().filter(season="Summer 2028").exists()
    shown, added = drafts
    page = client.post(url, {"window": [shown.pk], "reason": "Looked over."}, follow=True)
    assert "1 window is published." in page.text
    shown.refresh_from_db()
    added.refresh_from_db()
    assert (shown.published, added.published) == (True, False)  # what was not on the page stays a draft
    page = client.get(reverse("admin:programs_window_change", args=[shown.pk]))
    words = " ".join(page.text.split())
    assert "Published: no → yes" in words
    assert "Copied from Summer 2027, 52 weeks later. Again." in words
    page = client.post(url, {"window": [shown.pk], "reason": "Twice."})
    assert "None of the windows that you saw waits any more" in page.text
    assert shown.changes.count() == 2


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"season": "Nobody's"}, "season"),
        ({"season": "x" * 9000}, "season"),
        ({"new_season": ""}, "new_season"),
        ({"new_season": "x" * 51}, "new_season"),
        ({"weeks": "0"}, "weeks"),
        ({"weeks": "-52"}, "weeks"),
        ({"weeks": "99999999999999999999"}, "weeks"),
        ({"weeks": "x"}, "weeks"),
    ],
)
def test_nonsense_makes_nothing_and_says_why(client, recruiter, programs, posted, field):
    season(*programs)
    whole = {"season": "Summer 2027", "new_season": "Summer 2028", "weeks": "52"} | posted
    for page in (client.post(reverse(NEXT_SEASON), whole), client.get(reverse(NEXT_SEASON), whole)):
        assert page.status_code == 200
        assert page.context["form"].errors[field]
    page = client.post(reverse(NEXT_SEASON), whole | {"reason": "x" * 1001})
    assert page.context["why"].errors["reason"]
    assert Window.objects.count() == 2


def test_without_a_season_there_is_nothing_to_copy(client, recruiter):
    page = client.get(reverse(NEXT_SEASON), follow=True)
    assert "no season to copy yet" in page.text
    assert "every window is published" in client.get(reverse(DRAFTS)).text
    assert client.post(reverse(DRAFTS), {"window": ["x", "9" * 30, "-1"], "reason": "x"}).status_code == 200


def test_only_one_s_own_programs_are_copied_and_published(client, programs):
    (mine, foreign), (_mine, others) = programs, season(*programs)
    client.force_login(make_recruiter(mine))
    posted = {"season": "Summer 2027", "new_season": "Summer 2028", "weeks": "52"}
    client.post(reverse(NEXT_SEASON), posted)
    assert not foreign.windows.filter(season="Summer 2028").exists()
    Window.objects.update(published=False)
    page = client.get(reverse(DRAFTS))
    assert others not in page.context["drafts"]
    client.post(reverse(DRAFTS), {"window": [others.pk], "reason": "Mine!"})
    others.refresh_from_db()
    assert not others.published
    deed = reverse("admin:programs_window_do", args=[others.pk, "publish"])
    assert client.post(deed, {"reason": "Mine!"}).status_code == 404
    client.force_login(make_reviewer(mine))
    for name in (NEXT_SEASON, DRAFTS, "admin:programs_window_changelist", "admin:programs_window_list"):
        for answer in (client.get(reverse(name)), client.post(reverse(name), posted)):
            assert answer.status_code == 403, name
    assert Window.objects.count() == 3


@pytest.mark.parametrize("name", [NEXT_SEASON, DRAFTS, "admin:programs_window_changelist"])
def test_the_number_of_queries_does_not_grow(client, django_assert_max_num_queries, name):
    counts = []
    for number in (1, 30):
        made = [make_program() for _number in range(number)]
        client.force_login(make_recruiter(*made))
        season(*made)
        Window.objects.filter(program__in=made).update(published=name != DRAFTS)
        client.get(reverse(name))
        with django_assert_max_num_queries(30) as queries:
            client.get(reverse(name))
        counts.append(len(queries))
    assert counts[0] == counts[1]
