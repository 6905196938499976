"""One person for every role, so that a visitor of the demonstration can see the platform from each side.

They are made up; their names say so, and their addresses end in `.invalid`, where no mail can go.
"""

from dataclasses import dataclass
from datetime import datetime

from filiera.academy.models import EditionRole
from filiera.accounts.models import Person
from filiera.organisations.models import Organisation, Position, Role

DOMAIN = "demonstration.invalid"


@dataclass(frozen=True, slots=True)
class DemonstrationPerson:
    """A made-up person: the role names the button on the sign-in page and the address."""

    role: str
    name: str
    country: str
    language: str
    organisation: str = ""
    organisation_role: str = ""
    edition_role: str = ""
    is_administrator: bool = False

    @property
    def email(self) -> str:
        return f"{self.role}@{DOMAIN}"


PEOPLE = (
    DemonstrationPerson("administrator", "Alba Neri", "IT", "it", is_administrator=True),
    DemonstrationPerson("organiser", "Giulia Ferrero", "IT", "it", "mesap", Role.STAFF, EditionRole.DIRECTOR),
    DemonstrationPerson(
        "participant", "Mikael Lindgren", "FI", "en", "energyvaasa", Role.MANAGER, EditionRole.PARTICIPANT
    ),
    DemonstrationPerson("facilitator", "Sofia Marchetti", "IT", "it", edition_role=EditionRole.FACILITATOR),
    DemonstrationPerson("reviewer", "Jan Dvořák", "CZ", "en", edition_role=EditionRole.REVIEWER),
    DemonstrationPerson("company", "Luca Barbero", "IT", "it", "officina-demo", Role.MANAGER),
    DemonstrationPerson(
        "officer", "Chiara Galli", "IT", "it", "sistema-poli-di-innovazione-piemonte", Role.MANAGER
    ),
)


def load_people(at: datetime) -> dict[str, Person]:
    """The people by role; those who exist already are left as they are."""
    people = {}
    for told in PEOPLE:
        person = Person.objects.filter(email=told.email).first() or Person.objects.create_person(
            email=told.email,
            name=told.name,
            country=told.country,
            language=told.language,
            is_administrator=told.is_administrator,
            created_at=at,
        )
        people[told.role] = person
        if told.organisation:
            Position.objects.get_or_create(
                person=person,
                organisation=Organisation.objects.get(slug=told.organisation),
                defaults={"role": told.organisation_role, "from_date": at.date()},
            )
    return people
