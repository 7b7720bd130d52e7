"""Puts the demo together, once, and fills it up to any number of applications."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from pinterns import catalogue
from pinterns.demo.applications import CANDIDATE, NUMBER, make_applications, prepare, upload_resumes
from pinterns.demo.bulk import fill_up
from pinterns.demo.progress import Progress
from pinterns.demo.season import (
    ADMINISTRATOR,
    EXTRA_CATALOGUE,
    RECRUITER,
    REVIEWERS,
    demo_windows,
    make_staff,
    planned_windows,
    schedule,
)
from programs.models import Window


def make(*, applications: int = NUMBER, seed: int = 1, out: TextIO, at: datetime | None = None) -> bool:
    """The catalogue, the season around `at` with its first 80, and as many more as `applications` asks for in all.

    What exists is left as it is. Returns False, having loaded the catalogue alone, where there are windows that are
    somebody's own. `out` shows progress.
    """
    at = at or timezone.now()
    if not demo_windows():
        _load(catalogue.CATALOGUE, out, at)
        if Window.objects.exists():
            return False
        _load(EXTRA_CATALOGUE, out, at)
        _make_season(seed, out, at)
    if applications > NUMBER:
        fill_up(applications, seed=seed, out=out, at=at)
    return True


def accounts() -> list[tuple[str, str]]:
    """Whom one can sign in as: role and address."""
    everybody = [
        (_("Administrator"), ADMINISTRATOR[0]),
        (_("Recruiter"), RECRUITER[0]),
        *((_("Reviewer"), email) for email, _name in REVIEWERS),
        (_("Candidate"), CANDIDATE.email),
    ]
    known = set(User.objects.filter(email__in=[email for _role, email in everybody]).values_list("email", flat=True))
    return [(role, email) for role, email in everybody if email in known]


def _load(path: Path, out: TextIO, at: datetime) -> None:
    with Progress(_("Drawings"), 0, out) as progress:
        # What is asked was written before last season began; drafts would be told that it changed since.
        catalogue.load(path, tell=progress.to, at=at - timedelta(days=730))


def _make_season(seed: int, out: TextIO, at: datetime) -> None:
    """Files first, then one transaction: a demo that was interrupted is begun anew, and its files are swept."""
    windows = planned_windows(at)
    entries = prepare(windows, seed=seed, at=at)
    with Progress(_("Résumés"), 0, out) as progress:
        upload_resumes(entries, tell=progress.to)
    with transaction.atomic(), Progress(_("Applications"), len(entries), out) as progress:
        recruiter = make_staff()
        schedule([window for _plan, window in windows], by=recruiter, at=at)
        make_applications(entries, recruiter=recruiter, seed=seed, tell=progress.to)
