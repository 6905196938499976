"""The participant list of an edition, and one's own contacts."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from filiera.academy.models import Edition, EditionMember
from filiera.accounts.models import Circle, Person, ProfileField
from filiera.accounts.queries import photo_address
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Contact,
    ContactCard,
    ContactRequest,
    ContactShare,
    Listing,
    Participation,
)
from filiera.reference.models import Country, Ecosystem
from filiera.texts.forms import language_name
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key

PAGE_LENGTH = 24
# What a profile shows to people of the same edition.
_CIRCLES_OF_AN_EDITION = [Circle.PUBLIC, Circle.NETWORK, Circle.EDITION]


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What a reader of the list asks for; empty means all."""

    text: str = ""
    country: str = ""
    ecosystem: str = ""
    language: str = ""

    def narrow(self, listings: QuerySet[Listing]) -> QuerySet[Listing]:
        if self.text:
            listings = listings.filter(search_key__contains=sort_key(self.text))
        if self.country:
            listings = listings.filter(participation__country=self.country)
        if self.ecosystem:
            listings = listings.filter(participation__ecosystem=self.ecosystem)
        if self.language:
            told = Q(
                participation__person__languages__contains=[self.language],
                participation__person__visibility__languages__in=_CIRCLES_OF_AN_EDITION,
            )
            listings = listings.filter(
                told | Q(participation__application__languages__contains=[self.language])
            )
        return listings


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A participant as the others of the edition see them."""

    listing: Listing
    photo: str
    organisation: str
    country: str
    ecosystem: str
    languages: list[str]

    @property
    def name(self) -> str:
        return self.listing.participation.name


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of the list; the keys lead to the pages beside it."""

    lines: list[PersonLine]
    total: int
    next_key: str
    previous_key: str


@dataclass(frozen=True, slots=True)
class PeopleChoices:
    """What the list can be narrowed to: only what is in it."""

    countries: list[tuple[str, str]]
    ecosystems: list[tuple[str, str]]
    languages: list[tuple[str, str]]


def people_page(
    viewer: Viewer, edition: Edition, asked: PeopleFilter, *, after: str = "", before: str = ""
) -> PeoplePage:
    """The people of the list, by name, one page at a time; keys are those of listings."""
    found = asked.narrow(Listing.objects.visible_to(viewer).filter(participation__edition=edition))
    is_backwards = bool(before and not after)
    rows = list(_rows_beside(found, after=after, before=before)[: PAGE_LENGTH + 1])
    has_more, rows = len(rows) > PAGE_LENGTH, rows[:PAGE_LENGTH]
    if is_backwards:
        rows.reverse()
    return PeoplePage(
        lines=[line_of(row) for row in rows],
        total=found.count(),
        next_key=str(rows[-1].pk) if rows and (has_more or is_backwards) else "",
        previous_key=str(rows[0].pk) if rows and (after or (is_backwards and has_more)) else "",
    )


def people_choices(viewer: Viewer, edition: Edition) -> PeopleChoices:
    listings = Listing.objects.visible_to(viewer).filter(participation__edition=edition)
    participations = Participation.objects.filter(listing__in=listings)
    countries = Country.objects.filter(pk__in=participations.values("country"))
    ecosystems = Ecosystem.objects.filter(pk__in=participations.values("ecosystem"))
    languages: set[str] = set()
    for applied, spoken, circle in participations.values_list(
        "application__languages", "person__languages", "person__visibility__languages"
    ):
        languages.update(applied or (), spoken if circle in _CIRCLES_OF_AN_EDITION else ())
    return PeopleChoices(
        countries=_sorted((country.pk, translated(country.names)) for country in countries),
        ecosystems=_sorted((ecosystem.pk, translated(ecosystem.names)) for ecosystem in ecosystems),
        languages=_sorted((code, language_name(code)) for code in languages),
    )


def line_of(listing: Listing) -> PersonLine:
    """A listing whose place, person, organisation, country and ecosystem are loaded."""
    participation = listing.participation
    person = participation.person
    shown = _shown_in_edition(person) if person else frozenset()
    spoken = set(participation.application.languages if participation.application else ())
    if person and ProfileField.LANGUAGES in shown:
        spoken |= set(person.languages)
    return PersonLine(
        listing=listing,
        photo=photo_address(person) if person and ProfileField.PHOTO in shown else "",
        organisation=organisation_name(participation),
        country=translated(participation.country.names) if participation.country else "",
        ecosystem=translated(participation.ecosystem.names) if participation.ecosystem else "",
        languages=sorted(language_name(code) for code in spoken),
    )


def with_people(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    return listings.select_related(
        "participation__edition",
        "participation__person__photo",
        "participation__organisation",
        "participation__country",
        "participation__ecosystem",
        "participation__application",
    )


def organisation_name(participation: Participation) -> str:
    organisation = participation.organisation
    return organisation.name_here if organisation else participation.organisation_name


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact with exactly what its person agreed to give."""

    contact: Contact
    organisation: str = ""
    email: str = ""
    phone: str = ""
    given: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.contact.person.shown_name


def contact_lines(viewer: Viewer) -> list[ContactLine]:
    """One's own contacts of all editions, by name."""
    contacts = list(
        Contact.objects.visible_to(viewer)
        .filter(person__is_active=True)
        .select_related("person", "edition")
        .order_by("person__sort_name", "pk")
    )
    return lines_of_contacts(contacts)


def lines_of_contacts(contacts: list[Contact]) -> list[ContactLine]:
    people = [contact.person_id for contact in contacts]
    phones = dict(ContactCard.objects.filter(person__in=people).values_list("person_id", "phone"))
    organisations = _organisations(contacts)
    lines = []
    for contact in contacts:
        gives = contact.shares
        lines.append(
            ContactLine(
                contact=contact,
                organisation=organisations.get((contact.edition_id, contact.person_id), "")
                if ContactShare.ORGANISATION in gives
                else "",
                email=contact.person.email if ContactShare.EMAIL in gives else "",
                phone=phones.get(contact.person_id, "") if ContactShare.PHONE in gives else "",
                given=[str(ContactShare(share).label) for share in gives],
            )
        )
    return lines


def contact_requests(person: Person) -> list[ContactRequest]:
    """Who waits for this person's answer, the latest first."""
    waiting = ContactRequest.objects.waiting().filter(receiver=person, sender__is_active=True)
    return list(waiting.select_related("sender", "edition").order_by("-requested_at", "-pk"))


def requests_sent(person: Person) -> list[ContactRequest]:
    """Whose answer this person waits for; who refused is not told apart."""
    sent = ContactRequest.objects.filter(
        sender=person, receiver__is_active=True, state__in=["waiting", "refused"]
    )
    return list(sent.select_related("receiver", "edition").order_by("-requested_at", "-pk"))


def _organisations(contacts: list[Contact]) -> dict[tuple[int, int], str]:
    """What each person stands for in the edition where they were met: by their place, else by their role."""
    people = {contact.person_id for contact in contacts}
    editions = {contact.edition_id for contact in contacts}
    found: dict[tuple[int, int], str] = {}
    members = EditionMember.objects.filter(edition__in=editions, person__in=people)
    for member in members.exclude(organisation=None).select_related("organisation"):
        if member.organisation is not None:
            found[member.edition_id, member.person_id] = member.organisation.name_here
    places = Participation.objects.filter(edition__in=editions, person__in=people)
    for participation in places.select_related("organisation"):
        if participation.person_id is not None and (name := organisation_name(participation)):
            found[participation.edition_id, participation.person_id] = name
    return found


def _shown_in_edition(person: Person) -> frozenset[str]:
    return frozenset(
        name for name in ProfileField.values if person.visibility[name] in _CIRCLES_OF_AN_EDITION
    )


def _rows_beside(found: QuerySet[Listing], *, after: str, before: str) -> QuerySet[Listing]:
    is_backwards = bool(before and not after)
    asked = after or before
    is_key = asked.isascii() and asked.isdigit() and len(asked) < 19
    key = Listing.objects.filter(pk=int(asked)).values("sort_key", "pk").first() if is_key else None
    if key and is_backwards:
        found = found.filter(Q(sort_key__lt=key["sort_key"]) | Q(sort_key=key["sort_key"], pk__lt=key["pk"]))
    elif key:
        found = found.filter(Q(sort_key__gt=key["sort_key"]) | Q(sort_key=key["sort_key"], pk__gt=key["pk"]))
    order = ("-sort_key", "-pk") if is_backwards else ("sort_key", "pk")
    return with_people(found).order_by(*order)


def _sorted(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(choices, key=lambda choice: sort_key(choice[1]))
