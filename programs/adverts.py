"""A program as search engines and job boards want to read it. Pages for people say the same in their own way."""

import html
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Office, Program, Requirement, Window


def public_address(path: str) -> str:
    """The full address of a page of ours, whatever Host a request came with."""
    return settings.SITE_URL + path


def advert_html(program: Program, asked: list[Requirement]) -> str:
    """All that is told of a program and of what it asks for now, as HTML of paragraphs and lists."""
    weeks = ngettext("It takes %(weeks)d week.", "It takes %(weeks)d weeks.", program.weeks) % {"weeks": program.weeks}
    pay = _("The pay is %(pay)s.") % {"pay": program.pay_text} if program.pay_text else ""
    told = [
        format_html("<p>{}</p>", program.summary),
        program.description_html,
        format_html("<p>{} {}</p>", weeks, pay),
        _list(_("Offices"), [office.name for office in program.offices_list]),
    ]
    if asked:
        told.append(_list(_("What we ask"), [_asked_line(requirement) for requirement in asked]))
    return "\n".join(told)


def _list(heading: str, lines: list[str]) -> SafeString:
    items = format_html_join("\n", "<li>{}</li>", ((line,) for line in lines))
    return format_html("<h2>{}</h2>\n<ul>\n{}\n</ul>", heading, items)


def _asked_line(requirement: Requirement) -> str:
    line = f"{requirement.title}: {requirement.rule.asked}"
    return line if requirement.mandatory else f"{line} {_('Preferred, and no must.')}"


# --- Search engines: schema.org ---


def job_posting(program: Program, window: Window, asked: list[Requirement]) -> dict:
    """The schema.org JobPosting of a program whose `window` is open, with the properties that search engines ask for.

    asked: what the program asks for now.
    """
    posting = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": _("%(program)s intern") % {"program": program.name},
        "description": advert_html(program, asked),
        "identifier": {"@type": "PropertyValue", "name": settings.ORGANIZATION_NAME, "value": f"window-{window.pk}"},
        "url": public_address(program.get_absolute_url()),
        "datePosted": _local(window.opens_at, window.zone),
        "validThrough": _local(window.closes_at, window.zone),
        "employmentType": "INTERN",
        "hiringOrganization": {
            "@type": "Organization",
            "name": settings.ORGANIZATION_NAME,
            "sameAs": settings.ORGANIZATION_URL,
            "logo": public_address(static("img/logo.svg")),
        },
        "jobLocation": [
            {"@type": "Place", "name": office.name, "address": _postal_address(office)}
            for office in program.offices_list
        ],
        "directApply": True,
    }
    if pay := _base_salary(program):
        posting["baseSalary"] = pay
    return posting


def _postal_address(office: Office) -> dict:
    parts = {
        "streetAddress": office.street,
        "addressLocality": office.city,
        "addressRegion": office.region,
        "postalCode": office.postal_code,
        "addressCountry": office.country.code,
    }
    return {"@type": "PostalAddress"} | {name: value for name, value in parts.items() if value}


def _base_salary(program: Program) -> dict | None:
    low, high = program.pay_low, program.pay_high
    if low is None and high is None:
        return None
    amount = {"value": low if high is None else high} if None in (low, high) else {"minValue": low, "maxValue": high}
    unit = program.pay_period.upper()
    value = {"@type": "QuantitativeValue", **amount, "unitText": unit}
    return {"@type": "MonetaryAmount", "currency": program.pay_currency, "value": value}


# --- Job boards: the shape of Greenhouse's job board API, which many of them read ---


def job(program: Program, *, at: datetime) -> dict:
    """A program of `Program.objects.advertised()` as one of the board's `jobs`, at the instant `at`."""
    window, asked = program.window_at(at), program.active_requirements()
    zone = window.zone if window else ZoneInfo("UTC")
    return {
        "id": program.pk,
        "title": program.name,
        "updated_at": _local(program.last_changed(at), zone),
        "location": {"name": "; ".join(office.name for office in program.offices_list)},
        "absolute_url": public_address(program.get_absolute_url()),
        # Their boards escape the HTML once more, and so do readers expect it.
        "content": html.escape(advert_html(program, asked)),
        "metadata": _metadata(window, at),
        "offices": [_office(office) for office in program.offices_list],
        "questions": [_question(requirement) for requirement in asked],
    }


def _metadata(window: Window | None, at: datetime) -> list[dict]:
    """What their shape has no place for: the intake, and when one can apply."""
    if window is None:
        return []
    facts = {
        "state": window.state(at).value,
        "season": window.season,
        "opens_at": _local(window.opens_at, window.zone),
        "closes_at": _local(window.closes_at, window.zone),
        "time_zone": window.time_zone,
        "decision_by": window.decide_by.isoformat(),
    }
    return [
        {"id": number, "name": name, "value": value, "value_type": "short_text"}
        for number, (name, value) in enumerate(facts.items(), start=1)
    ]


def _office(office: Office) -> dict:
    place = ", ".join(filter(None, (office.city, office.region, office.country.name)))
    return {"id": office.pk, "name": office.name, "location": place, "parent_id": None, "child_ids": []}


def _question(requirement: Requirement) -> dict:
    """What the form asks for one requirement, with the fields in which a candidate answers."""
    rule = requirement.rule
    form = rule.form(None, prefix=f"question_{requirement.pk}")
    return {
        "required": requirement.mandatory,
        "label": requirement.title,
        "description": rule.asked,
        "fields": [_field(form.add_prefix(name), field) for name, field in form.fields.items()],
    }


def _field(name: str, field: forms.Field) -> dict:
    choices = field.choices if isinstance(field, forms.ChoiceField) else []
    values = [{"value": value, "label": str(label)} for value, label in choices if value]
    return {"name": name, "type": _field_type(field.widget), "label": str(field.label or ""), "values": values}


def _field_type(widget: forms.Widget) -> str:
    """What their shape calls a field of this kind."""
    match widget:
        case forms.widgets.ChoiceWidget(allow_multiple_selected=True):
            return "multi_value_multi_select"
        case forms.widgets.ChoiceWidget() | forms.CheckboxInput():
            return "multi_value_single_select"
        case forms.Textarea():
            return "textarea"
        case forms.FileInput():
            return "input_file"
        case forms.HiddenInput():
            return "input_hidden"
        case _:
            return "input_text"


def _local(moment: datetime, zone: ZoneInfo) -> str:
    """An instant with the offset of `zone`: “2027-02-12T23:59:00-08:00”."""
    return moment.astimezone(zone).isoformat(timespec="seconds")
