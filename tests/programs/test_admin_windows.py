"""Windows in the admin: every deed confirms, asks why, shows what is refused, and leaves its line in the history."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.extensions import grant_extension
from programs.models import Window, WindowChange
from tests.factories import make_draft, make_program, make_recruiter, make_window

pytestmark = pytest.mark.django_db

State = Window.State


@pytest.fixture
def recruiter(client):
    user = make_recruiter(make_program(), name="Rosa Recruiter")
    client.force_login(user)
    return user


@pytest.fixture
def program(recruiter):
    return recruiter.memberships.get().program


def scheduled(program, **fields) -> Window:
    opens = timezone.now() + timedelta(days=3)
    return make_window(program, opens_at=opens, closes_at=opens + timedelta(days=10), **fields)


def closed(program, **fields) -> Window:
    closes = timezone.now() - timedelta(days=3)
    return make_window(program, opens_at=closes - timedelta(days=10), closes_at=closes, **fields)


def draft(program, **fields) -> Window:
    return scheduled(program, published=False, **fields)


def do(window: Window, name: str) -> str:
    return reverse("admin:programs_window_do", args=[window.pk, name])


def local(at: datetime, window: Window) -> str:
    return at.astimezone(window.zone).strftime("%Y-%m-%dT%H:%M")


def new_window(program) -> dict:
    return {
        "program": program.pk,
        "season": "Winter 2027",
        "time_zone": "America/New_York",
        "opens_at": "2027-01-10T09:00",
        "closes_at": "2027-02-10T23:59",
        "capacity": "40",
        "decide_by": "2027-03-01",
        "reviews_needed": "2",
        "blind_reading": "on",
    }


def test_a_new_window_has_its_times_in_its_own_zone(client, recruiter, program):
    page = client.post(
        reverse("admin:programs_window_add"), new_window(program) | {"reason": "As agreed."}, follow=True
    )
    window = Window.objects.get(season="Winter 2027")
    assert window.opens_at == datetime(2027, 1, 10, 14, tzinfo=UTC)
    assert window.closes_at == datetime(2027, 2, 11, 4, 59, tzinfo=UTC)
    change = window.changes.get()
    assert (change.action, change.by, change.reason) == ("created", recruiter, "As agreed.")
    assert "Sunday 10 January 2027, 09:00 Eastern Time" in page.text
    assert "Rosa Recruiter" in page.text


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"opens_at": "2027-03-14T02:30"}, "opens_at", "is skipped"),
        ({"closes_at": "2027-11-07T01:30"}, "closes_at", "happens twice"),
        ({"closes_at": "2027-01-10T08:00"}, "__all__", "would close before it opens"),
        ({"season": "Taken"}, "__all__", "a window for that season already"),
        ({"opens_at": "2026-06-01T00:00"}, "__all__", "would overlap the window “Taken”"),
        ({"opens_at": "0000-01-01T00:00"}, "opens_at", "a day and a time"),
        ({"opens_at": "9999-12-31T23:59"}, "opens_at", "between 2000 and 2200"),
        ({"opens_at": "2027-01-10T09:00+00:00"}, "opens_at", "a day and a time"),
        ({"opens_at": "x" * 100_000}, "opens_at", "a day and a time"),
        ({"time_zone": "Moon/Crater"}, "time_zone", "not one of the available choices"),
        ({"capacity": "0"}, "capacity", "greater than or equal to 1"),
        ({"capacity": "99999999999999999999"}, "capacity", "less than or equal to"),
        ({"capacity": "\x00"}, "capacity", "whole number"),
        ({"season": "\x00"}, "season", "Null characters"),
        ({"decide_by": "0000-13-45"}, "decide_by", "valid date"),
        ({"program": "99999999999999999999999"}, "program", "not one of the available choices"),
        ({"program": "\x00"}, "program", "Null characters"),
        ({"decide_by": "2027-02-09"}, "decide_by", "before the window closes on 10 February 2027"),
        ({"decide_by": "9999-12-31"}, "decide_by", "a year until 2200"),
        ({"reviews_needed": "0"}, "reviews_needed", "greater than or equal to 1"),
        ({"reviews_needed": "10"}, "reviews_needed", "less than or equal to 9"),
    ],
)
def test_nonsense_is_refused_with_a_sentence_and_kept_on_the_page(client, program, fields, field, sentence):
    taken = datetime(2026, 5, 1, tzinfo=UTC)
    make_window(program, season="Taken", opens_at=taken, closes_at=taken + timedelta(days=90))
    page = client.post(reverse("admin:programs_window_add"), new_window(program) | fields)
    assert page.status_code == 200
    assert sentence in " ".join(page.context["form"].errors[field])
    assert Window.objects.count() == 1
    assert str(page.context["form"]["decide_by"].value()) == (new_window(program) | fields)["decide_by"]


@pytest.mark.parametrize(
    ("make", "possible"),
    [
        (scheduled, ["open", "reschedule", "resize", "edit"]),
        (draft, ["publish", "reschedule", "resize", "edit"]),
        (make_window, ["close", "extend", "resize", "edit"]),
        (closed, ["extend", "resize", "edit"]),
    ],
)
def test_the_page_offers_what_is_possible_now(client, program, make, possible):
    window = make(program)
    page = client.get(reverse("admin:programs_window_change", args=[window.pk]))
    assert [deed.name for deed in page.context["deeds"]] == possible
    for name in ("publish", "open", "close", "extend", "reschedule", "resize", "edit"):
        assert (f'href="{do(window, name)}"' in page.text) == (name in possible)
        assert client.get(do(window, name)).status_code == 200


def test_open_and_close_now(client, recruiter, program):
    window = scheduled(program)
    client.get(do(window, "open"))
    window.refresh_from_db()
    assert window.state(timezone.now()) == State.SCHEDULED
    assert client.post(do(window, "open"), {"reason": "Everybody is ready."}).status_code == 302
    window.refresh_from_db()
    assert window.state(timezone.now()) == State.OPEN
    page = client.post(do(window, "close"), {"reason": "Enough."}, follow=True)
    window.refresh_from_db()
    assert window.state(timezone.now()) == State.CLOSED
    assert [(change.action, change.by, change.reason) for change in window.changes.all()] == [
        ("closed", recruiter, "Enough."),
        ("opened", recruiter, "Everybody is ready."),
    ]
    assert "Everybody is ready." in page.text


def test_extend_reschedule_resize_and_edit(client, program):
    window = make_window(program, capacity=5, taken=3)
    later = window.closes_at.replace(second=0, microsecond=0) + timedelta(days=2)
    client.post(do(window, "extend"), {"reason": "A holiday.", "closes_at": local(later, window)})
    client.post(do(window, "resize"), {"reason": "More desks.", "capacity": ""})
    details = {"reason": "A slip.", "season": "Spring", "decide_by": "2027-04-01", "reviews_needed": "3"}
    client.post(do(window, "edit"), details)
    window.refresh_from_db()
    assert (window.closes_at, window.capacity, window.season) == (later, None, "Spring")
    page = client.get(reverse("admin:programs_window_change", args=[window.pk]))
    assert "Capacity: 5 →" in " ".join(page.text.split())
    assert "no limit" in page.text
    coming = scheduled(make_program_of(program))
    opens = coming.opens_at.replace(second=0, microsecond=0) + timedelta(days=1)
    times = {"opens_at": local(opens, coming), "closes_at": local(opens + timedelta(days=3), coming)}
    client.post(do(coming, "reschedule"), {"reason": "The fair moved.", **times})
    coming.refresh_from_db()
    assert (coming.opens_at, coming.closes_at) == (opens, opens + timedelta(days=3))


def make_program_of(program):
    """Another program of the same recruiter, so that no window is in the way."""
    other = make_program()
    program.memberships.get().user.memberships.create(program=other, role="recruiter")
    return other


@pytest.mark.parametrize(
    ("make", "name", "posted", "sentence"),
    [
        (make_window, "close", {"reason": "  "}, "Say why"),
        (make_window, "open", {"reason": "Now."}, "opened on"),
        (closed, "close", {"reason": "Now."}, "closed on"),
        (scheduled, "close", {"reason": "Now."}, "Reschedule it instead"),
        (make_window, "extend", {"reason": "More.", "closes_at": "2020-01-01T00:00"}, "To end sooner"),
        (make_window, "extend", {"reason": "More.", "closes_at": "2027-03-14T02:30"}, "is skipped"),
        (make_window, "resize", {"reason": "Less.", "capacity": "2"}, "3 places are taken already"),
        (make_window, "resize", {"reason": "Less.", "capacity": "-1"}, "greater than or equal"),
        (make_window, "reschedule", {"reason": "Move."}, "required"),
        (
            make_window,
            "edit",
            {"reason": "Same.", "season": "Taken", "decide_by": "2027-03-01", "reviews_needed": "2"},
            "already",
        ),
        (make_window, "edit", {"reason": "\x00", "season": "\x00", "decide_by": "x"}, "Null characters"),
    ],
)
def test_what_the_service_refuses_is_said_on_the_form(client, program, make, name, posted, sentence):
    far = timezone.now() + timedelta(days=400)
    make_window(program, season="Taken", opens_at=far, closes_at=far + timedelta(days=1))
    window = make(program, capacity=5, taken=3)
    before = Window.objects.values().get(pk=window.pk)
    page = client.post(do(window, name), posted)
    assert page.status_code == 200
    assert sentence in str(page.context["form"].errors)
    assert Window.objects.values().get(pk=window.pk) == before
    assert not WindowChange.objects.exists()


def test_how_applications_are_read_is_set_here_and_told_in_words(client, program):
    client.post(reverse("admin:programs_window_add"), new_window(program) | {"as_draft": "on", "reviews_needed": "3"})
    window = Window.objects.get(season="Winter 2027")
    assert (window.published, window.reviews_needed, window.blind_reading) == (False, 3, True)
    facts = {"reason": "Two are enough.", "season": "Winter 2027", "decide_by": "2027-03-01", "reviews_needed": "2"}
    page = client.post(do(window, "edit"), facts, follow=True)
    words = " ".join(page.text.split())
    assert "Blind reading: yes → no" in words
    assert "Reviews for each application: 3 → 2" in words
    assert "2 reviews each, open" in words


def test_the_extend_form_moves_the_promise_too(client, program):
    window = make_window(program)
    later = (window.closes_at + timedelta(days=300)).replace(second=0, microsecond=0)
    posted = {"reason": "More.", "closes_at": local(later, window)}
    page = client.post(do(window, "extend"), posted)
    assert "Promise that day or a later one" in page.context["form"].errors["decide_by"][0]
    promised = (later + timedelta(days=30)).date()
    client.post(do(window, "extend"), posted | {"decide_by": promised.isoformat()})
    window.refresh_from_db()
    assert (window.closes_at, window.decide_by) == (later, promised)


def test_personal_deadlines_stand_on_the_window_s_page(client, recruiter, program):
    window = make_window(program)
    page = reverse("admin:programs_window_change", args=[window.pk])
    assert "Personal extensions" not in client.get(page).text
    until = window.closes_at + timedelta(days=4)
    for number in range(12):
        grant_extension(email=f"late{number}@example.org", window=window, until=until, by=recruiter, reason="A storm.")
    text = client.get(page).text
    assert "Personal extensions" in text
    assert text.count("A storm.") == 10
    everybody = f"{reverse('admin:applications_extension_changelist')}?window={window.pk}"
    assert everybody in text
    assert len(client.get(everybody).context["cl"].result_list) == 12


def test_the_deeds_are_the_only_way(client, program):
    window = make_window(program)
    before = Window.objects.values().get(pk=window.pk)
    url = reverse("admin:programs_window_change", args=[window.pk])
    client.post(url, {"season": "X", "capacity": "1", "taken": "0", "opens_at_0": "2020-01-01", "_save": "1"})
    client.post(
        reverse("admin:programs_window_changelist"), {"action": "delete_selected", "_selected_action": window.pk}
    )
    assert client.get(do(window, "nonsense")).status_code == 404
    assert Window.objects.values().get(pk=window.pk) == before


def test_a_window_is_deleted_only_while_nobody_has_begun_to_apply(client, program):
    window = make_window(program)
    url = reverse("admin:programs_window_delete", args=[window.pk])
    make_draft(window)
    assert "can't be deleted" in client.get(url).text
    assert "can't be deleted" in client.post(url).text
    assert Window.objects.filter(pk=window.pk).exists()
    empty = closed(program)
    url = reverse("admin:programs_window_delete", args=[empty.pk])
    client.get(url)
    assert Window.objects.filter(pk=empty.pk).exists()
    client.post(url)
    assert not Window.objects.filter(pk=empty.pk).exists()


@pytest.mark.parametrize("state", State.values)
def test_the_list_is_filtered_by_state(client, program, state):
    windows = {
        State.DRAFT: make_window(make_program_of(program), published=False),
        State.SCHEDULED: scheduled(program),
        State.OPEN: make_window(make_program_of(program)),
        State.CLOSED: closed(program),
    }
    windows[State.FULL] = make_window(make_program_of(program), capacity=1, taken=1)
    page = client.get(reverse("admin:programs_window_changelist"), {"state": state})
    assert list(page.context["cl"].result_list) == [windows[state]]
    season = {"state": state, "season": windows[state].season, "program": windows[state].program_id}
    assert list(client.get(reverse("admin:programs_window_changelist"), season).context["cl"].result_list)


@pytest.mark.parametrize("query", ["state=x", "program=9" + "9" * 30, "p=x", "o=x"])
def test_nonsense_in_a_filter_is_ignored(client, program, query):
    make_window(program)
    page = client.get(f"{reverse('admin:programs_window_changelist')}?{query}", follow=True)
    assert page.status_code == 200
