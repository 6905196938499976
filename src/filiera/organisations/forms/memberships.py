"""Members of a cluster: joining, leaving, a whole table at once."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import KnownDateField

MAXIMUM_UPLOAD_BYTES = 10 * 1024 * 1024


class MemberForm(forms.Form):
    """An organisation that is known becomes a member."""

    member = forms.SlugField(
        label=_("Organisation"),
        max_length=80,
        help_text=_("The last part of its address in the directory, such as officina-demo."),
    )
    start = KnownDateField(label=_("Member since"), required=False)
    source_url = forms.URLField(label=_("Source"), required=False, max_length=500, assume_scheme="https")


class EndForm(forms.Form):
    """The first day on which a membership no longer holds."""

    end = KnownDateField(
        label=_("Ended on"),
        help_text=_("The first day on which it is no longer a member: 2024 or 2024-06-30."),
    )


class UploadForm(forms.Form):
    """A table of organisations."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV (UTF-8) or XLSX, at most 10 MB; the first row names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    dry_run = forms.BooleanField(
        label=_("Only check it"), required=False, initial=True, help_text=_("Nothing is changed.")
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MAXIMUM_UPLOAD_BYTES:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        return file
