"""Making an organisation known, and editing what is said about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.organisations import policies
from filiera.organisations.dates import known_date_as_typed
from filiera.organisations.identity import (
    domain_of,
    name_keys,
    normalised_vat_number,
    vat_number_is_well_formed,
)
from filiera.organisations.models import (
    Organisation,
    OrganisationKind,
    OrganisationRevision,
    Precision,
)
from filiera.organisations.queries import Duplicate, possible_duplicates
from filiera.reference.models import Activity, Country, Ecosystem, Region, S3Priority
from filiera.shared.errors import DomainError
from filiera.texts.sorting import sort_key


class Profile(TypedDict, total=False):
    """What may be said about an organisation; what is left out stays as it is."""

    name: str
    legal_name: str
    names: dict[str, str]
    description: dict[str, str]
    kind: str
    size_class: str
    country: Country | None
    region: Region | None
    city: str
    website: str
    vat_number: str
    registration_number: str
    founded_on: date | None
    founded_precision: str
    activity: Activity | None
    ecosystems: Iterable[Ecosystem]
    s3_priorities: Iterable[S3Priority]
    lists_members: bool


_SEVERAL = ("ecosystems", "s3_priorities")


@dataclass(frozen=True, slots=True)
class ProfileProblem:
    """What is wrong with one field."""

    field: str
    message: str | Promise


class ProfileRefused(DomainError):
    """The profile contradicts itself or another organisation; `problems` says where."""

    message = _("This profile cannot be kept as it is.")

    def __init__(self, problems: Sequence[ProfileProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class LooksLikeDuplicate(DomainError):
    """Nothing was created; `duplicates` says which organisations it may be."""

    message = _("An organisation like this is already known. Look whether it is the same.")
    status = 409

    def __init__(self, duplicates: Sequence[Duplicate]) -> None:
        super().__init__()
        self.duplicates = tuple(duplicates)


@transaction.atomic
def create_organisation(
    *,
    profile: Profile,
    by: Viewer,
    at: datetime,
    although_similar: bool = False,
    slug: str = "",
    source_url: str = "",
    source_note: Mapping[str, str] | None = None,
    is_demonstration: bool = False,
    is_listed: bool = True,
) -> Organisation:
    """Make an organisation known, unless it looks like one that is known already.

    Raises PermissionDenied, ProfileRefused, LooksLikeDuplicate.
    """
    if not policies.can_create(by):
        raise PermissionDenied
    organisation = Organisation(
        slug=slug or _free_slug(profile["name"]),
        source_url=source_url,
        source_note=dict(source_note or {}),
        is_demonstration=is_demonstration,
        is_listed=is_listed,
        created_at=at,
    )
    _take_over(organisation, profile)
    if not although_similar:
        duplicates = possible_duplicates(
            by,
            name=organisation.name,
            website=organisation.website,
            vat_number=organisation.vat_number,
            registration_number=organisation.registration_number,
            country_id=organisation.country_id,
        )
        if duplicates:
            raise LooksLikeDuplicate(duplicates)
    _save(organisation)
    _set_several(organisation, profile)
    stated = {name: [None, value] for name, value in state_of(organisation).items() if value}
    OrganisationRevision.objects.create(organisation=organisation, changed=stated, by=by.person, at=at)
    return organisation


@transaction.atomic
def edit_organisation(
    *, organisation: Organisation, profile: Profile, by: Viewer, at: datetime
) -> Organisation:
    """Change what is said about an organisation and keep what stood there before.

    Raises PermissionDenied, ProfileRefused.
    """
    if not policies.can_edit(by, organisation):
        raise PermissionDenied
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = state_of(organisation)
    _take_over(organisation, profile)
    _save(organisation)
    _set_several(organisation, profile)
    after = state_of(organisation)
    changed = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    if changed:
        OrganisationRevision.objects.create(organisation=organisation, changed=changed, by=by.person, at=at)
    return organisation


def state_of(organisation: Organisation) -> dict[str, object]:
    """What a profile says, in values that the history keeps."""
    plain = (
        "name", "legal_name", "names", "description", "kind", "size_class", "city", "website",
        "vat_number", "registration_number", "lists_members",
    )  # fmt: skip
    state: dict[str, object] = {name: getattr(organisation, name) for name in plain}
    state["founded"] = known_date_as_typed(organisation.founded_on, organisation.founded_precision)
    state["country"] = organisation.country_id
    state["region"] = organisation.region_id
    state["activity"] = str(organisation.activity) if organisation.activity else None
    for name in _SEVERAL:
        state[name] = sorted(getattr(organisation, name).values_list("code", flat=True))
    return state


def _set_several(organisation: Organisation, profile: Profile) -> None:
    for name in _SEVERAL:
        if name in profile:
            getattr(organisation, name).set(profile[name])  # type: ignore[literal-required]


def _take_over(organisation: Organisation, profile: Profile) -> None:
    for name, value in profile.items():
        if name not in _SEVERAL:
            setattr(organisation, name, value)
    if organisation.kind != OrganisationKind.COMPANY and "size_class" not in profile:
        organisation.size_class = ""
    if organisation.founded_on is None:
        organisation.founded_precision = Precision.DAY
    organisation.vat_number = normalised_vat_number(organisation.vat_number, organisation.country_id or "")
    organisation.registration_number = " ".join(organisation.registration_number.split())
    organisation.domain = domain_of(organisation.website)
    keys = name_keys(
        name=organisation.name,
        legal_name=organisation.legal_name,
        names=organisation.names,
        city=organisation.city,
    )
    for name, value in keys.items():
        setattr(organisation, name, value)
    problems = list(_problems(organisation))
    if problems:
        raise ProfileRefused(problems)


def _problems(organisation: Organisation) -> Iterable[ProfileProblem]:
    if not organisation.name.strip():
        yield ProfileProblem("name", _("Enter the name."))
    if organisation.size_class and organisation.kind != OrganisationKind.COMPANY:
        yield ProfileProblem("size_class", _("Only companies have a size class."))
    if organisation.region and organisation.region.country_id != organisation.country_id:
        yield ProfileProblem("region", _("This region lies in another country."))
    if organisation.vat_number and not vat_number_is_well_formed(organisation.vat_number):
        yield ProfileProblem(
            "vat_number",
            _("This is not a VAT number of its country; an Italian one reads IT00743110157."),
        )
    if organisation.registration_number and organisation.country_id is None:
        yield ProfileProblem("country", _("A registration number needs the country that gave it."))
    if (
        organisation.closed_on
        and organisation.founded_on
        and organisation.closed_on < organisation.founded_on
    ):
        yield ProfileProblem("founded_on", _("The organisation was closed before this day."))
    others = Organisation.objects.exclude(pk=organisation.pk)
    if organisation.vat_number and others.filter(vat_number=organisation.vat_number).exists():
        yield ProfileProblem("vat_number", _("Another organisation has this VAT number."))
    if (
        organisation.registration_number
        and others.filter(
            country=organisation.country_id, registration_number=organisation.registration_number
        ).exists()
    ):
        yield ProfileProblem(
            "registration_number", _("Another organisation of this country has this registration number.")
        )


def _save(organisation: Organisation) -> None:
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        # Somebody was quicker with the same number or slug; the rule is the database's.
        text = str(error)
        if "organisation_vat_number_unique" in text:
            field, message = "vat_number", _("Another organisation has this VAT number.")
        elif "organisation_registration_number" in text:
            field, message = (
                "registration_number",
                _("Another organisation of this country has this registration number."),
            )
        elif "slug" in text:
            field, message = "name", _("Another organisation has this address; change the name a little.")
        else:
            raise
        raise ProfileRefused([ProfileProblem(field, message)]) from error


def _free_slug(name: str) -> str:
    base = slugify(sort_key(name))[:70].strip("-") or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
