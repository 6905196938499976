"""Beginning a report, writing its sections, saying to whom it goes."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.indicators.actions.reports import FiguresMissing, SectionDetails
from filiera.indicators.definition import Breakdown
from filiera.indicators.forms.fields import offer
from filiera.indicators.models import Frequency, ReportSchedule, ReportSection, SectionKind
from filiera.indicators.models.reports import LONGEST_SPAN
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.reports.packaged import PackagedReport
from filiera.texts.forms import TranslatedTextField, language_name
from filiera.texts.languages import page_languages, translated
from filiera.texts.sorting import sort_key

# To begin with nothing is a choice, too, and one must be made.
_NOTHING = "empty"


def figure_choices() -> list[tuple[str, str]]:
    """Every indicator by its name; the code stands beside it, since texts name figures by it."""
    named = [(code, f"{translated(each.names)} ({code})") for code, each in current_definitions().items()]
    return sorted(named, key=lambda choice: sort_key(choice[1]))


class ReportForm(forms.Form):
    """From what a report begins, its title, and the edition where it is about one."""

    template = forms.ChoiceField(label=_("Begin with"), widget=forms.RadioSelect)
    title = TranslatedTextField(label=_("Title"), max_length=150)
    edition = forms.ChoiceField(
        label=_("Edition"), required=False, help_text=_("Only for a report about one edition of an academy.")
    )

    def __init__(
        self, data: Any = None, *, packaged: Collection[PackagedReport], editions: Collection[Edition]
    ) -> None:
        super().__init__(data)
        self.editions = {str(edition.pk): edition for edition in editions}
        offered = [
            (each.code, f"{translated(each.names)}: {translated(each.descriptions)}") for each in packaged
        ]
        offer(self, "template", [*offered, (_NOTHING, _("An empty report"))])
        self.fields["template"].initial = offered[0][0] if offered else _NOTHING
        if not self.editions:
            del self.fields["edition"]
            return
        named = [(key, translated(edition.name)) for key, edition in self.editions.items()]
        offer(self, "edition", [("", _("no edition")), *named])

    def clean_template(self) -> str:
        chosen: str = self.cleaned_data["template"]
        return "" if chosen == _NOTHING else chosen

    @property
    def chosen_edition(self) -> Edition | None:
        return self.editions.get(self.cleaned_data.get("edition") or "")


class TitleForm(forms.Form):
    title = TranslatedTextField(label=_("Title"), max_length=150)


class SectionForm(forms.Form):
    """What one section says; only the fields of its kind are there."""

    title = TranslatedTextField(label=_("Title"), required=False, max_length=150)
    text = TranslatedTextField(
        label=_("Text"),
        rows=8,
        max_length=6000,
        help_text=_(
            "An empty line begins a paragraph. A figure is written as {members_total}, that of the period "
            "before as {members_total@before}; {organisation} and {period} stand for their names."
        ),
    )
    codes = forms.MultipleChoiceField(label=_("Figures"), error_messages={"required": FiguresMissing.message})
    span = forms.IntegerField(
        label=_("Periods side by side"), min_value=1, max_value=LONGEST_SPAN, required=False
    )
    breakdown = forms.ChoiceField(label=_("Broken down by"), required=False, help_text=_("Empty: over time."))

    _fields_of = {
        SectionKind.HEADING: ("title",),
        SectionKind.TEXT: ("title", "text"),
        SectionKind.FIGURES: ("title", "codes", "span"),
        SectionKind.CHART: ("title", "codes", "span", "breakdown"),
        SectionKind.CLUSTERS: ("title", "codes"),
    }

    def __init__(
        self,
        data: Any = None,
        *,
        kind: SectionKind,
        section: ReportSection | None,
        of_edition: bool = False,
    ) -> None:
        initial = (
            {
                "title": section.title,
                "text": section.text,
                "codes": section.codes,
                "span": section.span,
                "breakdown": section.breakdown,
            }
            if section
            else {"span": 5 if kind == SectionKind.CHART else 1}
        )
        super().__init__(data, initial=initial, auto_id="section-%s")
        self.kind = kind
        for name in [name for name in self.fields if name not in self._fields_of[kind]]:
            del self.fields[name]
        self.fields["title"].required = kind == SectionKind.HEADING
        if "codes" in self.fields:
            self._offer_figures()
        if "breakdown" in self.fields:
            # A report of one edition has no other to set beside it.
            shown = [each for each in Breakdown if not (of_edition and each == Breakdown.EDITION)]
            offer(self, "breakdown", [("", _("nothing")), *((each.value, each.label) for each in shown)])

    def _offer_figures(self) -> None:
        if self.kind == SectionKind.CHART:
            self.fields["codes"] = _OneFigureField(
                label=_("Which figure"), error_messages={"required": FiguresMissing.message}
            )
        known = figure_choices()
        # What is not defined any more stays chosen until somebody takes it out.
        gone = set(self.initial.get("codes") or ()) - {code for code, _name in known}
        nothing = [("", _("choose"))] if self.kind == SectionKind.CHART else []
        offer(self, "codes", [*nothing, *known, *((code, code) for code in sorted(gone))])
        self.fields["codes"].widget.attrs["data-search"] = str(_("Search figures"))

    def details(self) -> SectionDetails:
        given = self.cleaned_data
        return SectionDetails(
            kind=self.kind,
            title=given.get("title") or {},
            text=given.get("text") or {},
            codes=given.get("codes") or (),
            span=given.get("span") or 1,
            breakdown=given.get("breakdown") or "",
        )


class _OneFigureField(forms.MultipleChoiceField):
    """One choice that is kept like several."""

    widget = forms.Select

    def prepare_value(self, value: Any) -> Any:
        return value[0] if isinstance(value, list | tuple) and value else value

    def to_python(self, value: Any) -> list[str]:
        told: list[str] = super().to_python([value] if isinstance(value, str) and value else value)
        return told


class ScheduleForm(forms.Form):
    """To whom a report goes, how often, in which language; off without losing the addresses."""

    is_on = forms.BooleanField(label=_("Send it by mail"), required=False)
    frequency = forms.ChoiceField(label=_("Sent"), choices=Frequency.choices)
    language = forms.ChoiceField(label=_("Language"))
    recipients = forms.CharField(
        label=_("Addresses"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        max_length=4000,
        help_text=_("One on each line, at most 20. Everybody can stop it by a link in the mail."),
    )

    def __init__(self, data: Any = None, *, schedule: ReportSchedule | None, language: str) -> None:
        initial: dict[str, Any] = {"frequency": Frequency.YEAR, "language": language}
        if schedule is not None:
            initial = {
                "is_on": schedule.is_on,
                "frequency": schedule.frequency,
                "language": schedule.language,
                "recipients": "\n".join(schedule.recipients),
            }
        super().__init__(data, initial=initial)
        offer(self, "language", [(code, language_name(code)) for code in page_languages()])

    def clean_recipients(self) -> list[str]:
        addresses: list[str] = self.cleaned_data["recipients"].replace(",", "\n").split()
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError as error:
                raise ValidationError(
                    _("“%(address)s” is no mail address."), params={"address": address}
                ) from error
        return addresses
