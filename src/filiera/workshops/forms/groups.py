"""What organisers say of a series of groups, and what participants wish for."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from filiera.academy.models import Edition, EditionMember, EditionRole, Room, Session
from filiera.admissions.models import Participation
from filiera.shared.errors import DomainError
from filiera.shared.time import at_zone, local_moment, parse_zone
from filiera.texts.forms import LineField, TranslatedTextField, validate_characters
from filiera.texts.languages import translated
from filiera.workshops.actions.group_seats import MOST_WISHES
from filiera.workshops.actions.group_series import MOST_GROUPS, MOST_ROUNDS, SeriesDetails
from filiera.workshops.models import (
    Group,
    GroupAttribute,
    GroupRound,
    GroupRuleKind,
    GroupSeries,
    PlacingOnline,
)
from filiera.workshops.queries.group_board import Target

IMPORTANCE = (
    (0.0, pgettext_lazy("importance", "Not at all")),
    (0.5, gettext_lazy("A little")),
    (1.0, gettext_lazy("Some")),
    (2.0, gettext_lazy("Much")),
    (4.0, gettext_lazy("Very much")),
)
USUAL_WEIGHTS = {
    GroupAttribute.COUNTRY.value: 2.0,
    GroupAttribute.ECOSYSTEM.value: 1.0,
    GroupAttribute.MATURITY.value: 0.5,
    GroupAttribute.ORGANISATION_KIND.value: 0.0,
    GroupAttribute.LANGUAGE.value: 0.0,
    GroupAttribute.ORGANISATION.value: 4.0,
    GroupAttribute.MODE.value: 0.0,
}
LEADING_ROLES = (
    EditionRole.FACILITATOR, EditionRole.DIRECTOR, EditionRole.PROGRAMME, EditionRole.DESK, EditionRole.HOST,
    EditionRole.SPEAKER,
)  # fmt: skip
_LONGEST_THEME = 200
_NUMBER, _SIZE = "number", "size"


def importance(label: Any, *, initial: float = 0.0, help_text: Any = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=IMPORTANCE, coerce=float, initial=initial, help_text=help_text
    )


class SeriesForm(forms.Form):
    """One session or a series of rounds: how many groups, and what makes a good one."""

    title = TranslatedTextField(label=gettext_lazy("What the groups are for"))
    session = forms.ModelChoiceField(
        Session.objects.none(),
        label=gettext_lazy("Session"),
        required=False,
        empty_label=gettext_lazy("None yet"),
        help_text=gettext_lazy(
            "Rounds of one session follow each other in it. Each round can be moved later."
        ),
    )
    round_count = forms.IntegerField(
        label=pgettext_lazy("groups", "Rounds"), min_value=1, max_value=MOST_ROUNDS, initial=1
    )
    sized_by = forms.ChoiceField(
        label=gettext_lazy("Groups by"),
        choices=((_NUMBER, gettext_lazy("Number of groups")), (_SIZE, gettext_lazy("People in a group"))),
        initial=_NUMBER,
    )
    size = forms.IntegerField(
        label=pgettext_lazy("groups", "How many"), min_value=1, max_value=MOST_GROUPS, initial=5
    )
    repeat_price = importance(
        gettext_lazy("New people in each round"),
        initial=2.0,
        help_text=gettext_lazy("Points for each time that two meet again."),
    )
    placing_online = forms.ChoiceField(
        label=gettext_lazy("Who is online that day"), choices=PlacingOnline.choices
    )
    themes = forms.CharField(
        label=gettext_lazy("Themes"),
        required=False,
        validators=[validate_characters],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One on each line, for groups 1, 2, 3 and so on. Leave empty for none."),
    )
    wishes_on = forms.DateField(
        label=gettext_lazy("Wishes for themes until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Until then participants choose up to three. Leave empty to ask nobody."),
    )
    wishes_time = forms.TimeField(
        label=pgettext_lazy("time of day", "Until"),
        required=False,
        initial=time(18, 0),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    wish_price = importance(
        gettext_lazy("Wishes for themes"),
        initial=2.0,
        help_text=gettext_lazy("Points for each wish that does not come true."),
    )
    move_price = forms.FloatField(
        label=gettext_lazy("Price of a move"),
        min_value=0,
        max_value=1000,
        initial=4,
        help_text=gettext_lazy(
            "Points for each person who has to change groups when late arrivals and absences are taken in."
        ),
    )

    def __init__(
        self,
        *args: Any,
        edition: Edition,
        people: int,
        series: GroupSeries | None = None,
        **kwargs: Any,
    ) -> None:
        if series is not None:
            kwargs.setdefault("initial", _initial_of(series, edition))
        super().__init__(*args, **kwargs)
        self.edition, self.people = edition, people
        sessions: Any = self.fields["session"]
        sessions.queryset = sessions_of(edition)
        sessions.label_from_instance = lambda session: session_label(session, edition)
        weights = dict(series.weights) if series is not None else USUAL_WEIGHTS
        for attribute in GroupAttribute:
            self.fields[f"weight_{attribute}"] = importance(
                attribute.label, initial=weights.get(attribute, 0.0)
            )
        if series is not None:
            del self.fields["session"]

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"weight_{attribute}"] for attribute in GroupAttribute]

    def clean_themes(self) -> list[str]:
        themes = [line.strip() for line in self.cleaned_data["themes"].splitlines() if line.strip()]
        if any(len(theme) > _LONGEST_THEME for theme in themes):
            raise forms.ValidationError(_("A theme has at most 200 characters."))
        return list(dict.fromkeys(themes))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["wishes_until"] = None
        if values.get("wishes_on"):
            try:
                values["wishes_until"] = local_moment(
                    values["wishes_on"],
                    values.get("wishes_time") or time(18, 0),
                    parse_zone(self.edition.time_zone),
                )
            except DomainError as error:
                self.add_error("wishes_time", str(error))
            if not values.get("themes") and "themes" not in self.errors:
                self.add_error("themes", _("Name the themes that people can wish for."))
        if values.get("size"):
            values["group_count"] = self._group_count(values["size"], values.get("sized_by", _NUMBER))
        return values

    def _group_count(self, size: int, sized_by: str) -> int:
        if sized_by == _SIZE:
            count = max(1, round(self.people / size))
            if size == 1:
                self.add_error("size", _("A group of one is no group. Take at least two people in a group."))
            elif count > MOST_GROUPS:
                self.add_error("size", _("That would be more than 100 groups. Take more people in a group."))
            return count
        if self.people and size > self.people // 2:
            self.add_error(
                "size",
                _("With %(people)s people some groups would have one person alone. Take fewer groups.")
                % {"people": self.people},
            )
        return size

    def details(self) -> SeriesDetails:
        values = self.cleaned_data
        return SeriesDetails(
            title=values["title"],
            group_count=values["group_count"],
            round_count=values["round_count"],
            weights={attribute.value: values[f"weight_{attribute}"] for attribute in GroupAttribute},
            repeat_price=values["repeat_price"],
            wish_price=values["wish_price"],
            move_price=values["move_price"],
            placing_online=values["placing_online"],
            themes=values["themes"],
            wishes_until=values["wishes_until"],
            session=values.get("session"),
        )


class RoundForm(forms.Form):
    session = forms.ModelChoiceField(
        Session.objects.none(),
        label=gettext_lazy("Session"),
        required=False,
        empty_label=gettext_lazy("None yet"),
    )

    def __init__(self, *args: Any, edition: Edition, round_: GroupRound, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"session": round_.session_id})
        super().__init__(*args, **kwargs)
        sessions: Any = self.fields["session"]
        sessions.queryset = sessions_of(edition)
        sessions.label_from_instance = lambda session: session_label(session, edition)


class GroupForm(forms.Form):
    """Who leads a group, and where it sits."""

    theme = LineField(label=gettext_lazy("Theme"), max_length=_LONGEST_THEME, required=False)
    facilitator = forms.ModelChoiceField(
        EditionMember.objects.none(),
        label=gettext_lazy("Facilitator"),
        required=False,
        help_text=gettext_lazy("Somebody of the edition's team, or a speaker."),
    )
    room = forms.ModelChoiceField(Room.objects.none(), label=gettext_lazy("Room"), required=False)
    online_url = forms.URLField(
        label=gettext_lazy("Link for those online"), max_length=500, required=False, assume_scheme="https"
    )
    in_all_rounds = forms.BooleanField(
        label=gettext_lazy("Facilitator, room and link are the same in all rounds"), required=False
    )

    def __init__(self, *args: Any, group: Group, edition: Edition, **kwargs: Any) -> None:
        initial = {
            "theme": group.theme,
            "facilitator": group.facilitator_id,
            "room": group.room_id,
            "online_url": group.online_url,
        }
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        leaders: Any = self.fields["facilitator"]
        leaders.queryset = (
            EditionMember.objects.current()
            .filter(edition=edition, role__in=LEADING_ROLES)
            .select_related("person")
            .order_by("person__name", "pk")
        )
        leaders.label_from_instance = lambda member: (
            f"{member.person.shown_name} ({member.get_role_display()})"
        )
        rooms: Any = self.fields["room"]
        rooms.queryset = Room.objects.filter(edition=edition).order_by("position", "pk")
        rooms.label_from_instance = lambda room: translated(room.name)


class RuleForm(forms.Form):
    """Two people to keep together, or apart, in every round."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=GroupRuleKind.choices)
    first = forms.ModelChoiceField(Participation.objects.none(), label=gettext_lazy("Whom"))
    second = forms.ModelChoiceField(Participation.objects.none(), label=gettext_lazy("And whom"))

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        confirmed = Participation.objects.confirmed().filter(edition=edition).order_by("sort_name", "pk")
        for name in ("first", "second"):
            field: Any = self.fields[name]
            field.queryset = confirmed
            field.widget.attrs["data-search"] = ""


class MoveForm(forms.Form):
    """Where somebody goes: a group, or the place of somebody in it."""

    target = forms.ChoiceField(label=gettext_lazy("Move to"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, targets: list[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["target"]
        field.choices = [(target.key, target.label) for target in targets]


class WishForm(forms.Form):
    """Up to three themes, the dearest first."""

    def __init__(self, *args: Any, themes: list[str], wishes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [_("First wish"), _("Second wish"), _("Third wish")]
        for rank, label in enumerate(labels[: min(MOST_WISHES, len(themes))], start=1):
            self.fields[f"wish_{rank}"] = forms.ChoiceField(
                label=label,
                required=False,
                choices=[("", _("No wish")), *((theme, theme) for theme in themes)],
                initial=wishes[rank - 1] if len(wishes) >= rank else "",
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        chosen = [theme for theme in self._chosen() if theme]
        if len(set(chosen)) < len(chosen):
            raise forms.ValidationError(_("Choose three different themes, or leave a wish empty."))
        return values

    def wanted(self) -> list[str]:
        return [theme for theme in self._chosen() if theme]

    def _chosen(self) -> list[str]:
        return [self.cleaned_data.get(name, "") for name in self.fields]


def sessions_of(edition: Edition) -> Any:
    return (
        Session.objects.filter(edition=edition, during__isnull=False)
        .select_related("part")
        .order_by("during", "pk")
    )


def session_label(session: Session, edition: Edition) -> str:
    if session.during is None:
        return translated(session.title)
    begins = at_zone(session.during.lower, edition.time_zone)
    return f"{begins:%d.%m. %H:%M} {translated(session.title)}"


def _initial_of(series: GroupSeries, edition: Edition) -> dict[str, Any]:
    until = at_zone(series.wishes_until, edition.time_zone) if series.wishes_until else None
    return {
        "title": series.title,
        "round_count": series.rounds.count(),
        "sized_by": _NUMBER,
        "size": series.group_count,
        "repeat_price": series.repeat_price,
        "wish_price": series.wish_price,
        "move_price": series.move_price,
        "placing_online": series.placing_online,
        "themes": "\n".join(series.themes),
        "wishes_on": until.date() if until else None,
        "wishes_time": until.time() if until else time(18, 0),
    }
