"""Page images: made by the worker, made anew when one sends again, shown to those who may see, swept afterwards."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from applications import pages
from applications.documents import GRACE, receive, sweep_documents
from applications.drafts import save_draft
from applications.models import Application, Document, PageImage
from applications.pages import make_missing_pages, make_pages
from applications.services import submit
from letters.retries import LONGEST_PAUSE, MOST_TRIES, pause_after
from pinterns.management.commands.worker import JOBS
from tests.applications.papers import KEPT, drawn, paper, pixels, readable, said, scan
from tests.factories import draft_for, make_program, make_recruiter, make_reviewer, make_user, make_window

pytestmark = pytest.mark.django_db
RESUME = paper(said("Ada Example") + said("ada@uni.example", y=650))


@pytest.fixture
def window():
    return make_window(make_program(asks=("document",)))


def sent(window, data: bytes = RESUME, *, candidate=None, **posted: str) -> Application:
    """A sent application with that file; `posted` replaces fields of the form. Sends again what was sent before."""
    requirement = window.program.requirements.get(kind="document")
    upload = receive(requirement, SimpleUploadedFile("ada-example.pdf", data, "application/pdf"))
    draft = draft_for(window, **posted)
    application = save_draft(candidate=candidate or make_user(), window=window, draft=draft, uploads=[upload])
    return submit(application=application, revision=application.revision)


def document_of(application: Application) -> Document:
    return application.answers.get(document__isnull=False).document


def text_on(image: PageImage, data: bytes = RESUME) -> str:
    with image.file.open() as file:
        picture = pages.PagePicture(image.number, image.blind, image.width, image.height, file.read())
    return readable(data, picture)


def test_the_worker_makes_clear_and_blind_pages(window):
    document = document_of(sent(window))
    assert make_missing_pages in {job for _seconds, job in JOBS}
    assert make_missing_pages(seconds=30) == 1
    document.refresh_from_db()
    assert document.pages_made_at
    clear, blind = document.page_images.get(blind=False), document.page_images.get(blind=True)
    assert (clear.number, clear.width) == (blind.number, blind.width) == (1, 1240)
    assert text_on(clear) == "KeptwordsofaplainresumeAdaExampleada@uni.example"
    assert text_on(blind) == KEPT.replace(" ", "")
    assert "ada" not in blind.file.name
    assert make_missing_pages(seconds=30) == 0


def test_a_scan_has_no_blind_pages_and_is_not_tried_again(window):
    document = document_of(sent(window, scan()))
    assert make_missing_pages(seconds=30) == 1
    assert [image.blind for image in document.page_images.all()] == [False]
    assert make_missing_pages(seconds=30) == 0


def test_drafts_have_no_pages(window):
    upload = receive(window.program.requirements.get(), SimpleUploadedFile("cv.pdf", RESUME))
    save_draft(candidate=make_user(), window=window, draft=draft_for(window), uploads=[upload])
    assert make_missing_pages(seconds=30) == 0


def test_the_latest_come_first_and_one_that_fails_never_blocks_the_others(window, monkeypatch, caplog):
    first, broken, last = (document_of(sent(window)) for _number in range(3))
    default_storage.delete(broken.file.name)
    seen, draw = [], pages.draw_pages

    def watched(file, **kwargs):
        seen.append(kwargs)
        if len(seen) == 1:
            raise ZeroDivisionError(kwargs["identity"]["email"])
        return draw(file, **kwargs)

    monkeypatch.setattr(pages, "draw_pages", watched)
    assert make_missing_pages(seconds=30) == 2
    assert not last.page_images.exists()
    assert "ZeroDivisionError" in caplog.text
    assert last.application.candidate.email not in caplog.text
    assert not broken.page_images.exists()
    assert first.page_images.count() == 2
    assert make_missing_pages(seconds=30) == 0


def test_when_storage_fails_it_is_tried_again_and_the_others_go_on(window, monkeypatch, caplog):
    other, document = document_of(sent(window)), document_of(sent(window))
    save, at = default_storage.save, timezone.now()

    def full(name, content):
        if len(attempts) == 0:
            attempts.append(name)
            raise OSError(28, "No space left on device")
        return save(name, content)

    attempts = []
    monkeypatch.setattr(default_storage, "save", full)
    assert make_missing_pages(seconds=30, at=at) == 1
    assert other.page_images.count() == 2
    assert not document.page_images.exists()
    document.refresh_from_db()
    assert (document.pages_tries, document.pages_after) == (1, at + pause_after(1))
    assert "OSError" in caplog.text
    assert make_missing_pages(seconds=30, at=at) == 0
    assert make_missing_pages(seconds=30, at=document.pages_after) == 1
    document.refresh_from_db()
    assert (document.page_images.count(), document.pages_tries, document.pages_after) == (2, 0, None)


def test_after_a_day_it_is_given_up_and_a_recruiter_has_it_tried_again(client, window, monkeypatch):
    application = sent(window)
    document = document_of(application)
    Document.objects.update(pages_tries=MOST_TRIES - 2)  # pause_after() makes a day of them
    at = timezone.now()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pages, "draw_pages", full)
        assert make_missing_pages(seconds=30, at=at) == 0
        document.refresh_from_db()
        assert document.pages_after == at + LONGEST_PAUSE
        assert not document.pages_failed
        assert make_missing_pages(seconds=30, at=document.pages_after) == 0
    document.refresh_from_db()
    assert document.pages_failed

    page = reverse("admin:applications_application_change", args=[application.pk])
    again = reverse("admin:applications_pages_again", args=[application.pk, document.pk])
    client.force_login(make_recruiter(window.program))
    assert f'action="{again}"' in client.get(page).text
    assert client.get(again).status_code == 405
    assert "are being made again" in client.post(again, follow=True).text
    assert "Nothing was done" in client.post(again, follow=True).text
    assert make_missing_pages(seconds=30) == 1
    assert document.page_images.count() == 2
    assert again not in client.get(page).text


def test_of_two_workers_one_makes_the_pages(window):
    document_of(sent(window))
    at = timezone.now()
    assert pages._claim_next(at)
    assert pages._claim_next(at) is None
    assert pages._claim_next(at + pause_after(1)), "the one who claimed it was killed"


def test_it_begins_no_more_than_there_is_time_for(window):
    for _number in range(2):
        sent(window)
    assert make_missing_pages(seconds=0) == 0
    assert make_missing_pages(seconds=0.001) == 1


@pytest.mark.django_db(transaction=True)
def test_sending_again_under_another_name_makes_the_pages_anew(window):
    candidate = make_user()
    data = paper(said("Ada Example") + said("Bo Berg", y=650))
    application = sent(window, data, candidate=candidate)
    make_missing_pages(seconds=30)
    old = list(document_of(application).page_images.all())
    assert "BoBerg" in text_on(old[0], data) + text_on(old[1], data)

    sent(window, data, candidate=candidate, **{"about-full_name": "Bo Berg"})
    document = document_of(application)
    assert document.pages_made_at is None
    assert not any(default_storage.exists(image.file.name) for image in old), "gone at once"
    assert make_missing_pages(seconds=30) == 1
    blind = document.page_images.get(blind=True)
    assert "AdaExample" in text_on(blind, data)
    assert "BoBerg" not in text_on(blind, data)
    assert document.page_images.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [True, False])
def test_pages_drawn_while_one_sends_again_are_thrown_away(window, monkeypatch, again):
    candidate = make_user()
    application = sent(window, candidate=candidate)
    document = Document.objects.select_related("application__candidate").get(pk=document_of(application).pk)
    draw = pages.draw_pages

    def meanwhile(file, **kwargs):
        pictures = draw(file, **kwargs)
        if again:
            sent(window, candidate=candidate, **{"about-full_name": "Bo Berg"})
        return pictures

    monkeypatch.setattr(pages, "draw_pages", meanwhile)
    made = make_pages(document)
    document.refresh_from_db()
    assert (made, bool(document.pages_made_at), PageImage.objects.count()) == ((0, False, 0) if again else (2, True, 2))
    day = f"pages/{timezone.now():%Y/%m/%d}"
    left = default_storage.listdir(day)[1] if default_storage.exists(day) else []
    assert len(left) == (0 if again else 2)


def test_the_sweep_takes_the_pages_of_what_it_deletes_and_strays(window):
    candidate = make_user()
    document = document_of(sent(window, candidate=candidate))
    make_missing_pages(seconds=30)
    paths = [image.file.name for image in document.page_images.all()]
    stray = default_storage.save(f"pages/{timezone.now():%Y/%m/%d}/stray.jpg", io.BytesIO(b"x"))
    later = timezone.now() + GRACE + timedelta(minutes=1)
    assert sweep_documents() == 0
    assert sweep_documents(at=later) == 1
    assert not default_storage.exists(stray)
    assert all(map(default_storage.exists, paths))
    sent(window, paper(said("Ada Example") + said("newer", y=600)), candidate=candidate)
    assert sweep_documents(at=later) == 3
    assert not any(map(default_storage.exists, [*paths, document.file.name]))
    assert not PageImage.objects.exists()


# --- Who sees them ---


def url_of(image: PageImage) -> str:
    return reverse("admin:applications_page_image", args=[image.document.application_id, image.pk])


def test_recruiters_of_the_program_see_them_and_nobody_else(client, window):
    application = sent(window)
    make_missing_pages(seconds=30)
    image = PageImage.objects.get(blind=False)
    client.force_login(make_recruiter(window.program))
    answer = client.get(url_of(image))
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).size == (image.width, image.height)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"].startswith("private, no-store")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "ada" not in answer["Content-Disposition"].lower()
    for user, status in (
        (make_recruiter(make_program()), 404),
        (make_reviewer(window.program), 404),
        (make_user(is_staff=True), 404),
        (application.candidate, 302),
    ):
        client.force_login(user)
        assert client.get(url_of(image)).status_code in (status, 403), user


def test_an_image_is_found_under_its_own_application_alone_and_not_while_it_is_made_anew(client, window):
    one, other = sent(window), sent(window)
    make_missing_pages(seconds=30)
    image = document_of(one).page_images.get(blind=False)
    client.force_login(make_recruiter(window.program))
    assert client.get(reverse("admin:applications_page_image", args=[other.pk, image.pk])).status_code == 404
    assert client.get(reverse("admin:applications_page_image", args=[one.pk, 10**30])).status_code == 404
    default_storage.delete(image.file.name)
    assert client.get(url_of(image)).status_code == 404
    Document.objects.update(pages_made_at=None)
    assert client.get(url_of(document_of(other).page_images.get(blind=False))).status_code == 404


def test_the_page_of_an_application_shows_them(client, window):
    application = sent(window)
    page = reverse("admin:applications_application_change", args=[application.pk])
    client.force_login(make_recruiter(window.program))
    assert "Its pages are being prepared" in client.get(page).text
    make_missing_pages(seconds=30)
    text = client.get(page).text
    image = PageImage.objects.get(blind=False)
    for expected in (
        f'src="{url_of(image)}"',
        f'href="{url_of(image)}"',
        'loading="lazy"',
        f'width="{image.width}"',
        f'height="{image.height}"',
        'alt="Page 1 of 1 of ada-example.pdf"',
    ):
        assert expected in text
    assert url_of(PageImage.objects.get(blind=True)) not in text
    PageImage.objects.all().delete()
    assert "Its pages can't be shown here. Open the file itself." in client.get(page).text


def test_recruiters_can_look_at_it_as_reviewers_do(client, window):
    application = sent(window)
    make_missing_pages(seconds=30)
    page = reverse("admin:applications_application_change", args=[application.pk])
    client.force_login(make_recruiter(window.program))
    assert 'href="?reading=blind"' in client.get(page).text
    text = client.get(page, {"reading": "blind"}).text
    assert url_of(PageImage.objects.get(blind=True)) in text
    assert url_of(PageImage.objects.get(blind=False)) not in text
    assert "PDF, 1 page" in text
    assert "ada-example.pdf" not in text
    PageImage.objects.filter(blind=True).delete()
    assert "could not find the name" in client.get(page, {"reading": "blind"}).text
    window.blind_reading = False
    window.save()
    assert "reading=blind" not in client.get(page).text


def test_queries_of_the_page_do_not_grow_with_pages_and_other_applications(client, window):
    candidate = make_user()
    application = sent(window, candidate=candidate)
    make_missing_pages(seconds=30)
    client.force_login(make_recruiter(window.program))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert (
                client.get(reverse("admin:applications_application_change", args=[application.pk])).status_code == 200
            )
        return len(queries)

    before = count()
    document = document_of(application)
    for number in range(2, 31):
        document.page_images.create(number=number, blind=False, file="x.jpg", width=1, height=1)
        past = timezone.now() - timedelta(days=400 * number)
        earlier = make_window(window.program, opens_at=past, closes_at=past + timedelta(days=1))
        Application.objects.create(
            candidate=candidate, window=earlier, status="rejected", revision=1, submitted_at=past, full_name="Ada"
        )
    assert count() == before


def test_other_applications_are_those_of_programs_that_the_reader_runs(client, window):
    candidate = make_user()
    application = sent(window, candidate=candidate)
    mine, foreign = make_window(window.program, **_long_ago()), make_window(make_program("Secret program"))
    Application.objects.create(
        candidate=candidate, window=mine, status="rejected", revision=1, submitted_at=timezone.now()
    )
    Application.objects.create(
        candidate=candidate, window=foreign, status="offer", revision=1, submitted_at=timezone.now()
    )
    Application.objects.create(candidate=candidate, window=make_window(window.program, **_long_ago(9)))
    page = reverse("admin:applications_application_change", args=[application.pk])
    client.force_login(make_recruiter(window.program))
    others = client.get(page)
    assert [other.window for other in others.context["others"]] == [mine]
    assert "Secret program" not in others.text
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert {other.window for other in client.get(page).context["others"]} == {mine, foreign}


def _long_ago(years: int = 5) -> dict:
    opened = timezone.now() - timedelta(days=365 * years)
    return {"opens_at": opened, "closes_at": opened + timedelta(days=7)}


def test_the_control_sees_what_is_drawn():
    assert pixels(drawn(RESUME)[1, False]).getextrema() == (0, 255)
