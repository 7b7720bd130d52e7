"""Link: an https address, on certain hosts or on any."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.kinds.base import AnswerForm, Kind, LinesField, topic

_is_https = URLValidator(schemes=["https"])


def is_https(address: str) -> bool:
    """Whether `address` is a well-formed https address."""
    try:
        _is_https(address)
    except ValidationError:
        return False
    return True


class LinkAnswerForm(AnswerForm):
    def build(self) -> None:
        self.fields["address"] = forms.CharField(
            label=self.rule.parameters["prompt"],
            help_text=self.rule.accepted,
            max_length=500,
            required=False,
            widget=forms.URLInput(attrs={"inputmode": "url", "placeholder": "https://"}),
        )

    def topics(self) -> dict[str, str]:
        return {"address": topic("link", self.rule.parameters["prompt"])}

    def given(self) -> dict:
        return {"address": self.cleaned_data["address"]}


class LinkParametersForm(forms.Form):
    prompt = forms.CharField(label=gettext_lazy("Prompt"), max_length=300)
    hosts = LinesField(
        label=gettext_lazy("Accepted hosts"),
        help_text=gettext_lazy("One per line, as in github.com; addresses below them count too. Empty: any."),
        required=False,
    )

    def clean_hosts(self) -> list[str]:
        hosts = [host.lower().removeprefix("https://").rstrip("/") for host in self.cleaned_data["hosts"]]
        for host in hosts:
            if not is_https(f"https://{host}/"):
                raise ValidationError(_("“%(host)s” is not a host name."), params={"host": host})
        return hosts


class Link(Kind):
    slug = "link"
    label = gettext_lazy("link")
    ParametersForm = LinkParametersForm
    AnswerForm = LinkAnswerForm
    minutes = 0.5

    @property
    def accepted(self) -> str:
        if self.parameters["hosts"]:
            return _("An address that starts with https://, on %(hosts)s.") % {
                "hosts": ", ".join(self.parameters["hosts"])
            }
        return _("An address that starts with https://.")

    @property
    def asks(self) -> str:
        if self.parameters["hosts"]:
            return _("an https address on %(hosts)s") % {"hosts": ", ".join(self.parameters["hosts"])}
        return _("a well-formed https address")

    @property
    def asked(self) -> str:
        return f"{self.parameters['prompt']} ({self.accepted.rstrip('.')})"

    def met(self, given: dict) -> bool:
        if not is_https(given["address"]):
            return False
        host = (urlsplit(given["address"]).hostname or "").lower()
        hosts = self.parameters["hosts"]
        return not hosts or any(host == accepted or host.endswith(f".{accepted}") for accepted in hosts)

    def gave(self, given: dict) -> str:
        return _("you gave “%(address)s”") % given if given["address"] else _("you gave none")

    def lines(self, given: dict) -> list[str]:
        return [given["address"]] if given["address"] else []

    def blind_lines(self, given: dict, hide: Callable[[str], str]) -> list[str]:
        return [_("A link was given.")] if given["address"] else []

    def links(self, given: dict) -> list[str]:
        return self.lines(given)
