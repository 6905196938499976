"""What an award says and asks for."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.models import Edition, Objective, Part, Session, SessionKind
from filiera.credentials.actions import AwardDetails
from filiera.credentials.contents import Alignment
from filiera.credentials.models import Award
from filiera.credentials.queries.standing import NEEDABLE_FACTS, is_recorded
from filiera.texts.forms import TranslatedTextField, validate_characters
from filiera.texts.languages import translated

MOST_ALIGNMENTS = 12
_SEPARATOR = "|"


class AlignmentsField(forms.CharField):
    """One correspondence a line: name | address | framework | code; the last two may be left out."""

    widget = forms.Textarea
    default_validators = [validate_characters]

    def clean(self, value: Any) -> Any:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_ALIGNMENTS:
            raise forms.ValidationError(
                _("At most %(most)s lines are possible.") % {"most": MOST_ALIGNMENTS}, code="too_many"
            )
        return [self._alignment(line) for line in lines]

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        names = ("name", "url", "framework", "code")
        rows = ([row.get(name, "") for name in names] for row in value)
        return "\n".join(f" {_SEPARATOR} ".join(cells).rstrip(f" {_SEPARATOR}") for cells in rows)

    def _alignment(self, line: str) -> Alignment:
        cells = [cell.strip() for cell in line.split(_SEPARATOR)]
        name, url, framework, code = [*cells, "", "", "", ""][:4]
        parts = urlsplit(url)
        if len(cells) > 4 or not name or parts.scheme not in {"http", "https"} or not parts.netloc:
            raise forms.ValidationError(
                _("“%(line)s” is not of the form: name | https://address | framework | code.")
                % {"line": line.strip()[:80]},
                code="not_an_alignment",
            )
        return Alignment(name=name[:200], url=url[:500], framework=framework[:200], code=code[:60])


class AwardForm(forms.Form):
    name = TranslatedTextField(label=gettext_lazy("Name on the certificate"), max_length=160)
    description = TranslatedTextField(
        label=gettext_lazy("What it is, in two sentences"), required=False, max_length=500, rows=3
    )
    part = forms.ModelChoiceField(
        label=gettext_lazy("What counts"),
        queryset=Part.objects.none(),
        required=False,
        empty_label=gettext_lazy("The whole edition"),
    )
    least_hours = forms.DecimalField(
        label=gettext_lazy("Hours attended, at least"),
        required=False,
        min_value=Decimal("0.25"),
        max_value=500,
        decimal_places=2,
    )
    least_percent = forms.IntegerField(
        label=gettext_lazy("Share of the hours held, at least (%)"),
        required=False,
        min_value=1,
        max_value=100,
    )
    least_days = forms.IntegerField(
        label=gettext_lazy("Days present, at least"), required=False, min_value=1, max_value=60
    )
    needed_sessions = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sessions that must be attended"),
        queryset=Session.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needed_session_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("At least one session of each of these kinds"),
        choices=[(kind.value, kind.label) for kind in SessionKind if kind != SessionKind.BREAK],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needed_facts = forms.MultipleChoiceField(
        label=gettext_lazy("Besides attendance"), required=False, widget=forms.CheckboxSelectMultiple
    )
    objectives = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Learning outcomes on the certificate"),
        queryset=Objective.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The objectives of the edition; write them under Edition."),
    )
    alignments = AlignmentsField(
        label=gettext_lazy("Corresponds to"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "For the badge: competences or standards, one a line: name | https://address | framework | code."
        ),
    )

    def __init__(self, *args: Any, edition: Edition, award: Award | None = None, **kwargs: Any) -> None:
        if award is not None:
            kwargs.setdefault("initial", _initial(award))
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["part"].queryset = Part.objects.filter(edition=edition).order_by("number")
        fields["part"].label_from_instance = lambda part: translated(part.title)
        fields["objectives"].queryset = Objective.objects.filter(edition=edition).order_by("number")
        fields["objectives"].label_from_instance = lambda objective: translated(objective.text)
        sessions = Session.objects.filter(edition=edition, during__isnull=False)
        fields["needed_sessions"].queryset = sessions.exclude(kind=SessionKind.BREAK).order_by("during", "pk")
        fields["needed_sessions"].label_from_instance = lambda session: translated(session.title)
        fields["needed_facts"].choices = [(code, _fact_label(code)) for code in NEEDABLE_FACTS]

    def details(self) -> AwardDetails:
        told = dict(self.cleaned_data)
        percent = told.pop("least_percent")
        return AwardDetails(**told, least_share=None if percent is None else Decimal(percent) / 100)


def _initial(award: Award) -> dict[str, Any]:
    names = ("name", "description", "part", "alignments", "least_hours", "least_days", "needed_session_kinds")
    told = {name: getattr(award, name) for name in names}
    told["least_percent"] = None if award.least_share is None else round(award.least_share * 100)
    told["needed_facts"] = award.needed_facts
    told["objectives"] = list(award.objectives.all())
    told["needed_sessions"] = list(award.needed_sessions.all())
    return told


def _fact_label(code: str) -> str:
    name = str(NEEDABLE_FACTS[code])
    return name if is_recorded(code) else _("%(fact)s (not recorded here yet)") % {"fact": name}
