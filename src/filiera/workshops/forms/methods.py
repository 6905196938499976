"""What is typed and chosen around methods: on a board, at the desk, in the library."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import Viewer
from filiera.texts.forms import LineField, TranslatedTextField
from filiera.texts.languages import DEFAULT_LANGUAGE, translated
from filiera.workshops.actions.method_cards import SentCard
from filiera.workshops.actions.method_runs import RunDetails
from filiera.workshops.actions.methods import MethodHead
from filiera.workshops.method_blocks import (
    BY_TURNS,
    LONGEST_CARD,
    MAY_BE_SILENT,
    MOST_AREAS,
    MOST_EACH,
    MOST_MINUTES,
    MOST_ROLES,
    MOST_TURNS,
    POINTS,
    TAKING,
    WITH_AREAS,
    WRITING,
    Area,
    Axis,
    Block,
    Content,
    Layout,
    Role,
    Step,
    Words,
)
from filiera.workshops.models import ActionPlan, Challenge, Group, GroupRound
from filiera.workshops.queries.groups import group_title

from .fields import LongTextField, ModelChoice

EVERYBODY = "everybody"


class CardForm(forms.Form):
    """One card, as the page or a phone that was offline sends it."""

    text = LongTextField(label=_("Your card"), rows=2, max_length=LONGEST_CARD)
    step = forms.SlugField(max_length=40)
    turn = forms.IntegerField(min_value=1, max_value=MOST_TURNS, required=False)
    area = forms.SlugField(max_length=40, required=False)
    parent = forms.IntegerField(min_value=1, required=False)
    client_key = forms.RegexField(r"^[A-Za-z0-9_-]{8,64}$", required=False)

    def sent(self) -> SentCard:
        said = self.cleaned_data
        return SentCard(
            step=said["step"],
            text=said["text"],
            turn=said["turn"] or 1,
            area=said["area"],
            parent_id=said["parent"],
            client_key=said["client_key"],
        )


class PileForm(forms.Form):
    """The name of a pile, new or not."""

    title = LineField(label=_("Name of the pile"), max_length=120)


class PlacingForm(forms.Form):
    across = forms.TypedChoiceField(choices=[(str(each), each) for each in POINTS], coerce=int)
    upwards = forms.TypedChoiceField(choices=[(str(each), each) for each in POINTS], coerce=int)


class CarryOnForm(forms.Form):
    """What becomes of a card."""

    plan = ModelChoice(label=_("Of which action plan"), queryset=ActionPlan.objects.none(), required=False)
    challenge = ModelChoice(label=_("For which challenge"), queryset=Challenge.objects.none(), required=False)

    def __init__(
        self,
        *args: Any,
        plans: Sequence[ActionPlan] = (),
        challenges: Sequence[Challenge] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("plan", plans), ("challenge", challenges)):
            field: Any = self.fields[name]
            field.queryset = field.queryset.model.objects.filter(pk__in=[row.pk for row in rows])
            field.label_from_instance = lambda row: row.title


class RunForm(forms.Form):
    """Who holds a method, when and on what."""

    held_by = forms.ChoiceField(label=_("Who works with it"))
    title = LineField(
        label=_("Its own name"),
        max_length=120,
        required=False,
        help_text=_("Only where the method’s name does not say enough."),
    )
    topic = LineField(
        label=_("What they work on"),
        max_length=300,
        required=False,
        help_text=_("Left empty, each group works on its own theme."),
    )
    challenge = ModelChoice(
        label=_("Challenge it works on"),
        queryset=Challenge.objects.none(),
        required=False,
        empty_label=_("None in particular"),
    )
    session = ModelChoice(
        label=_("In which session"),
        queryset=Session.objects.none(),
        required=False,
        empty_label=_("None, or the groups’ own"),
    )

    def __init__(self, *args: Any, viewer: Viewer, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rounds = {
            each.pk: each
            for each in GroupRound.objects.filter(series__edition=edition, series__published_at__isnull=False)
            .select_related("series", "session")
            .order_by("series", "number")
        }
        groups = Group.objects.filter(round__in=self._rounds).select_related("round__series")
        self._groups = {each.pk: each for each in groups.order_by("round", "number")}
        held_by: Any = self.fields["held_by"]
        held_by.choices = [(EVERYBODY, _("Everybody in one circle")), *self._choices()]
        challenge: Any = self.fields["challenge"]
        challenge.queryset = Challenge.objects.visible_to(viewer).filter(edition=edition).order_by("title")
        session: Any = self.fields["session"]
        session.queryset = Session.objects.filter(edition=edition, during__isnull=False).order_by("during")
        session.label_from_instance = lambda row: translated(row.title)

    def _choices(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        for round_ in self._rounds.values():
            title = translated(round_.series.title)
            whole = _("All groups of round %(number)s") % {"number": round_.number}
            own = [each for each in self._groups.values() if each.round_id == round_.pk]
            options = [(f"group-{each.pk}", group_title(each)) for each in own]
            found.append((title, [(f"round-{round_.pk}", f"{title}: {whole}"), *options]))
        return found

    def details(self) -> RunDetails:
        said = self.cleaned_data
        kind, _dash, key = said["held_by"].partition("-")
        return RunDetails(
            title=said["title"],
            round=self._rounds.get(int(key)) if kind == "round" else None,
            group=self._groups.get(int(key)) if kind == "group" else None,
            session=said["session"],
            topic=said["topic"],
            challenge=said["challenge"],
        )


class BoardForm(forms.Form):
    """What one circle works on."""

    topic = LineField(label=_("What they work on"), max_length=300, required=False)
    challenge = ModelChoice(
        label=_("Challenge it works on"),
        queryset=Challenge.objects.none(),
        required=False,
        empty_label=_("None in particular"),
    )

    def __init__(self, *args: Any, challenges: Sequence[Challenge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        challenge: Any = self.fields["challenge"]
        challenge.queryset = Challenge.objects.filter(pk__in=[each.pk for each in challenges])
        challenge.label_from_instance = lambda row: row.title


class LinesField(forms.CharField):
    """One thing a line: its name, and after a colon what is said of it."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        kwargs.setdefault("max_length", 4000)
        super().__init__(required=False, **kwargs)
        self.most = most

    def clean(self, value: Any) -> list[tuple[str, str]]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > self.most:
            told = ngettext_lazy("One line is enough.", "%(most)s lines are enough.", self.most)
            raise ValidationError(told % {"most": self.most}, code="many")
        found = []
        for line in lines:
            name, _colon, rest = line.partition(":")
            if len(name.strip()) > 60:
                raise ValidationError(
                    _("A name has at most 60 characters. After a colon there is room for more."), code="long"
                )
            found.append((name.strip(), rest.strip()))
        return found


def as_lines(rows: Sequence[Area | Role]) -> str:
    """Areas or roles as they are typed, in the page's language."""
    said = [
        (translated(row.name), translated(row.hint if isinstance(row, Area) else row.task)) for row in rows
    ]
    return "\n".join(f"{name}: {rest}" if rest else name for name, rest in said)


class MethodHeadForm(forms.Form):
    """What a method says of itself."""

    title = TranslatedTextField(label=_("Name of the method"), max_length=80)
    summary = TranslatedTextField(label=_("What it is good for"), max_length=300, rows=2, required=False)
    people = forms.RegexField(
        r"^\d{1,3}(-\d{1,3})?$",
        label=_("For how many people"),
        required=False,
        help_text=_("For example 4-8."),
        error_messages={"invalid": _("Write two numbers, such as 4-8.")},
    )
    roles = LinesField(
        label=_("Roles"),
        most=MOST_ROLES,
        help_text=_("One a line, and after a colon what that person does."),
    )

    def __init__(self, *args: Any, content: Content | None = None, **kwargs: Any) -> None:
        self._content = content or Content(title={})
        if content is not None:
            kwargs.setdefault(
                "initial",
                {
                    "title": dict(content.title),
                    "summary": dict(content.summary),
                    "people": content.people,
                    "roles": as_lines(content.roles),
                },
            )
        super().__init__(*args, **kwargs)

    def head(self) -> MethodHead:
        said = self.cleaned_data
        roles = []
        for place, (name, task) in enumerate(said["roles"]):
            before = self._content.roles[place] if place < len(self._content.roles) else None
            roles.append(
                Role(
                    before.code if before else _code(name, place, "role"),
                    _in_language(before.name if before else {}, name),
                    _in_language(before.task if before else {}, task),
                )
            )
        return MethodHead(title=said["title"], summary=said["summary"], people=said["people"], roles=roles)


class StepForm(forms.Form):
    """The settings of one step: those that its block has."""

    title = TranslatedTextField(label=_("Title of the step"), max_length=80)
    text = TranslatedTextField(label=_("What to do"), max_length=600, rows=2, required=False)
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=0, max_value=MOST_MINUTES, help_text=_("0 for no clock.")
    )
    turns = forms.IntegerField(
        label=_("Turns"),
        min_value=1,
        max_value=MOST_TURNS,
        help_text=_("Each takes so many minutes."),
    )
    is_silent = forms.BooleanField(
        label=_("In silence: nobody sees what others do until you show it"), required=False
    )
    limit = forms.IntegerField(label=_("Cards for each person"), min_value=1, max_value=MOST_EACH)
    on_one = forms.IntegerField(label=_("Dots on one card at most"), min_value=1, max_value=MOST_EACH)
    links = forms.IntegerField(label=_("How many times why"), min_value=1, max_value=9)
    begins = TranslatedTextField(label=_("How each card begins"), max_length=60, required=False)
    areas = LinesField(
        label=_("Areas"),
        most=MOST_AREAS,
        help_text=_("One a line, and after a colon a question that helps."),
    )
    layout = forms.ChoiceField(label=_("How the areas lie"), choices=Layout)
    across = LinesField(
        label=_("Axis from left to right"),
        most=3,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Three lines: its name, what stands left, what stands right."),
    )
    upwards = LinesField(
        label=_("Axis from bottom to top"),
        most=3,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Three lines: its name, what stands below, what stands above."),
    )
    source = forms.ChoiceField(label=_("Works on what this step gave"), required=False)
    top = forms.IntegerField(
        label=_("How many of it"), min_value=0, max_value=30, help_text=_("0 for all, the most wanted first.")
    )

    _OF_BLOCK = {
        "turns": BY_TURNS,
        "is_silent": MAY_BE_SILENT,
        "limit": WRITING | {Block.VOTE},
        "on_one": {Block.VOTE},
        "links": {Block.CHAIN},
        "begins": {Block.WRITE, Block.PASS_ON},
        "areas": WITH_AREAS,
        "layout": WITH_AREAS,
        "across": {Block.PLACE},
        "upwards": {Block.PLACE},
        "source": TAKING,
        "top": TAKING,
    }

    def __init__(self, *args: Any, block: str, content: Content, step: Step | None, **kwargs: Any) -> None:
        self._block = Block(block)
        self._step = step or Step(code="", block=block, title={}, turns=3 if block in BY_TURNS else 1)
        kwargs.setdefault("initial", _initial(self._step))
        super().__init__(*args, **kwargs)
        for name, blocks in self._OF_BLOCK.items():
            if self._block not in blocks:
                del self.fields[name]
        if self._block == Block.VOTE:
            self.fields["limit"].label = _("Dots for each person")
        if "source" in self.fields:
            place = content.place_of(self._step.code)
            earlier = content.steps if place is None else content.steps[:place]
            source: Any = self.fields["source"]
            source.choices = [
                ("", _("The nearest before it")),
                *((each.code, translated(each.title)) for each in earlier if each.block != Block.EXPLAIN),
            ]

    def step(self) -> Step:
        said = dict(self.cleaned_data)
        if "areas" in said:
            said["areas"] = tuple(
                _area(self._step, place, name, hint) for place, (name, hint) in enumerate(said["areas"])
            )
        for axis in ("across", "upwards"):
            if axis in said:
                said[axis] = _axis(getattr(self._step, axis), [name for name, _rest in said[axis]])
        return replace(self._step, **said)


def _initial(step: Step) -> dict[str, Any]:
    return {
        **{
            name: getattr(step, name)
            for name in (
                "minutes", "turns", "is_silent", "limit", "on_one", "links", "layout", "source", "top",
            )
        },
        "title": dict(step.title),
        "text": dict(step.text),
        "begins": dict(step.begins),
        "areas": as_lines(step.areas),
        "across": _axis_lines(step.across),
        "upwards": _axis_lines(step.upwards),
    }  # fmt: skip


def _axis_lines(axis: Axis | None) -> str:
    if axis is None:
        return ""
    return "\n".join(translated(words) for words in (axis.name, axis.low, axis.high))


def _axis(before: Axis | None, lines: Sequence[str]) -> Axis | None:
    if not lines:
        return None
    name, low, high = (*lines, "", "")[:3]
    known = before or Axis({})
    return Axis(_in_language(known.name, name), _in_language(known.low, low), _in_language(known.high, high))


def _area(step: Step, place: int, name: str, hint: str) -> Area:
    before = step.areas[place] if place < len(step.areas) else None
    return Area(
        before.code if before else _code(name, place, "area"),
        _in_language(before.name if before else {}, name),
        _in_language(before.hint if before else {}, hint),
    )


def _code(name: str, place: int, otherwise: str) -> str:
    return f"{slugify(name)[:24] or otherwise}-{place + 1}"


def _in_language(before: Words, text: str) -> dict[str, str]:
    """What was typed, in the page's language; other languages stay while it says the same."""
    if before and translated(before) == text:
        return dict(before)
    language = (get_language() or DEFAULT_LANGUAGE).split("-")[0]
    return {language: text} if text else {}
