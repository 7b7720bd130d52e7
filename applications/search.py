"""The search in the list of applications: in one text for each, kept by whatever changes what it is made of.

Name, address and reference lie in two tables, and no index serves a search in both. In one column they have one, by
each three letters that follow one another (`pg_trgm`, see docs/performance.md).
"""

from accounts.models import User
from applications.models import Application
from applications.models.application import ApplicationQuerySet

# Letters and digits of a word that may stand within another one: three are the least of which the index knows.
LEAST = 3


def search_text(*, name: str, email: str, reference: str) -> str:
    """What is searched of an application that was sent. Spaces around each word tell the whole ones."""
    return f" {name} {email} {reference} "


def search_text_of(application: Application) -> str:
    """The same for `application` as it is now; a draft, which is in no list, has none."""
    if application.submitted_at is None:
        return ""
    email = application.candidate.email if application.candidate else ""
    return search_text(name=application.full_name, email=email, reference=application.reference)


def searched(rows: ApplicationQuerySet, asked: str) -> ApplicationQuerySet:
    """Those of `rows` that have each word of `asked`, in capitals or not.

    A word of one or two letters is found as a whole word alone: “Li” is a name, and within others it is in half of all.
    Signs by themselves are no words; of nothing but signs nothing is found.
    """
    words = [word for word in asked.replace('"', " ").split() if _length(word)]
    if asked.strip() and not words:
        return rows.none()
    for word in words:
        rows = rows.filter(search_text__icontains=word if _length(word) >= LEAST else f" {word} ")
    return rows


def _length(word: str) -> int:
    return sum(letter.isalnum() for letter in word)


def keep_address(*, candidate: User) -> None:
    """Makes a new address of `candidate` one by which their applications are found."""
    for application in candidate.applications.sent():
        application.candidate = candidate
        application.search_text = search_text_of(application)
        application.save(update_fields=["search_text"])


def fill_missing() -> int:
    """Writes the text of what was sent without one, by the code of before an upgrade. Returns of how many."""
    missing = Application.objects.sent().filter(search_text="").select_related("candidate")
    number = 0
    for application in missing.only("reference", "full_name", "submitted_at", "candidate__email").iterator():
        application.search_text = search_text_of(application)
        application.save(update_fields=["search_text"])
        number += 1
    return number
