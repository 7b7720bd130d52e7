"""The forms of what recruiters do to a window. Times are typed as clocks in the window's zone show them."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.admin.pages import LocalTimeField, day_field
from programs.models import Program, Window
from programs.times import instant, zone_choices, zone_name

MOST_PLACES = 1_000_000
DEFAULT_ZONE = Window._meta.get_field("time_zone").default


def capacity_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Capacity"),
        help_text=gettext_lazy("How many applications it takes. Empty: no limit."),
        min_value=1,
        max_value=MOST_PLACES,
        required=False,
    )


def reason_field(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("For those who read this window's history later. Candidates don't see it."),
        max_length=1000,
        required=required,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why, for those who read the window's history later.")},
    )


def decide_by_field(**kwargs: Any) -> forms.DateField:
    return day_field(
        label=gettext_lazy("Decision by"),
        help_text=gettext_lazy("The promise that candidates are given: the day of closing or later."),
        validators=[MaxValueValidator(date(2200, 12, 31), gettext_lazy("Give a year until 2200."))],
        **kwargs,
    )


def moved_promise_field() -> forms.DateField:
    """Beside times that move: the promise moves in the same step where it would come too early."""
    return decide_by_field(required=False)


def reviews_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Reviews for each application"),
        help_text=gettext_lazy("How many reviewers read each."),
        min_value=1,
        max_value=9,
        initial=Window._meta.get_field("reviews_needed").default,
    )


def blind_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=gettext_lazy("Blind reading"),
        help_text=gettext_lazy("Reviewers see neither name nor contact nor links until their own review is in."),
        required=False,
        initial=True,
    )


class LocalTimesForm(forms.Form):
    """Turns the local times among its fields into instants of `zone`, or says at the field why there is none."""

    local_times: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo | None:
        raise NotImplementedError("A form of local times says where the clocks are.")

    def clean(self) -> dict:
        cleaned = super().clean()
        for name in self.local_times:
            local = cleaned.get(name)
            if isinstance(local, datetime) and self.zone:
                try:
                    cleaned[name] = instant(local, self.zone)
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned


class NewWindowForm(LocalTimesForm):
    """A new intake of one of `programs`."""

    local_times = ("opens_at", "closes_at")

    program = forms.ModelChoiceField(Program.objects.none(), label=gettext_lazy("Program"))
    season = forms.CharField(
        label=gettext_lazy("Season"), help_text=gettext_lazy("As in “Summer 2027”."), max_length=50
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("The times below are clock times there, and are announced so."),
        choices=zone_choices,
        initial=DEFAULT_ZONE,
    )
    opens_at = LocalTimeField(label=gettext_lazy("Opens"))
    closes_at = LocalTimeField(
        label=gettext_lazy("Closes"), help_text=gettext_lazy("The first moment that is too late.")
    )
    capacity = capacity_field()
    decide_by = decide_by_field()
    reviews_needed = reviews_field()
    blind_reading = blind_field()
    as_draft = forms.BooleanField(
        label=gettext_lazy("Keep it as a draft"),
        help_text=gettext_lazy("Candidates see nothing of it until you publish it."),
        required=False,
    )
    reason = reason_field(required=False)

    def __init__(self, *args: Any, programs: list[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = Program.objects.filter(pk__in=[program.pk for program in programs])

    @property
    def zone(self) -> ZoneInfo | None:
        name = self.cleaned_data.get("time_zone")
        return ZoneInfo(name) if name else None

    def window(self) -> Window:
        """The window that was typed; call it when the form is valid."""
        facts = ("program", "season", "time_zone", "opens_at", "closes_at", "capacity", "decide_by")
        reading = ("reviews_needed", "blind_reading")
        typed = {name: self.cleaned_data[name] for name in (*facts, *reading)}
        return Window(published=not self.cleaned_data["as_draft"], **typed)


class ChangeForm(LocalTimesForm):
    """What every change of a window asks: why. Subclasses add what it is changed to; the names are the services' own."""

    reason = reason_field()

    def __init__(self, *args: Any, window: Window, **kwargs: Any) -> None:
        self.target = window
        super().__init__(*args, initial=self.initial_of(window), **kwargs)
        self.order_fields([name for name in self.fields if name != "reason"])
        for name in self.local_times:
            self.fields[name].help_text = _("%(zone)s (%(name)s)") % {
                "zone": zone_name(window.zone, window.closes_at),
                "name": window.time_zone,
            }

    @property
    def zone(self) -> ZoneInfo:
        return self.target.zone

    def initial_of(self, window: Window) -> dict:
        times = {name: getattr(window, name).astimezone(window.zone) for name in self.local_times}
        return {**times, "decide_by": window.decide_by}


class ExtendForm(ChangeForm):
    local_times = ("closes_at",)
    closes_at = LocalTimeField(label=gettext_lazy("Closes"))
    decide_by = moved_promise_field()


class RescheduleForm(ChangeForm):
    local_times = ("opens_at", "closes_at")
    opens_at = LocalTimeField(label=gettext_lazy("Opens"))
    closes_at = LocalTimeField(label=gettext_lazy("Closes"))
    decide_by = moved_promise_field()


class ResizeForm(ChangeForm):
    capacity = capacity_field()

    def initial_of(self, window: Window) -> dict:
        return {"capacity": window.capacity}


class DetailsForm(ChangeForm):
    season = forms.CharField(label=gettext_lazy("Season"), max_length=50)
    decide_by = decide_by_field()
    reviews_needed = reviews_field()
    blind_reading = blind_field()

    def initial_of(self, window: Window) -> dict:
        return {name: getattr(window, name) for name in ("season", "decide_by", "reviews_needed", "blind_reading")}
