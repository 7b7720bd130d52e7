"""Document: a readable file of an accepted type. The file itself was checked when it was uploaded; here its facts are judged."""

from collections.abc import Callable

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.kinds.base import AnswerForm, Kind

TYPES = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG"}
_SUFFIXES = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg,.jpeg"}
_MEGABYTE = 1024 * 1024


class DocumentAnswerForm(AnswerForm):
    """`document` holds the facts of the file kept so far: id, name, content_type, size (bytes), pages (None for pictures)."""

    def build(self) -> None:
        accept = ",".join(_SUFFIXES[content_type] for content_type in self.rule.parameters["types"])
        self.fields["file"] = forms.FileField(
            label=_("Choose another file") if self.document else _("Choose a file"),
            help_text=self.rule.asked,
            required=False,
            widget=forms.FileInput(attrs={"accept": accept}),
        )

    def given(self) -> dict:
        return {"document": self.document}


class DocumentParametersForm(forms.Form):
    purpose = forms.CharField(
        label=gettext_lazy("What it is"), max_length=100, help_text=gettext_lazy("As in “your résumé”.")
    )
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Accepted types"),
        choices=list(TYPES.items()),
        initial=["application/pdf"],
        widget=forms.CheckboxSelectMultiple,
    )
    megabytes = forms.IntegerField(label=gettext_lazy("Largest size in MB"), min_value=1, max_value=10, initial=5)
    pages = forms.IntegerField(label=gettext_lazy("Most pages"), min_value=1, max_value=100, initial=3)


class Document(Kind):
    slug = "document"
    label = gettext_lazy("document")
    ParametersForm = DocumentParametersForm
    AnswerForm = DocumentAnswerForm
    is_document = True

    @property
    def most_bytes(self) -> int:
        return self.parameters["megabytes"] * _MEGABYTE

    @property
    def asks(self) -> str:
        types = ", ".join(TYPES[content_type] for content_type in self.parameters["types"])
        pages = ngettext("%(count)d page", "%(count)d pages", self.parameters["pages"]) % {
            "count": self.parameters["pages"]
        }
        return _("%(purpose)s as a readable file (%(types)s) of at most %(pages)s and %(size)d MB") % {
            "purpose": self.parameters["purpose"],
            "types": types,
            "pages": pages,
            "size": self.parameters["megabytes"],
        }

    def met(self, given: dict) -> bool:
        facts = given["document"]
        return bool(
            facts
            and facts["content_type"] in self.parameters["types"]
            and facts["size"] <= self.most_bytes
            and (facts["pages"] or 1) <= self.parameters["pages"]
        )

    def gave(self, given: dict) -> str:
        facts = given["document"]
        if not facts:
            return _("no file is attached")
        if facts["content_type"] not in self.parameters["types"]:
            return _("yours is a %(type)s file") % {"type": TYPES[facts["content_type"]]}
        if facts["size"] > self.most_bytes:
            return _("yours has %(size)s") % {"size": filesizeformat(facts["size"])}
        return ngettext("yours has %(count)d page", "yours has %(count)d pages", facts["pages"]) % {
            "count": facts["pages"]
        }

    def lines(self, given: dict) -> list[str]:
        return [given["document"]["name"]] if given["document"] else []

    def blind_lines(self, given: dict, hide: Callable[[str], str]) -> list[str]:
        facts = given["document"]
        if not facts:
            return []
        sentence = ngettext("%(type)s, %(count)d page", "%(type)s, %(count)d pages", facts["pages"] or 1)
        return [sentence % {"type": TYPES[facts["content_type"]], "count": facts["pages"] or 1}]
