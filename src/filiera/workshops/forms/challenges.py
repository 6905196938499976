"""What people say to challenges, and what they ask the wall for."""

import re
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.texts.forms import LineField, validate_characters
from filiera.workshops.actions.challenges import Wording
from filiera.workshops.models import Challenge, ChallengeState
from filiera.workshops.queries.challenges import BOARD_STATES, MINE, ChallengeFilter

from .fields import EcosystemField, LongTextField

_CODE = re.compile(r"[A-Za-z0-9_-]{1,4}")


class ChallengeForm(forms.Form):
    title = LineField(
        label=_("In one line"),
        max_length=200,
        help_text=_("A question of your cluster that you want to work on with others."),
    )
    statement = LongTextField(
        label=_("What it is about"), rows=5, help_text=_("What happens now, and what would be different.")
    )
    context = LongTextField(
        label=_("Context"), required=False, help_text=_("Who is concerned, since when, what depends on it.")
    )
    tried = LongTextField(label=_("What was tried"), required=False, rows=3)
    help_wanted = LongTextField(
        label=_("Help wanted"), required=False, rows=3, help_text=_("What somebody could give or do.")
    )
    ecosystem = EcosystemField(required=False)
    names_owner = forms.BooleanField(
        label=_("Show my name on the card"),
        required=False,
        help_text=_("Without it the card says your organisation. Only people of the edition see the card."),
    )
    # The wording that was there when the form was opened: nobody overwrites what they have not read.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=100_000)

    def __init__(self, *args: Any, is_owner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_owner:
            del self.fields["names_owner"]

    def wording(self) -> Wording:
        said = self.cleaned_data
        return Wording(
            title=said["title"],
            statement=said["statement"],
            context=said["context"],
            tried=said["tried"],
            help_wanted=said["help_wanted"],
            ecosystem=said["ecosystem"],
        )

    def names(self) -> bool:
        return bool(self.cleaned_data.get("names_owner"))


class CommentForm(forms.Form):
    text = LongTextField(
        label=_("Write into the thread"),
        rows=3,
        max_length=3000,
        help_text=_("The people of the edition read it under your name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands beside the offer of help, whose field has the same name.
        kwargs.setdefault("auto_id", "comment-%s")
        super().__init__(*args, **kwargs)


class HelpForm(forms.Form):
    text = forms.CharField(
        label=_("How you would help"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
        help_text=_("The owner gets a mail with your name and these words."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "help-%s")
        super().__init__(*args, **kwargs)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, row: Any) -> str:
        return str(row.shown_name)


class SolutionForm(forms.Form):
    solution = LongTextField(
        label=_("How it was solved"),
        rows=6,
        help_text=_("So that somebody with the same challenge can do it too."),
    )
    helpers = PeopleField(
        label=_("Who helped"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are thanked by mail, and their help counts for their organisation."),
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [person.pk for person in people]
        if offered:
            helpers = cast(PeopleField, self.fields["helpers"])
            helpers.queryset = Person.objects.filter(pk__in=offered).order_by("sort_name", "pk")
        else:
            del self.fields["helpers"]

    def people(self) -> list[Person]:
        return list(self.cleaned_data.get("helpers", ()))


class MoveForm(forms.Form):
    """Another column of the board: a state or an ecosystem."""

    state = forms.ChoiceField(choices=[(state.value, state.label) for state in BOARD_STATES], required=False)
    ecosystem = EcosystemField(required=False)


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(queryset=Challenge.objects.none())

    def __init__(self, *args: Any, challenges: QuerySet[Challenge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Challenge]", self.fields["into"]).queryset = challenges


class WallForm(forms.Form):
    """The filter bar of the wall; a value that does not exist asks for nothing."""

    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *ChallengeState.choices], required=False
    )
    ecosystem = forms.ChoiceField(label=_("Industrial ecosystem"), required=False)
    whose = forms.ChoiceField(label=_("Whose"), choices=[("", _("All")), (MINE, _("Mine"))], required=False)

    def __init__(self, asked: ChallengeFilter, ecosystems: list[tuple[str, str]], **kwargs: Any) -> None:
        data = {"state": asked.state, "ecosystem": asked.ecosystem, "whose": asked.whose}
        super().__init__(data=data, auto_id="filter-%s", **kwargs)
        cast(forms.ChoiceField, self.fields["ecosystem"]).choices = [("", _("All")), *ecosystems]


def challenges_asked_in(query: QueryDict) -> ChallengeFilter:
    """The filter that an address names."""
    state, ecosystem = query.get("state", ""), query.get("ecosystem", "")
    return ChallengeFilter(
        text=" ".join(query.get("q", "").replace("\x00", "").split())[:200],
        state=state if state in ChallengeState.values else "",
        ecosystem=ecosystem if _CODE.fullmatch(ecosystem) else "",
        whose=MINE if query.get("whose") == MINE else "",
    )
