"""What an organisation says about itself."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.organisations.actions import Profile, ProfileRefused
from filiera.organisations.models import Organisation, OrganisationKind, SizeClass
from filiera.organisations.queries import s3_priorities_for
from filiera.reference.models import Activity, Country, Ecosystem, Region
from filiera.texts.forms import LineField, TranslatedTextField
from filiera.texts.languages import translated

from .fields import KnownDate, KnownDateField, by_name, by_strategy

PROFILE_FIELDS = (
    "name", "legal_name", "kind", "size_class", "names", "description", "country", "region", "city",
    "website", "vat_number", "registration_number", "founded", "activity", "ecosystems", "s3_priorities",
    "lists_members",
)  # fmt: skip


class ProfileForm(forms.Form):
    """The whole profile; rules that join several fields are the action's."""

    name = LineField(label=_("Name"), max_length=200)
    legal_name = LineField(
        label=_("Legal name"), max_length=250, required=False, help_text=_("Where it differs from the name.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    size_class = forms.ChoiceField(
        label=_("Size class"), required=False, choices=[("", _("Not told")), *SizeClass.choices]
    )
    names = TranslatedTextField(
        label=_("Name in other languages"),
        required=False,
        help_text=_("Only where the organisation itself uses another name there."),
    )
    description = TranslatedTextField(label=_("Description"), rich=True, rows=5, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    region = forms.ChoiceField(
        label=_("Region"), required=False, help_text=_("NUTS 2024; choose the smallest that fits.")
    )
    city = LineField(label=_("City"), max_length=120, required=False)
    website = forms.URLField(label=_("Website"), max_length=300, required=False, assume_scheme="https")
    vat_number = LineField(
        label=_("VAT number"), max_length=20, required=False, help_text=_("Shown to your team only.")
    )
    registration_number = LineField(
        label=_("Registration number"),
        max_length=40,
        required=False,
        help_text=_("From the register of companies. Shown to your team only."),
    )
    founded = KnownDateField(label=_("Founded"), required=False)
    activity = forms.ChoiceField(
        label=_("Main activity"), required=False, help_text=_("Division of NACE Rev. 2.")
    )
    ecosystems = forms.MultipleChoiceField(
        label=_("Industrial ecosystems"), required=False, widget=forms.CheckboxSelectMultiple
    )
    s3_priorities = forms.MultipleChoiceField(
        label=_("S3 priorities"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lists_members = forms.BooleanField(
        label=_("Show our members to everybody"),
        required=False,
        help_text=_("Otherwise only members, your team and the clusters above you see them."),
    )

    def __init__(
        self,
        *args: Any,
        organisation: Organisation | None = None,
        beside: Organisation | None = None,
        fixed_kind: bool = False,
        **kwargs: Any,
    ) -> None:
        """`beside` is the cluster that a new organisation joins: its region's priorities are offered."""
        if organisation is not None:
            kwargs.setdefault("initial", initial_of(organisation))
        super().__init__(*args, **kwargs)
        self._countries = Country.objects.in_bulk()
        self._ecosystems = {row.code: row for row in Ecosystem.objects.order_by("position")}
        self._offer("country", by_name({code: row.names for code, row in self._countries.items()}))
        self._offer("region", region_choices())
        self._offer("activity", activity_choices())
        self._offer(
            "ecosystems",
            [(code, translated(row.names)) for code, row in self._ecosystems.items()],
            empty=None,
        )
        self._offer_priorities(organisation or beside)
        if fixed_kind:
            del self.fields["kind"]
            if organisation and organisation.kind != OrganisationKind.COMPANY:
                del self.fields["size_class"]
            if organisation and not organisation.takes_members:
                del self.fields["lists_members"]

    def _offer(self, name: str, choices: Iterable[Any], *, empty: str | None = "") -> None:
        first = [] if empty is None else [("", _("Not told"))]
        cast(forms.ChoiceField, self.fields[name]).choices = [*first, *choices]

    def _offer_priorities(self, organisation: Organisation | None) -> None:
        """Where no strategy names any, nothing is asked."""
        rows = s3_priorities_for(organisation) if organisation is not None else []
        self._s3_priorities = {row.code: row for row in rows}
        if not rows:
            del self.fields["s3_priorities"]
            return
        groups = by_strategy(rows)
        names = ", ".join(strategy for strategy, _choices in groups)
        self.fields["s3_priorities"].help_text = _(
            "What you work on among the smart specialisation priorities of the region: %(strategies)s."
        ) % {"strategies": names}
        self._offer(
            "s3_priorities",
            [
                (code, name if len(groups) == 1 else f"{name} ({strategy})")
                for strategy, choices in groups
                for code, name in choices
            ],
            empty=None,
        )

    def profile(self) -> Profile:
        """The clean values as the action takes them."""
        values = self.cleaned_data
        profile = Profile()
        for name in ("name", "legal_name", "kind", "size_class", "names", "description", "city", "website",
                     "vat_number", "registration_number", "lists_members"):  # fmt: skip
            if name in values:
                profile[name] = values[name]
        profile["country"] = self._countries.get(values["country"])
        profile["region"] = Region.objects.filter(code=values["region"]).first()
        founded: KnownDate | None = values["founded"]
        profile["founded_on"] = founded.day if founded else None
        if founded:
            profile["founded_precision"] = founded.precision
        profile["activity"] = Activity.objects.filter(pk=values["activity"] or 0).first()
        profile["ecosystems"] = [self._ecosystems[code] for code in values["ecosystems"]]
        if "s3_priorities" in values:
            profile["s3_priorities"] = [self._s3_priorities[code] for code in values["s3_priorities"]]
        return profile

    def tell(self, refusal: ProfileRefused) -> None:
        """Show at its field what the action refused."""
        names = {"founded_on": "founded"}
        for problem in refusal.problems:
            field = names.get(problem.field, problem.field)
            self.add_error(field if field in self.fields else None, str(problem.message))


class CreateForm(ProfileForm):
    """A new organisation; it may be made although a similar one is known."""

    although_similar = forms.BooleanField(
        label=_("It is another organisation"),
        required=False,
        help_text=_("I have looked at the similar ones."),
    )


class NewMemberForm(CreateForm):
    """A new organisation that joins a cluster at once."""

    start = KnownDateField(label=_("Member since"), required=False)


def initial_of(organisation: Organisation) -> dict[str, Any]:
    founded_on = organisation.founded_on
    plain = ("name", "legal_name", "kind", "size_class", "names", "description", "city", "website",
             "vat_number", "registration_number", "lists_members")  # fmt: skip
    return {
        **{name: getattr(organisation, name) for name in plain},
        "country": organisation.country_id,
        "region": organisation.region_id,
        "founded": KnownDate(founded_on, organisation.founded_precision) if founded_on else None,
        "activity": organisation.activity_id,
        "ecosystems": [row.code for row in organisation.ecosystems.all()],
        "s3_priorities": [row.code for row in organisation.s3_priorities.all()],
    }


def region_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Regions below their country, the larger before the smaller."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for region in Region.objects.filter(level__gt=0).select_related("country").order_by("code"):
        indent = "\u2003" if region.level == 2 else ""
        label = f"{indent}{region.name_latin} ({region.code})"
        groups.setdefault(translated(region.country.names), []).append((region.code, label))
    return sorted(groups.items())


def activity_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Divisions below their section."""
    groups: dict[str, list[tuple[str, str]]] = {}
    divisions = Activity.objects.filter(level=Activity.Level.DIVISION).select_related("parent")
    for division in divisions.order_by("revision", "code"):
        section = division.parent
        group = f"{section.code} · {translated(section.names)}" if section else division.revision
        groups.setdefault(group, []).append(
            (str(division.pk), f"{division.code} {translated(division.names)}")
        )
    return list(groups.items())
