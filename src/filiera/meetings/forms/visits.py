"""Wishes for visits, a place, a document; and at the desk rounds, laboratories and times."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from filiera.academy.models import Edition, Session, SessionKind
from filiera.admissions.forms.fields import LocalMomentField, ModelChoice, moment_on_clocks, on_clocks
from filiera.admissions.models import Participation
from filiera.meetings.actions.visits_rounds import VisitDetails
from filiera.meetings.models import DocumentKind, IdentityNeed, Visit, VisitRound, VisitSlot
from filiera.meetings.queries.visits import OwnVisits, without_place
from filiera.organisations.models import Organisation
from filiera.texts.forms import LineField, TranslatedTextField
from filiera.texts.languages import translated


class ConditionsForm(forms.Form):
    """What somebody accepts for a visit; fields that nothing asks for are left out."""

    brings_identity = forms.BooleanField(
        label=gettext_lazy("I bring my identity card or passport"), required=False
    )
    wears_closed_shoes = forms.BooleanField(label=gettext_lazy("I wear closed shoes"), required=False)
    needs_step_free = forms.BooleanField(
        label=gettext_lazy("I need a way without steps"),
        required=False,
        help_text=gettext_lazy("Only the team and the host see this. It is deleted after the visit."),
    )

    def leave_out(self, slots: Sequence[VisitSlot]) -> None:
        if not any(slot.visit.needs_identity for slot in slots):
            del self.fields["brings_identity"]
        if not any(slot.visit.needs_closed_shoes for slot in slots):
            del self.fields["wears_closed_shoes"]

    @property
    def conditions(self) -> dict[str, bool]:
        names = ("brings_identity", "wears_closed_shoes", "needs_step_free")
        return {name: bool(self.cleaned_data.get(name)) for name in names}


class WishesForm(ConditionsForm):
    """A place in the order for each slot; without script each is chosen from a list."""

    def __init__(self, *args: Any, own: OwnVisits, **kwargs: Any) -> None:
        self.own = own
        has_wished = own.wish_list is not None
        kwargs.setdefault(
            "initial",
            {
                "brings_identity": has_wished and any(slot.visit.needs_identity for slot in own.wishes),
                "wears_closed_shoes": has_wished
                and any(slot.visit.needs_closed_shoes for slot in own.wishes),
                "needs_step_free": own.wish_list is not None and own.wish_list.needs_step_free,
            },
        )
        kwargs.setdefault("prefix", f"round-{own.round.pk}")
        super().__init__(*args, **kwargs)
        self.leave_out(own.slots)
        ranks = {slot.pk: rank for rank, slot in enumerate(own.wishes, start=1)}
        choices = [
            ("", pgettext("visit wish", "No")),
            *((str(n), str(n)) for n in range(1, len(own.slots) + 1)),
        ]
        for slot in own.slots:
            self.fields[f"slot_{slot.pk}"] = forms.ChoiceField(
                label=_("Place of %(visit)s in my order") % {"visit": translated(slot.visit.title)},
                choices=choices,
                required=False,
                initial=str(ranks.get(slot.pk, "")),
            )

    def rows(self) -> list[tuple[VisitSlot, forms.BoundField]]:
        """Slots with their fields, in the order that was typed or is kept."""
        rows = [(slot, self[f"slot_{slot.pk}"]) for slot in self.own.slots]
        return sorted(rows, key=lambda row: (str(row[1].value() or "") == "", _number(row[1].value())))

    def condition_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if not bound.name.startswith("slot_")]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        given: dict[str, str] = {}
        for slot in self.own.slots:
            rank = values.get(f"slot_{slot.pk}")
            if rank and rank in given.values():
                self.add_error(
                    f"slot_{slot.pk}", _("Another visit is number %(rank)s already.") % {"rank": rank}
                )
            elif rank:
                given[f"slot_{slot.pk}"] = rank
        return values

    def wished(self) -> list[VisitSlot]:
        """Gaps close: first and third become first and second."""
        ranked = [
            (int(self.cleaned_data[f"slot_{slot.pk}"]), slot)
            for slot in self.own.slots
            if self.cleaned_data.get(f"slot_{slot.pk}")
        ]
        return [slot for _rank, slot in sorted(ranked, key=lambda entry: entry[0])]


def _number(value: Any) -> int:
    return int(value) if str(value or "").isdecimal() else 0


class TakePlaceForm(ConditionsForm):
    def __init__(self, *args: Any, slot: VisitSlot, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"take-{slot.pk}")
        super().__init__(*args, **kwargs)
        self.leave_out([slot])


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Document"), choices=DocumentKind.choices)
    number = LineField(
        label=gettext_lazy("Number"),
        max_length=40,
        help_text=gettext_lazy("The host's gate asks for it. It is deleted two hours after the visit."),
    )


class GivePlaceForm(ConditionsForm):
    """The team gives somebody a place, as they said by telephone."""

    participation = ModelChoice(
        queryset=Participation.objects.none(),
        label=gettext_lazy("Participant"),
        empty_label=gettext_lazy("Choose a participant"),
        widget=forms.Select(attrs={"data-search": gettext_lazy("Type to search")}),
    )
    slot = ModelChoice(
        queryset=VisitSlot.objects.none(),
        label=gettext_lazy("Visit"),
        empty_label=gettext_lazy("Choose a visit"),
    )
    field_order = ("participation", "slot")

    def __init__(self, *args: Any, round_: VisitRound, slots: Sequence[VisitSlot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        participation: Any = self.fields["participation"]
        participation.queryset = without_place(round_)
        slot: Any = self.fields["slot"]
        slot.queryset = VisitSlot.objects.filter(pk__in=[row.pk for row in slots if row.free > 0])
        named = {row.pk: f"{row.code}: {translated(row.visit.title)}" for row in slots}
        slot.label_from_instance = lambda row: named[row.pk]
        self.leave_out(slots)
        said = {
            "brings_identity": _("Brings an identity card or passport"),
            "wears_closed_shoes": _("Wears closed shoes"),
            "needs_step_free": _("Needs a way without steps"),
        }
        for name in said.keys() & self.fields.keys():
            self.fields[name].label = said[name]


class VisitRoundForm(forms.Form):
    title = TranslatedTextField(label=gettext_lazy("Title"))
    closes_on = LocalMomentField(
        label=gettext_lazy("Wishes close"),
        help_text=gettext_lazy("On the edition's clocks. The draw follows at once."),
    )

    def __init__(self, *args: Any, edition: Edition, round_: VisitRound | None = None, **kwargs: Any) -> None:
        self.zone = edition.time_zone
        if round_ is not None:
            kwargs.setdefault(
                "initial", {"title": round_.title, "closes_on": on_clocks(round_.closes_at, self.zone)}
            )
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["closes_at"] = moment_on_clocks(self, "closes_on", self.zone)
        return values

    def details(self) -> dict[str, Any]:
        return {"title": self.cleaned_data["title"], "closes_at": self.cleaned_data["closes_at"]}


class SessionField(ModelChoice):
    def label_from_instance(self, session: Any) -> str:
        return translated(session.title) or session.slug


class VisitForm(forms.Form):
    title = TranslatedTextField(label=gettext_lazy("Laboratory"))
    session = SessionField(
        queryset=Session.objects.none(),
        label=gettext_lazy("Session of the programme"),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    host = ModelChoice(
        queryset=Organisation.objects.none(),
        label=gettext_lazy("Host"),
        required=False,
        empty_label=gettext_lazy("None"),
        widget=forms.Select(attrs={"data-search": gettext_lazy("Type to search")}),
    )
    about = TranslatedTextField(
        label=gettext_lazy("What there is to see"), required=False, rows=3, max_length=1500
    )
    meeting_point = TranslatedTextField(label=gettext_lazy("Where to meet"), required=False)
    bring = TranslatedTextField(label=gettext_lazy("What to bring"), required=False)
    identity = forms.ChoiceField(
        label=gettext_lazy("Identity document"),
        choices=IdentityNeed.choices,
        help_text=gettext_lazy("Ask for the number only where the host's gate needs it beforehand."),
    )
    needs_closed_shoes = forms.BooleanField(label=gettext_lazy("Visitors wear closed shoes"), required=False)
    is_step_free = forms.BooleanField(
        label=gettext_lazy("It can be reached without steps"), required=False, initial=True
    )

    def __init__(self, *args: Any, edition: Edition, visit: Visit | None = None, **kwargs: Any) -> None:
        if visit is not None:
            names = (*VisitDetails.__dataclass_fields__,)
            kwargs.setdefault("initial", {name: getattr(visit, name) for name in names})
        super().__init__(*args, **kwargs)
        session: Any = self.fields["session"]
        session.queryset = Session.objects.filter(
            edition=edition, kind=SessionKind.LABORATORY_VISIT
        ).order_by("during", "pk")
        host: Any = self.fields["host"]
        host.queryset = Organisation.objects.filter(pk__in=_hosts_of(edition, visit)).order_by("name", "pk")

    def details(self) -> VisitDetails:
        return VisitDetails(**self.cleaned_data)


def _hosts_of(edition: Edition, visit: Visit | None) -> list[int]:
    """Whoever stands behind the edition: host, organiser, partners."""
    behind = {edition.host_id, edition.organiser_id, visit.host_id if visit is not None else None}
    behind.update(edition.partners.values_list("organisation_id", flat=True))
    return sorted(key for key in behind if key is not None)


class VisitSlotForm(forms.Form):
    starts_on = LocalMomentField(label=gettext_lazy("Begins"))
    ends_on = LocalMomentField(label=gettext_lazy("Ends"))
    places = forms.IntegerField(label=gettext_lazy("Places"), min_value=0, max_value=1000)

    def __init__(
        self, *args: Any, visit: Visit, edition: Edition, slot: VisitSlot | None = None, **kwargs: Any
    ) -> None:
        self.zone = edition.time_zone
        during = slot.during if slot is not None else visit.session.during if visit.session else None
        if during is not None:
            initial = {
                "starts_on": on_clocks(during.lower, self.zone),
                "ends_on": on_clocks(during.upper, self.zone),
                "places": slot.places if slot is not None else None,
            }
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["starts_at"] = moment_on_clocks(self, "starts_on", self.zone)
        values["ends_at"] = moment_on_clocks(self, "ends_on", self.zone)
        if values["starts_at"] and values["ends_at"] and values["ends_at"] <= values["starts_at"]:
            self.add_error("ends_on", _("It ends before it begins. Choose a later end."))
        return values

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("starts_at", "ends_at", "places")}
