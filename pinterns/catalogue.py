"""Loads a catalogue: offices, programs, what they ask for and how they judge, from a TOML file into the database.

What is missing is created; what is there is left as it is, since recruiters edit it in the admin.
"""

import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from applications.models import RejectionReason
from programs import kinds
from programs.drawings import store_cover, store_skyline
from programs.models import Office, Program, Requirement
from programs.services import save_requirement
from reviews.models import Criterion

CATALOGUE = Path(__file__).with_name("catalogue.toml")
# Room between two requirements, so that a recruiter can put one in between.
STEP = 10

# Hears how many drawings are done, and of how many.
Tell = Callable[[int, int], None]


class CatalogueError(Exception):
    """The file says something that cannot be; str() says where and what."""


def load(path: Path = CATALOGUE, *, tell: Tell = lambda done, total: None, at: datetime | None = None) -> int:
    """Creates the offices and programs of the file that are missing, each with its drawing; returns how many.

    Raises CatalogueError for a file that is wrong; then nothing is created.
    """
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    offices = _missing(Office, facts.get("offices", []))
    programs = _missing(Program, facts.get("programs", []))
    rows = {entry["slug"]: [_requirement(row, entry["slug"]) for row in _asked(entry)] for entry in programs}
    rubrics = {entry["slug"]: [_criterion(row) for row in entry.get("criteria", [])] for entry in programs}
    if not offices and not programs:
        return 0
    pictures = _draw(offices, programs, tell)
    with transaction.atomic():
        for entry in offices:
            _save(Office(**entry, **pictures[entry["slug"]]), entry["slug"])
        for entry in programs:
            program = Program(**_own_fields(entry), **pictures[entry["slug"]])
            _save(program, entry["slug"])
            program.offices.set(_offices(entry))
            for position, requirement in enumerate(rows[entry["slug"]], start=1):
                requirement.program, requirement.position = program, position * STEP
                save_requirement(requirement=requirement, at=at)
            for position, criterion in enumerate(rubrics[entry["slug"]], start=1):
                criterion.program, criterion.position = program, position * STEP
                _save(criterion, entry["slug"])
            for text in facts.get("rejection_reasons", []):
                _save(RejectionReason(program=program, text=text), entry["slug"])
    return len(offices) + len(programs)


def _missing(model: type[Office] | type[Program], entries: list[dict]) -> list[dict]:
    """Those that no row has the slug or the name of: either may have been edited."""
    known = {text for row in model.objects.values_list("slug", "name") for text in row}
    return [entry for entry in entries if not {entry["slug"], entry["name"]} & known]


def _asked(entry: dict) -> list[dict]:
    return entry.get("requirements", [])


def _own_fields(entry: dict) -> dict:
    return {name: value for name, value in entry.items() if name not in ("offices", "requirements", "criteria")}


def _offices(entry: dict) -> list[Office]:
    found = list(Office.objects.filter(slug__in=entry["offices"]))
    unknown = set(entry["offices"]) - {office.slug for office in found}
    if unknown:
        raise CatalogueError(f"{entry['slug']}: there is no office {', '.join(sorted(unknown))}.")
    return found


def _save(row: Office | Program | Criterion | RejectionReason, where: str) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise CatalogueError(f"{where}: {error}") from error
    row.save()


def _criterion(row: dict) -> Criterion:
    """The unsaved criterion; its anchors say what a 1, a 2, a 3 and a 4 look like."""
    fields = {name: value for name, value in row.items() if name != "anchors"}
    return Criterion(**fields, **{f"anchor_{score}": text for score, text in enumerate(row["anchors"], start=1)})


def _requirement(row: dict, program: str) -> Requirement:
    """The unsaved requirement, its parameters checked and completed by its kind's own form, as the admin does."""
    where = f"{program}, requirement “{row.get('title')}”"
    try:
        kind = kinds.get(row["kind"])
    except KeyError:
        raise CatalogueError(f"{where}: there is no kind “{row.get('kind')}”.") from None
    fields = kind.ParametersForm.base_fields
    unknown = set(row["parameters"]) - set(fields)
    if unknown:
        raise CatalogueError(f"{where}: {kind.slug} has no parameter {', '.join(sorted(unknown))}.")
    posted = {name: field.prepare_value(row["parameters"].get(name)) for name, field in fields.items()}
    form = kind.ParametersForm(posted)
    if not form.is_valid():
        raise CatalogueError(f"{where}: {form.errors.as_json()}")
    return Requirement(
        kind=kind.slug, title=row["title"], mandatory=row["mandatory"], parameters=dict(form.cleaned_data)
    )


def _draw(offices: list[dict], programs: list[dict], tell: Tell) -> dict[str, dict]:
    """The picture fields of each entry, by slug. Files first, rows after: what no row names is swept."""
    with ThreadPoolExecutor() as pool:  # drawing and packing leave Python free to do the next one
        jobs = {entry["slug"]: pool.submit(store_skyline, entry["slug"]) for entry in offices}
        jobs |= {entry["slug"]: pool.submit(store_cover, entry["slug"], entry["hue"]) for entry in programs}
        pictures = {}
        for number, (slug, job) in enumerate(jobs.items(), start=1):
            pictures[slug] = job.result()
            tell(number, len(jobs))
    return pictures
