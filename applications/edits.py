"""What a button inside the form changes in what was posted: one row more, an office up or down. Nothing is saved here.

Without JavaScript such a button saves the whole form and comes back to the same place; with it, the part changes in place.
"""

from dataclasses import dataclass, field

from applications.form import ApplicationForm, Draft, Section

ADD_ROW = "add"
OFFICE_MOVES = {f"office-{move}": move for move in ("add", "remove", "up", "down")}


@dataclass(frozen=True)
class Edit:
    """Posted fields with their new values, and the id of the element where the focus belongs after it."""

    changes: Draft = field(default_factory=dict)
    focus: str = ""


def edit_by(form: ApplicationForm, action: str, target: str) -> Edit:
    """What the button with that action does to the form as it was posted; an empty Edit for any other button."""
    if action in OFFICE_MOVES and target in form.offices.offices:
        return Edit(form.offices.rearranged(OFFICE_MOVES[action], target), f"office-{target}")
    section = section_with_rows(form, target) if action == ADD_ROW else None
    if section and section.form.can_add:
        first_field = section.form.add_prefix(f"{section.form.count}-title")
        return Edit(section.form.one_row_more(), f"id_{first_field}")
    return Edit()


def section_with_rows(form: ApplicationForm, requirement_id: str) -> Section | None:
    """The section of that requirement, if it is one to which rows can be added."""
    for section in form.requirements:
        if str(section.requirement.pk) == requirement_id and section.form.has_rows:
            return section
    return None
