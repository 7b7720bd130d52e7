"""The picture of a program or office in a form."""

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.utils.translation import gettext_lazy as _

from .picture_reading import read_picture
from .pictures import store_picture


class PictureFormMixin(forms.ModelForm):
    """A ModelForm of something Pictured, with `picture_file` to upload, replace or remove the picture.

    Meta.fields (in the admin: the fieldsets) name `picture_file` and `picture_alt`. The file is written by `save()`,
    before the row is; its sizes are made by the worker, and the earlier ones are swept later.
    """

    picture_file = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_(
            "JPEG, PNG or WebP, at most 15 MB; best 1600 × 900 pixels or more."
            " It is turned upright, and the place and camera in it are removed."
        ),
        widget=AdminFileWidget(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("picture_file", self.instance.stored_picture)
        if self.instance.sizes_failed:
            self.fields["picture_file"].help_text = _(
                "The smaller sizes of this picture could not be made, so phones load the large one."
                " Save this page to have it tried again, or choose another picture."
            )

    def clean_picture_file(self):
        """An uploaded file as a checked image, False to remove the picture, or what there was."""
        given = self.cleaned_data["picture_file"]
        if "picture_file" not in self.changed_data or given is False:
            return given
        return read_picture(given)

    def clean(self):
        cleaned = super().clean()
        # The model's constraint needs the key of the picture, which no form field carries: the same rule, said here.
        if self.cleaned_data.get("picture_file") and self.cleaned_data.get("picture_alt") == "":
            self.add_error("picture_alt", _("Say in a few words what the picture shows."))
        return cleaned

    def save(self, commit=True):
        if "picture_file" in self.changed_data:
            given = self.cleaned_data["picture_file"]
            self.instance.set_picture(store_picture(given) if given else None)
        elif self.instance.sizes_failed:
            self.instance.try_sizes_again()
        return super().save(commit=commit)
