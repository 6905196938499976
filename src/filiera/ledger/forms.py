"""A table of facts, and which of its columns holds what."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.files.forms import UploadField
from filiera.ledger.actions.uploads import FACT_FILES
from filiera.ledger.fact_columns import FIELDS, NEEDED, FactColumns, columns_from, guessed_columns
from filiera.ledger.kinds import all_kinds
from filiera.ledger.models import FactMapping, FactUpload

LABELS = {
    "kind": _("What happened"),
    "happened_on": _("The day"),
    "organisation": _("For whom it counts"),
    "counterpart": _("The other organisation"),
    "quantity": _("How much"),
    "amount_eur": _("Euro"),
    "ecosystem": _("Industrial ecosystem"),
    "region": _("Region"),
    "size_class": _("Size class"),
    "key": _("Key of the row"),
}
HELPS = {
    "kind": _("A kind such as meeting.held."),
    "happened_on": _("As 2024-01-31 or 31/01/2024."),
    "organisation": _("The last part of the organisation's address, such as mesap."),
    "quantity": _("1 where nothing is told."),
    "key": _("A number or code of your own: a row whose key has been recorded does not count twice."),
}


class UploadForm(forms.Form):
    file = UploadField(rules=FACT_FILES, label=_("Table"), help_text=_("CSV (UTF-8) or XLSX, at most 20 MB."))


class FactColumnsForm(forms.Form):
    """One choice of a column for each field; kind and organisation may be the same in every row."""

    def __init__(self, *args: Any, upload: FactUpload, mapping: FactMapping | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload
        columns = columns_from(mapping.columns) if mapping else guessed_columns(upload.headings)
        headings = [("", _("not in the table")), *((heading, heading) for heading in upload.headings)]
        for name in FIELDS:
            told = columns.of.get(name, "")
            self.fields[f"of_{name}"] = forms.ChoiceField(
                label=LABELS[name],
                help_text=HELPS.get(name, ""),
                choices=headings,
                # Kind and organisation may be the same in every row instead.
                required=name == "happened_on",
                initial=told if told in upload.headings else "",
            )
        self.fields["fixed_kind"] = forms.ChoiceField(
            label=_("In every row the same"),
            required=False,
            choices=[("", "—"), *((kind.code, f"{kind.name} ({kind.code})") for kind in all_kinds())],
            initial=columns.fixed.get("kind", ""),
        )
        self.fields["fixed_organisation"] = forms.BooleanField(
            label=_("Every row counts for %(name)s") % {"name": upload.organisation.name},
            required=False,
            initial=not columns.of.get("organisation"),
        )
        self.fields["keep_as"] = forms.CharField(
            label=_("Keep this choice of columns as"),
            help_text=_("A name of yours, for the next table like this one; nothing is kept without one."),
            required=False,
            max_length=80,
            initial=mapping.name if mapping else "",
        )

    def columns(self) -> FactColumns:
        told = self.cleaned_data
        fixed = {"kind": told["fixed_kind"]}
        if told["fixed_organisation"]:
            fixed["organisation"] = self.upload.organisation.slug
        of = {name: told[f"of_{name}"] for name in FIELDS if told[f"of_{name}"]}
        return FactColumns(of, {name: value for name, value in fixed.items() if value})

    @property
    def needed_fields(self) -> list[forms.BoundField]:
        return [self[f"of_{name}"] for name in NEEDED]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return [self[f"of_{name}"] for name in FIELDS if name not in NEEDED]
