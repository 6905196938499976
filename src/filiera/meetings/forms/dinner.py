"""Dinner: its details, tables, guests and rules at the desk; wishes and moves."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from filiera.academy.models import Edition, Session
from filiera.admissions.forms.fields import (
    LocalMomentField,
    ModelChoice,
    country_field,
    ecosystem_field,
    moment_on_clocks,
    on_clocks,
    sort_choices,
)
from filiera.meetings.actions.dinner_planning import MOST_WISHES, DinnerDetails, GuestDetails
from filiera.meetings.models import Dinner, DinnerGuest, DinnerTable, GuestRole, PairKind
from filiera.organisations.models import Organisation
from filiera.texts.forms import LineField, TranslatedTextField
from filiera.texts.languages import translated

_WEIGHTS = {
    "country_weight": gettext_lazy("Countries"),
    "ecosystem_weight": gettext_lazy("Ecosystems"),
    "role_weight": gettext_lazy("Roles"),
    "wish_worth": gettext_lazy("A wish that comes true"),
    "met_cost": gettext_lazy("Meeting the same people again"),
}
_HELP = {
    "country_weight": gettext_lazy("How much it counts to mix them, from 0 to 10."),
    "wish_worth": gettext_lazy("Beside a pair that differs in everything, which counts 1."),
    "met_cost": gettext_lazy("What it costs that two who were in one group share a table."),
}


class SessionField(ModelChoice):
    def label_from_instance(self, session: Any) -> str:
        return translated(session.title) or session.slug


class DinnerForm(forms.Form):
    title = TranslatedTextField(label=gettext_lazy("Title"))
    session = SessionField(
        queryset=Session.objects.none(),
        label=gettext_lazy("Session of the programme"),
        required=False,
        empty_label=pgettext_lazy("session", "None"),
        help_text=gettext_lazy("It tells day, hour and place, and who is there that day."),
    )
    wishes_on = LocalMomentField(
        label=gettext_lazy("Participants say beside whom they would like to sit, until"),
        required=False,
        help_text=gettext_lazy("Empty: nobody is asked. On the edition's clocks."),
    )

    def __init__(self, *args: Any, edition: Edition, dinner: Dinner | None = None, **kwargs: Any) -> None:
        self.zone = edition.time_zone
        initial: dict[str, Any] = {
            name: DinnerDetails.__dataclass_fields__[name].default for name in _WEIGHTS
        }
        if dinner is not None:
            initial = {name: getattr(dinner, name) for name in (*_WEIGHTS, "title", "session")}
            initial["wishes_on"] = on_clocks(dinner.wishes_until, self.zone)
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        session: Any = self.fields["session"]
        session.queryset = Session.objects.filter(edition=edition, during__isnull=False).order_by(
            "during", "pk"
        )
        for name, label in _WEIGHTS.items():
            self.fields[name] = forms.IntegerField(
                label=label, min_value=0, max_value=10, help_text=_HELP.get(name, "")
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["wishes_until"] = moment_on_clocks(self, "wishes_on", self.zone)
        mixed = [values.get(name) for name in ("country_weight", "ecosystem_weight", "role_weight")]
        if not any(mixed) and None not in mixed:
            self.add_error("country_weight", _("Something has to be mixed. Give one of the three a weight."))
        return values

    def details(self) -> DinnerDetails:
        names = DinnerDetails.__dataclass_fields__
        return DinnerDetails(**{name: self.cleaned_data[name] for name in names})


class TablesForm(forms.Form):
    count = forms.IntegerField(label=gettext_lazy("How many tables"), min_value=1, max_value=100)
    seats = forms.IntegerField(label=gettext_lazy("Seats at each"), min_value=1, max_value=100)
    least_hosts = forms.IntegerField(
        label=gettext_lazy("Representatives of the host at each, at least"),
        min_value=0,
        max_value=100,
        initial=1,
    )


class TableForm(forms.Form):
    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=1, max_value=100)
    least_hosts = forms.IntegerField(
        label=gettext_lazy("Representatives of the host, at least"), min_value=0, max_value=100
    )

    def __init__(self, *args: Any, table: DinnerTable, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"seats": table.seats, "least_hosts": table.least_hosts})
        super().__init__(*args, **kwargs)


class GuestForm(forms.Form):
    name = LineField(label=gettext_lazy("Name"), max_length=200)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[choice for choice in GuestRole.choices if choice[0] != GuestRole.PARTICIPANT],
        initial=GuestRole.HOST,
    )
    organisation = ModelChoice(
        queryset=Organisation.objects.none(),
        label=gettext_lazy("Organisation"),
        required=False,
        empty_label=pgettext_lazy("organisation", "Not in the directory"),
        widget=forms.Select(attrs={"data-search": gettext_lazy("Type to search")}),
    )
    organisation_name = LineField(
        label=gettext_lazy("Name of the organisation, if it is not in the directory"),
        max_length=200,
        required=False,
    )
    country = country_field(required=False)
    ecosystem = ecosystem_field(required=False)
    diet = forms.ChoiceField(
        label=gettext_lazy("Diet"),
        required=False,
        help_text=gettext_lazy("The kitchen sees counts only. It is deleted the day after the dinner."),
    )

    def __init__(
        self,
        *args: Any,
        diets: Mapping[str, str],
        guest: DinnerGuest | None = None,
        organisations: Any = None,
        **kwargs: Any,
    ) -> None:
        if guest is not None:
            names = ("name", "role", "organisation", "organisation_name", "country", "ecosystem", "diet")
            kwargs.setdefault("initial", {name: getattr(guest, name) for name in names})
        super().__init__(*args, **kwargs)
        organisation: Any = self.fields["organisation"]
        organisation.queryset = organisations if organisations is not None else Organisation.objects.none()
        diet: Any = self.fields["diet"]
        diet.choices = [("", _("Not said")), *diets.items()]
        sort_choices(self, "country")

    def details(self) -> GuestDetails:
        return GuestDetails(**self.cleaned_data)


class GuestField(ModelChoice):
    def label_from_instance(self, guest: Any) -> str:
        return str(guest.name)


class PairForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("These two sit"), choices=PairKind.choices, initial=PairKind.APART
    )
    one = GuestField(
        queryset=DinnerGuest.objects.none(),
        label=gettext_lazy("Guest"),
        empty_label=gettext_lazy("Choose a guest"),
    )
    two = GuestField(
        queryset=DinnerGuest.objects.none(),
        label=gettext_lazy("and guest"),
        empty_label=gettext_lazy("Choose a guest"),
    )

    def __init__(self, *args: Any, dinner: Dinner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("one", "two"):
            field: Any = self.fields[name]
            field.queryset = DinnerGuest.objects.filter(dinner=dinner).order_by("name", "pk")
            field.widget.attrs["data-search"] = _("Type to search")


class SeatForm(forms.Form):
    """To which table somebody moves; what each holds stands beside it."""

    table = forms.ChoiceField(label=pgettext_lazy("meetings", "Table"), required=False)

    def __init__(
        self, *args: Any, tables: list[tuple[DinnerTable, int]], guest: DinnerGuest, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"table": guest.table_id or ""})
        super().__init__(*args, **kwargs)
        self.tables = {str(table.pk): table for table, _count in tables}
        field: Any = self.fields["table"]
        field.choices = [
            ("", _("No table")),
            *(
                (
                    str(table.pk),
                    _("Table %(number)s: %(count)s of %(seats)s")
                    % {"number": table.number, "count": count, "seats": table.seats},
                )
                for table, count in tables
            ),
        ]

    def chosen(self) -> DinnerTable | None:
        return self.tables.get(self.cleaned_data["table"])


class DinnerWishesForm(forms.Form):
    def __init__(self, *args: Any, guests: Any, wanted: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(MOST_WISHES):
            self.fields[f"wish_{number + 1}"] = GuestField(
                queryset=guests,
                label=_("Person %(number)s") % {"number": number + 1},
                required=False,
                empty_label=_("Nobody in particular"),
                initial=wanted[number] if number < len(wanted) else None,
                widget=forms.Select(attrs={"data-search": _("Type to search")}),
            )

    def wanted(self) -> list[DinnerGuest]:
        return [guest for guest in self.cleaned_data.values() if guest is not None]
