"""Input to shared sets of indicators."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.indicators.actions.set_proposals import Change
from filiera.indicators.actions.sets import SetDetails
from filiera.indicators.definition import Definition, Stage
from filiera.indicators.forms.fields import offer
from filiera.indicators.forms.reports import figure_choices
from filiera.indicators.models import (
    ChangeKind,
    IndicatorSet,
    IndicatorVersion,
    SetAudience,
    SetItem,
    SetVersion,
    Stance,
)
from filiera.indicators.queries.sets import ItemRow
from filiera.texts.dates import day_in_words
from filiera.texts.forms import TranslatedTextField, validate_characters
from filiera.texts.languages import translated

_LONGEST_REASON = 2000


class ReasonField(forms.CharField):
    """A few lines of plain text."""

    widget = forms.Textarea(attrs={"rows": 4})
    default_validators = [validate_characters]


class SetForm(forms.Form):
    """How a set is called, what it is for, and who may adopt it."""

    name = TranslatedTextField(label=_("Name"), max_length=120)
    purpose = TranslatedTextField(label=_("What it is for"), required=False, rows=3, max_length=1000)
    audience = forms.ChoiceField(
        label=_("Who may adopt it"),
        choices=SetAudience.choices,
        widget=forms.RadioSelect,
        help_text=_("What is published for everybody is also read by programs, without an account."),
    )

    def __init__(self, data: Any = None, *, draft: SetVersion | None = None) -> None:
        initial: dict[str, Any] = {"audience": SetAudience.MEMBERS}
        if draft is not None:
            of_set: IndicatorSet = draft.indicator_set
            initial = {"name": draft.name, "purpose": draft.purpose, "audience": of_set.audience}
        super().__init__(data, initial=initial)

    def details(self) -> SetDetails:
        given = self.cleaned_data
        return SetDetails(
            name=given["name"],
            purpose=given["purpose"] or {},
            audience=SetAudience(given["audience"]),
        )


class NewSetForm(SetForm):
    """The same with the indicators that it begins with."""

    code = forms.MultipleChoiceField(
        label=_("Indicators"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, definitions: Mapping[str, Definition]) -> None:
        super().__init__(data)
        self.definitions = definitions
        offer(self, "code", [(code, translated(told.names)) for code, told in definitions.items()])

    @property
    def figures_by_stage(self) -> Iterator[tuple[str, list[dict[str, Any]], int]]:
        """The indicators to tick, by their stage in the logic model, with how many are ticked."""
        ticked = set(self["code"].value() or ())
        for stage in Stage:
            shown = [
                {"code": code, "name": translated(told.names), "is_ticked": code in ticked}
                for code, told in self.definitions.items()
                if told.stage == stage
            ]
            if shown:
                yield str(stage.label), shown, sum(bool(each["is_ticked"]) for each in shown)


def _note_field() -> TranslatedTextField:
    return TranslatedTextField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("What members should know of it here, such as how it is counted with you."),
    )


class IndicatorForm(forms.Form):
    """An indicator to put into a draft."""

    code = forms.ChoiceField(label=_("Indicator"))
    note = _note_field()

    def __init__(self, data: Any = None, *, taken: Sequence[str]) -> None:
        super().__init__(data, auto_id="add-%s")
        # What is in the set already is refused with a sentence when another window added it.
        named = [choice for choice in figure_choices() if choice[0] not in taken or data is not None]
        offer(self, "code", [("", _("choose an indicator")), *named])


class ItemForm(forms.Form):
    """Which version of its definition an indicator of a draft means, and what is said beside it."""

    definition = forms.ChoiceField(
        label=_("Definition"), help_text=_("Those who adopt the set see by which version it is meant.")
    )
    note = _note_field()

    def __init__(self, data: Any = None, *, item: SetItem, versions: Sequence[IndicatorVersion]) -> None:
        super().__init__(data, initial={"definition": str(item.definition_id), "note": item.note})
        self.versions = {str(row.pk): row for row in versions}
        offer(self, "definition", [(key, _said(row)) for key, row in self.versions.items()])

    @property
    def chosen(self) -> IndicatorVersion:
        return self.versions[self.cleaned_data["definition"]]


def _said(version: IndicatorVersion) -> str:
    assert version.published_at is not None
    return str(_("version %(version)s, since %(day)s")) % {
        "version": version.version,
        "day": day_in_words(version.published_at),
    }


class ForSomeChangesField(forms.ChoiceField):
    """A choice that the kind of change asks for, or not; so it is called neither required nor optional."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class ProposalForm(forms.Form):
    """What should leave a set, what should come, and why."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=_("Change"), choices=ChangeKind.choices, widget=forms.RadioSelect)
    leaving = ForSomeChangesField(
        label=_("Indicator of the set"),
        help_text=_("The one to take out or to replace; nothing where you add one."),
    )
    coming = ForSomeChangesField(
        label=_("Indicator that comes in"),
        help_text=_(
            "By the definition that holds today. To have one by its newer definition, replace it by itself."
        ),
    )
    text = ReasonField(label=_("Why"), max_length=_LONGEST_REASON)

    def __init__(self, data: Any = None, *, rows: Sequence[ItemRow]) -> None:
        super().__init__(data, initial={"kind": ChangeKind.ADD})
        named = [(row.item.code, translated(row.definition.names)) for row in rows]
        offer(self, "leaving", [("", _("none")), *named])
        offer(self, "coming", [("", _("none")), *figure_choices()])

    def change(self) -> Change:
        given = self.cleaned_data
        return Change(kind=ChangeKind(given["kind"]), leaving=given["leaving"], coming=given["coming"])


class OpinionForm(forms.Form):
    """Whether one agrees, and why."""

    stance = forms.ChoiceField(label=_("What you say"), choices=Stance.choices, widget=forms.RadioSelect)
    text = ReasonField(label=_("Why"), max_length=_LONGEST_REASON)

    def __init__(self, data: Any = None, *, comments_only: bool) -> None:
        super().__init__(data)
        if comments_only:
            self.fields["stance"] = forms.CharField(
                initial=Stance.COMMENT, required=False, widget=forms.HiddenInput
            )
            self.fields["text"].label = _("What you want to say")

    @property
    def chosen_stance(self) -> Stance:
        return Stance(self.cleaned_data["stance"] or Stance.COMMENT)


class AcceptForm(forms.Form):
    publishes = forms.BooleanField(
        label=_("Publish the next version at once"),
        required=False,
        help_text=_("With everything else in its draft. Otherwise the change waits there for others."),
    )


class DeclineForm(forms.Form):
    text = ReasonField(label=_("Why you decline"), max_length=_LONGEST_REASON)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="decline-%s")
