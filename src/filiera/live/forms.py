"""What the room and its moderators type."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Session
from filiera.live.actions.polls import MOST_WORDS, PollDetails
from filiera.live.models import AudienceQuestion, Poll, PollKind
from filiera.live.queries.results import SCALE_STEPS
from filiera.texts.forms import LineField, TranslatedTextField, validate_characters
from filiera.texts.languages import translated

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
else:
    ModelChoice = forms.ModelChoiceField


class CodeField(forms.CharField):
    """A code as people type it: small letters and blanks do not matter."""

    def clean(self, value: Any) -> str:
        return "".join(str(super().clean(value)).upper().split()).replace("-", "")


class JoinForm(forms.Form):
    code = CodeField(
        label=_("Code"),
        max_length=12,
        help_text=_("Six letters and figures, as they stand on the screen."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("Your question"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
    )
    asker_name = LineField(label=_("Your name"), max_length=120, required=False)

    def __init__(self, *args: Any, is_name_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asker_name"].required = is_name_needed
        if not is_name_needed:
            self.fields["asker_name"].help_text = _("Leave it empty to ask without a name.")

    def clean_text(self) -> str:
        return " ".join(self.cleaned_data["text"].split())


class SessionField(ModelChoice):
    def label_from_instance(self, session: Any) -> str:
        return translated(session.title)


class ChannelForm(forms.Form):
    title = TranslatedTextField(label=_("Title"), max_length=150)
    session = SessionField(
        Session.objects.none(),
        label=_("Session"),
        required=False,
        empty_label=_("The whole edition"),
        widget=forms.Select(attrs={"data-search": ""}),
    )
    is_moderated = forms.BooleanField(
        label=_("A moderator reads questions before the room does"), required=False, initial=True
    )
    allows_anonymous = forms.BooleanField(
        label=_("Questions may be asked without a name"), required=False, initial=True
    )
    members_only = forms.BooleanField(
        label=_("Only for people of this edition, signed in"),
        required=False,
        help_text=_("Then one person is one vote for certain; else one browser is."),
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Session.objects.filter(edition=edition).order_by("during", "pk")


class PollForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=PollKind.choices)
    prompt = LineField(label=_("What do you ask the room?"), max_length=300)
    options = forms.CharField(
        label=_("Answers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        validators=[validate_characters],
        help_text=_("For a choice or ranking: one on each line."),
    )
    most_choices = forms.IntegerField(label=_("How many may be chosen"), min_value=1, max_value=12, initial=1)
    low_label = LineField(label=_("What 1 means on a scale"), max_length=60, required=False)
    high_label = LineField(label=_("What 5 means on a scale"), max_length=60, required=False)

    def details(self) -> PollDetails:
        values = self.cleaned_data
        return PollDetails(
            kind=values["kind"],
            prompt=values["prompt"],
            options=values["options"].splitlines(),
            most_choices=values["most_choices"],
            low_label=values["low_label"],
            high_label=values["high_label"],
        )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        validators=[validate_characters],
    )
    answered_by_name = LineField(label=_("Who answers"), max_length=200)


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(AudienceQuestion.objects.none())

    def __init__(self, *args: Any, question: AudienceQuestion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = AudienceQuestion.objects.filter(channel=question.channel_id)


def ballot_form(poll: Poll, data: Any = None, *, initial: Any = None) -> forms.Form:
    """The form of one poll; its `value()` is what the action takes."""
    return _FORM_OF[poll.kind](data, poll=poll, initial=_initial_of(poll, initial))


class _BallotForm(forms.Form):
    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        self.poll = poll
        super().__init__(*args, **kwargs)
        self.build()

    def build(self) -> None:
        raise NotImplementedError

    def value(self) -> Any:
        raise NotImplementedError

    @property
    def places(self) -> list[tuple[str, str]]:
        return [(str(place), text) for place, text in enumerate(self.poll.options)]


class _ChoiceForm(_BallotForm):
    def build(self) -> None:
        if self.poll.most_choices == 1:
            self.fields["chosen"] = forms.ChoiceField(
                label=self.poll.prompt, choices=self.places, widget=forms.RadioSelect
            )
        else:
            self.fields["chosen"] = forms.MultipleChoiceField(
                label=self.poll.prompt, choices=self.places, widget=forms.CheckboxSelectMultiple
            )

    def value(self) -> Any:
        chosen = self.cleaned_data["chosen"]
        return [int(place) for place in (chosen if isinstance(chosen, list) else [chosen])]


class _RankingForm(_BallotForm):
    def build(self) -> None:
        ranks = [(str(rank), str(rank + 1)) for rank in range(len(self.poll.options))]
        for place, text in self.places:
            self.fields[f"rank_{place}"] = forms.ChoiceField(label=text, choices=ranks, initial=place)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if len(set(values.values())) != len(self.poll.options):
            raise forms.ValidationError(_("Give each answer a place of its own."), code="places_twice")
        return values

    def value(self) -> Any:
        ranks = {int(rank): place for place, rank in self._ranks()}
        return [ranks[rank] for rank in sorted(ranks)]

    def _ranks(self) -> list[tuple[int, str]]:
        return [(int(place), self.cleaned_data[f"rank_{place}"]) for place, _text in self.places]


class _ScaleForm(_BallotForm):
    def build(self) -> None:
        steps = [(str(step), str(step)) for step in range(1, SCALE_STEPS + 1)]
        self.fields["step"] = forms.ChoiceField(
            label=self.poll.prompt, choices=steps, widget=forms.RadioSelect
        )

    def value(self) -> Any:
        return int(self.cleaned_data["step"])


class _WordsForm(_BallotForm):
    def build(self) -> None:
        for number in range(MOST_WORDS):
            self.fields[f"word_{number}"] = LineField(
                label=_("Word %(number)s") % {"number": number + 1}, max_length=40, required=number == 0
            )

    def value(self) -> Any:
        words = (" ".join(word.split()) for word in self.cleaned_data.values())
        return list({word.casefold(): word for word in words if word}.values())


class _OpenForm(_BallotForm):
    def build(self) -> None:
        self.fields["text"] = forms.CharField(
            label=self.poll.prompt,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
            validators=[validate_characters],
        )

    def value(self) -> Any:
        return [self.cleaned_data["text"]]


class _ToolForm(_BallotForm):
    def build(self) -> None:
        self.fields["tool"] = LineField(label=_("Name of the tool"), max_length=120)
        self.fields["use"] = forms.CharField(
            label=_("What I use it for"),
            max_length=400,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
            validators=[validate_characters],
        )

    def value(self) -> Any:
        return [self.cleaned_data["tool"], self.cleaned_data["use"]]


_FORM_OF: dict[str, type[_BallotForm]] = {
    PollKind.CHOICE: _ChoiceForm,
    PollKind.RANKING: _RankingForm,
    PollKind.SCALE: _ScaleForm,
    PollKind.WORDS: _WordsForm,
    PollKind.OPEN: _OpenForm,
    PollKind.TOOL: _ToolForm,
}


def _initial_of(poll: Poll, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    match poll.kind:
        case PollKind.CHOICE:
            chosen = [str(place) for place in value]
            return {"chosen": chosen[0] if poll.most_choices == 1 else chosen}
        case PollKind.RANKING:
            return {f"rank_{place}": str(rank) for rank, place in enumerate(value)}
        case PollKind.SCALE:
            return {"step": str(value)}
        case PollKind.WORDS:
            return {f"word_{number}": word for number, word in enumerate(value)}
        case PollKind.TOOL:
            return {"tool": value[0], "use": value[1]}
        case _:
            return {"text": value[0]}
