"""What a blind reader sees of an application's answers: written with them, from what is known of the candidate."""

from collections.abc import Iterable

from applications.models import Answer, Application
from applications.redaction import Redaction
from programs import kinds


def identity(application: Application, answers: Iterable[Answer]) -> dict:
    """All that is known of who sent the application, as the arguments of `Redaction`. Can be written as JSON."""
    return {
        "name": application.full_name,
        "email": application.candidate.email,
        "phone": application.phone,
        "links": [*application.links, *own_links(answers)],
    }


def own_links(answers: Iterable[Answer]) -> list[str]:
    """The candidate's own addresses among their answers."""
    return [link for answer in answers for link in kinds.get(answer.kind)(answer.parameters).links(answer.given)]


def blind(answers: Iterable[Answer], redaction: Redaction) -> None:
    """Fills in what a blind reader sees of each answer; saves nothing."""
    for answer in answers:
        rule = kinds.get(answer.kind)(answer.parameters, title=answer.title)
        answer.blind_lines = rule.blind_lines(answer.given, redaction.hide)
        answer.blind_reason = redaction.hide(answer.reason)
