"""The demo season holds together: what the services made, and what the bulk wrote as rows, by the same rules."""

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from applications import workflow
from applications.form import ApplicationForm
from applications.inspection import inspect
from applications.models import Answer, Application, Document, Offer, PreparedDecision, StatusChange
from applications.services import Incomplete, submit
from applications.workflow import Status
from letters.models import Letter
from pinterns.catalogue import CATALOGUE, load
from pinterns.demo import bulk
from pinterns.demo.applications import CANDIDATE, LIVED, NUMBER, prepare, upload_resumes
from pinterns.demo.bulk import CannotFill, fill_up
from pinterns.demo.lives import LIVES, live
from pinterns.demo.make import accounts, make
from pinterns.demo.references import reference
from pinterns.demo.season import (
    EXTRA_CATALOGUE,
    RECRUITER,
    REVIEWERS,
    ZONE,
    demo_windows,
    planned_windows,
    start_date,
    summer,
)
from programs import kinds
from programs.models import Membership, Program, Requirement, Window, WindowChange
from reviews.models import WIDE_SPREAD, Assignment, Criterion, Review, Standing
from reviews.reviewing import still_to_write, weighted_mean
from reviews.standings import refresh
from tests.factories import make_window
from tests.pinterns.drawings import no_drawings

SOME = 15  # of the entries, and their résumés: checking one takes a tenth of a second
OFFERED = {Status.OFFER, Status.ACCEPTED, Status.DECLINED, Status.LAPSED}


def facts(applications) -> list[tuple]:
    """What must be the same for the same seed."""
    return [
        (
            application.reference,
            application.candidate.email,
            application.candidate.name,
            str(application.window),
            application.status,
            application.status_since,
            application.sent,
            [(answer.title, answer.given, answer.met) for answer in application.answers.all()],
            [(change.action, change.at, change.why) for change in application.history.all()],
        )
        for application in applications.order_by("reference").select_related("candidate", "window__program")
    ]


class Consistent:
    """What holds of any demo; `season` is the time at which it was made."""

    def test_every_status_is_there_and_drafts_that_were_too_late(self):
        assert set(Application.objects.values_list("status", flat=True)) == set(Status.values)
        assert Application.objects.filter(status=Status.DRAFT, window__closes_at__lt=self.at).exists()

    def test_a_window_has_taken_what_was_sent_to_it(self):
        sent = Count("applications", filter=Q(applications__submitted_at__isnull=False))
        assert not Window.objects.annotate(sent=sent).exclude(taken=F("sent")).exists()

    def test_every_history_leads_step_by_step_to_the_status(self):
        for application in Application.objects.prefetch_related("history"):
            status, since = Status.DRAFT, application.draft_saved_at
            for number, change in enumerate(application.history.all()):
                row = workflow.transition(change.action)
                assert (change.from_status, change.to_status) == (status, row.target)
                assert status in row.sources
                assert change.at > since or number == 0
                assert change.at <= self.at
                status, since = row.target, change.at
            assert application.status == status
            assert application.status_since == since

    def test_nothing_was_sent_outside_of_its_window(self):
        sent = StatusChange.objects.filter(action__in=["submit", "change"])
        outside = Q(at__lt=F("application__window__opens_at")) | Q(at__gte=F("application__window__closes_at"))
        assert sent.exists()
        assert not sent.filter(outside).exists()
        assert not Application.objects.filter(draft_saved_at__gt=self.at).exists()

    def test_answers_are_judged_as_the_runner_judges_them(self):
        for answer in Answer.objects.select_related("application__window__program"):
            rule = kinds.get(answer.kind)(answer.parameters, title=answer.title)
            verdict = rule.check(answer.given, program_name=answer.application.program.name)
            assert (answer.met, answer.reason, answer.asked) == (verdict.met, verdict.reason, rule.asked)
        assert not Answer.objects.filter(mandatory=True, met=False).exists()

    def test_the_counts_of_verdicts_are_those_of_the_answers(self):
        met = Count("answers", filter=Q(answers__met=True))
        counted = Application.objects.annotate(all_answers=Count("answers"), met_answers=met)
        assert not counted.exclude(asked=F("all_answers"), met=F("met_answers")).exists()
        assert not counted.filter(submitted_at__isnull=False, asked=0).exists()

    def test_offers_belong_to_those_who_got_one(self):
        for offer in Offer.objects.select_related("application__window", "office"):
            application, at = offer.application, offer.answered_at
            assert application.status in OFFERED
            assert (at is not None) == (application.status in {Status.ACCEPTED, Status.DECLINED})
            assert at is None or at < offer.ends_at
            assert (offer.ends_at > self.at) or application.status != Status.OFFER
            assert offer.start_date == start_date(application.window)
            assert offer.office in [choice.office for choice in application.office_choices.all()]
        assert Offer.objects.count() == Application.objects.filter(status__in=OFFERED).count()

    def test_a_sent_application_names_offices_of_its_program_and_may_work_there(self):
        sent = Application.objects.exclude(status=Status.DRAFT).prefetch_related("office_choices__office")
        offered = {program.pk: set(program.offices.all()) for program in Program.objects.all()}
        for application in sent.select_related("window"):
            chosen = [choice.office for choice in application.office_choices.all()]
            assert chosen
            assert set(chosen) <= offered[application.window.program_id]
            assert set(application.work_authorisation) == {str(office.country) for office in chosen}
            assert application.full_name

    def test_reviews_lie_between_the_review_and_the_decision_and_standings_equal_a_recount(self):
        for assignment in Assignment.objects.select_related("application").prefetch_related("application__history"):
            times = {change.action: change.at for change in assignment.application.history.all()}
            assert assignment.assigned_at == times["review"]
        ends = ["interview", "waitlist", "reject", "offer"]
        for review in Review.objects.select_related("assignment__application").prefetch_related("scores__criterion"):
            application, scores = review.assignment.application, review.scores.all()
            history = application.history.filter(action__in=ends, at__gte=review.assignment.assigned_at)
            assert review.assignment.assigned_at <= review.saved_at <= self.at + timedelta(minutes=1)
            decided = history.first()
            assert decided is None or (review.is_in and review.submitted_at < decided.at)
            if review.is_in:
                criteria = [score.criterion for score in scores]
                assert {each.pk for each in criteria} == set(
                    Criterion.objects.filter(program=application.window.program_id).values_list("pk", flat=True)
                )
                values = {score.criterion_id: score.value for score in scores}
                assert review.overall == weighted_mean(criteria, values)
                assert review.revision == application.revision
        kept = {row.pk: row for row in Standing.objects.all()}
        refresh(*Application.objects.filter(assignments__isnull=False).distinct())
        recounted = Standing.objects.all()
        facts = ("window_id", "assigned", "done", "score", "spread")
        assert len(kept) == len(recounted)
        for row in recounted:
            assert [getattr(row, name) for name in facts] == [getattr(kept[row.pk], name) for name in facts]
        reviewed = StatusChange.objects.filter(action="review").values("application").distinct()
        assert reviewed.count() == len(kept)


class SeasonTest(Consistent, TestCase):
    """The first 80."""

    @classmethod
    def setUpTestData(cls):
        cls.at = timezone.now()
        cls.media = settings.MEDIA_ROOT  # each test has another one
        with no_drawings(), pytest.MonkeyPatch.context() as patch:
            some = lambda entries, *, tell: upload_resumes(entries[:SOME], tell=tell)  # noqa: E731
            patch.setattr("pinterns.demo.make.upload_resumes", some)
            cls.made = make(at=cls.at, out=io.StringIO())

    def test_eighty_applications_of_many_people(self):
        assert self.made
        assert Application.objects.count() == NUMBER
        assert sum(sum(lives.values()) for lives in LIVED.values()) == NUMBER
        people = User.objects.filter(applications__isnull=False).distinct()
        assert people.count() >= 60
        assert people.filter(name__regex=r"[^\x00-\x7f]").count() >= 10
        assert people.annotate(number=Count("applications")).filter(number__gt=1).count() >= 3

    def test_windows_are_open_scheduled_full_and_closed(self):
        states = {}
        for window in Window.objects.select_related("program"):
            states.setdefault(window.state(self.at), set()).add(window.program.slug)
        assert states == {
            "open": {"engineering", "pin-labs", "data-science", "machine-learning"},
            "scheduled": {"sales"},
            "full": {"product-design"},
            "closed": {"engineering", "pin-labs", "data-science"},
        }
        closing = Window.objects.open(at=self.at).values_list("closes_at", flat=True)
        assert len({moment.date() for moment in closing}) == 4
        assert all(timedelta(days=6) < moment - self.at < timedelta(weeks=5) for moment in closing)

    def test_the_letters_are_written_one_has_failed_and_none_waits_for_the_worker(self):
        failed = Letter.objects.exclude(status=Letter.Status.SENT).get()
        assert (failed.status, failed.kind) == (Letter.Status.FAILED, "reject")
        assert Application.objects.get(reference=failed.about).status == Status.REJECTED
        assert not Letter.objects.exclude(pk=failed.pk).exclude(sent_at=F("created_at")).exists()
        for change in StatusChange.objects.select_related("letter", "application"):
            assert (change.letter is not None) == workflow.transition(change.action).writes
            assert change.letter is None or change.letter.about == change.application.reference

    def test_resumes_are_real(self):
        answers = Answer.objects.filter(kind="document", document__isnull=False)
        assert answers.count() > SOME / 3
        assert answers.filter(met=True).count() == answers.count()
        document = Document.objects.first()
        with (self.media / document.file.name).open("rb") as file:
            assert inspect(file).pages == document.pages
        assert Document.objects.values("sha256").distinct().count() == Document.objects.count()

    def test_staff_have_their_roles(self):
        assert [role for role, _email in accounts()].count("Reviewer") == 3
        assert User.objects.get(email="admin@pinterns.example").is_superuser
        recruiter = User.objects.get(email="recruiter@pinterns.example")
        assert recruiter.is_staff
        assert not recruiter.is_superuser
        assert Program.objects.run_by(recruiter).count() == Program.objects.count()
        readers = Membership.objects.filter(role=Membership.Role.REVIEWER)
        assert set(readers.values_list("program", flat=True)) == set(Program.objects.values_list("pk", flat=True))

    def test_the_candidate_has_a_draft_that_shows_what_a_check_says_and_a_sent_application(self):
        theirs = Application.objects.filter(candidate__email=CANDIDATE.email)
        assert sorted(theirs.values_list("window__program__slug", "status")) == [
            ("engineering", Status.SUBMITTED),
            ("machine-learning", Status.DRAFT),
        ]
        with pytest.raises(Incomplete) as refused:
            submit(application=theirs.get(status=Status.DRAFT), revision=0, at=self.at)
        assert [entry["text"] for entry in refused.value.form.missing] == [
            "Machine Learning asks for at least one of TensorFlow, PyTorch, MLflow at ‘advanced’ or better; "
            "you gave PyTorch at ‘basic’."
        ]

    def test_an_offer_and_rejections_are_prepared_in_one_window(self):
        prepared = PreparedDecision.objects.waiting()
        assert sorted(prepared.values_list("action", flat=True)) == ["offer", "reject", "reject"]
        assert prepared.values("application__window").distinct().count() == 1

    def test_the_first_reviewer_has_a_queue_and_some_readers_are_far_apart(self):
        own = Assignment.objects.for_reviewer(User.objects.get(email=REVIEWERS[0][0]))
        waiting = Counter(still_to_write(own).values_list("application__window", flat=True))
        assert max(waiting.values()) >= 5
        wide = Standing.objects.filter(spread__gte=WIDE_SPREAD, window__closes_at__gt=self.at)
        assert wide.exists()

    def test_recruiters_decide_when_they_are_at_work(self):
        decided = [change.at.astimezone(ZONE) for change in StatusChange.objects.filter(by__email=RECRUITER[0])]
        at_work = [local for local in decided if local.weekday() < 5 and 9 <= local.hour < 18]
        assert len(at_work) > 0.8 * len(decided)

    def test_everybodys_pages_open(self):
        client = Client()
        for application in Application.objects.select_related("candidate"):
            client.force_login(application.candidate)
            assert client.get(application.get_absolute_url()).status_code == 200

    def test_again_and_on_another_day_it_changes_nothing(self):
        before = facts(Application.objects)
        with CaptureQueriesContext(connection) as queries:
            assert make(at=self.at + timedelta(days=3), out=io.StringIO())
        assert len(queries) == 1
        assert facts(Application.objects) == before
        assert Window.objects.count() == 9

    def test_the_same_seed_gives_the_same_season(self):
        windows = planned_windows(self.at)
        assert prepare(windows, seed=1, at=self.at) == prepare(windows, seed=1, at=self.at)
        made = {
            entry.reference: (entry.person.email, entry.life.status) for entry in prepare(windows, seed=1, at=self.at)
        }
        rows = Application.objects.values_list("reference", "candidate__email", "status")
        assert {reference: (email, status) for reference, email, status in rows} == made
        others = prepare(windows, seed=2, at=self.at)
        assert not {entry.reference for entry in others} & set(made)

    def test_what_somebody_set_up_themselves_is_left_alone(self):
        WindowChange.objects.all().delete()
        assert not make(at=self.at, out=io.StringIO())
        assert Window.objects.count() == 9


class BulkTest(Consistent, TestCase):
    """Four hundred more. Files and drawings are the other class's."""

    NUMBER = 480

    @classmethod
    def setUpTestData(cls):
        cls.at = timezone.now()
        with no_drawings(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(bulk, "BATCH", 70)
            patch.setattr(bulk, "VARIANTS", 4)
            patch.setattr("pinterns.demo.make.upload_resumes", lambda entries, *, tell: None)
            make(applications=cls.NUMBER, at=cls.at, out=io.StringIO())

    def setUp(self):
        for name, value in (("BATCH", 90), ("VARIANTS", 4)):
            patch = pytest.MonkeyPatch()
            patch.setattr(bulk, name, value)
            self.addCleanup(patch.undo)

    def fill(self, number: int, **changed) -> int:
        return fill_up(number, **{"seed": 1, "out": io.StringIO(), "at": self.at, **changed})

    def test_it_has_the_number_that_was_asked_for(self):
        assert Application.objects.count() == self.NUMBER
        assert self.fill(self.NUMBER) == 0
        assert Application.objects.count() == self.NUMBER

    def test_windows_with_a_limit_are_left_alone(self):
        limited = demo_windows()["product-design", f"Summer {summer(self.at.date())}"]
        assert limited.taken == limited.capacity
        assert not Window.objects.filter(capacity__lt=F("taken")).exists()

    def test_drafts_and_what_was_sent_fit_the_form(self):
        for application in Application.objects.exclude(sent=None).select_related("window__program")[:40]:
            form = ApplicationForm(window=application.window, draft=application.sent, lenient=False)
            assert form.is_valid()
            assert form.about.cleaned_data["full_name"] == application.full_name

    def test_answers_are_blinded_as_those_that_were_sent(self):
        answers = Answer.objects.filter(application__candidate__email__endswith=bulk.DOMAIN)
        links = [answer for answer in answers if "://" in "".join(answer.lines)]
        assert links, "the control: there are links to hide"
        assert not [answer for answer in answers if "://" in "".join([*answer.blind_lines, answer.blind_reason])]
        assert all(len(answer.blind_lines) == len(answer.lines) and answer.blind_reason for answer in answers)

    def test_pages_open_for_those_of_the_bulk(self):
        client = Client()
        of_bulk = Application.objects.filter(candidate__email__endswith=bulk.DOMAIN).select_related("candidate")
        for status in Status.values:
            application = of_bulk.filter(status=status).first()
            if application is not None:
                client.force_login(application.candidate)
                assert client.get(application.get_absolute_url()).status_code == 200

    def test_in_one_go_or_in_two_it_is_the_same_and_another_seed_is_another(self):
        def made(*runs: tuple[int, int]) -> list[tuple]:
            with transaction.atomic():
                before = list(Application.objects.values_list("pk", flat=True))
                for number, seed in runs:
                    self.fill(self.NUMBER + number, seed=seed)
                rows = facts(Application.objects.exclude(pk__in=before))
                transaction.set_rollback(True)
            return rows

        once = made((200, 1))
        assert len(once) == 200
        assert made((110, 1), (200, 1)) == once
        assert made((200, 2)) != once

    def test_windows_and_requirements_that_recruiters_edited_are_told_in_a_sentence(self):
        with transaction.atomic():
            Requirement.objects.filter(title="Résumé").update(mandatory=True)
            with pytest.raises(CannotFill, match=r"no answers that are enough.*no file is attached"):
                self.fill(self.NUMBER + 1)
            transaction.set_rollback(True)
        Window.objects.filter(capacity=None).update(capacity=F("taken") + 1)
        with pytest.raises(CannotFill, match="has a limit now"):
            self.fill(self.NUMBER + 1)

    def test_an_application_of_somebody_real_in_between_does_no_harm(self):
        window = Window.objects.open(at=self.at).first()
        someone = User.objects.create_user("someone@example.org")
        Application.objects.create(candidate=someone, window=window)
        assert self.fill(self.NUMBER + 30) == 30


@pytest.mark.django_db
def test_without_debug_it_refuses_unless_forced(monkeypatch):
    with pytest.raises(CommandError, match="DEBUG=1 only"):
        call_command("demo")
    assert not Program.objects.exists()


@pytest.mark.django_db
def test_fewer_than_the_first_eighty_are_refused():
    with override_settings(DEBUG=True), pytest.raises(CommandError, match="80 applications at least"):
        call_command("demo", applications=79)


@pytest.mark.django_db
def test_beside_windows_of_ones_own_only_the_catalogue_is_loaded():
    make_window()
    said = io.StringIO()
    with no_drawings():
        call_command("demo", force=True, stdout=said, stderr=io.StringIO())
    assert "not the demo's" in said.getvalue()
    assert Program.objects.filter(slug="sales").exists()
    assert not Program.objects.filter(slug="product-design").exists()
    assert Window.objects.count() == 1


def test_references_are_all_different():
    made = {reference(seed, number) for seed in (1, 2) for number in range(20_000)}
    assert len(made) == 40_000
    assert all(len(each) == 9 and each[4] == "-" for each in made)


@pytest.mark.parametrize("name", LIVES)
@pytest.mark.parametrize("days", [0.3, 2, 26, 90])
def test_a_life_fits_into_its_window_and_into_the_past(name, days):
    at = datetime(2027, 3, 14, 12, tzinfo=UTC)
    opens_at, closes_at = at - timedelta(days=days), at + timedelta(days=20)
    for seed in range(30):
        lived = live(name, opens_at=opens_at, closes_at=closes_at, at=at, rng=Random(seed))
        times = [lived.begun_at, *(step.at for step in lived.steps)]
        assert times == sorted(times)
        assert opens_at <= times[0]
        assert times[-1] <= at
        assert lived.status == (workflow.transition(LIVES[name][-1]).target if LIVES[name] else Status.DRAFT)


@pytest.mark.parametrize(
    ("today", "year"), [((2026, 11, 23), 2027), ((2027, 2, 1), 2027), ((2027, 2, 3), 2028), ((2028, 12, 31), 2029)]
)
def test_a_season_is_the_summer_at_least_four_months_ahead(today, year):
    assert summer(datetime(*today, tzinfo=UTC).date()) == year


@pytest.mark.django_db
@pytest.mark.parametrize("today", [(2027, 3, 14, 9), (2027, 11, 7, 9), (2028, 2, 29, 12), (2026, 12, 31, 23)])
def test_the_plan_holds_on_days_when_clocks_change_and_years_end(today):
    with no_drawings():
        load(CATALOGUE)
        load(EXTRA_CATALOGUE)
    at = datetime(*today, tzinfo=UTC)
    windows = planned_windows(at)
    assert len({(window.program.slug, window.season) for _plan, window in windows}) == len(windows)
    for plan, window in windows:
        assert window.opens_at < window.closes_at
        assert start_date(window) > window.decide_by
        assert (window.closes_at < at) == plan.last_season
    assert len(prepare(windows, seed=3, at=at)) == NUMBER
