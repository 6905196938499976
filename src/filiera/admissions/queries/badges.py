"""Who gets a badge, a card on the table or a line to sign."""

from dataclasses import dataclass

from django.db.models import Q

from filiera.academy.models import Day, Edition, EditionMember, EditionRole, Speaker
from filiera.admissions.models import AttendanceMode, Participation
from filiera.admissions.queries.entry_codes import in_groups, qr_text
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key

TEAM = [EditionRole.DIRECTOR, EditionRole.PROGRAMME, EditionRole.DESK, EditionRole.CHECK_IN,
        EditionRole.FACILITATOR, EditionRole.HOST]  # fmt: skip


@dataclass(frozen=True, slots=True)
class BadgePerson:
    """What a badge says about somebody; only participants carry a code."""

    name: str
    organisation: str
    country: str
    role: str
    group: str
    code: str = ""
    qr: str = ""
    is_demonstration: bool = False
    # The participation, where there is one.
    key: int | None = None


@dataclass(frozen=True, slots=True)
class BadgeFilter:
    """Which people: a group, a day on which they come in person, words in name or organisation."""

    who: str = "participants"
    day: Day | None = None
    words: str = ""


def badge_people(edition: Edition, wanted: BadgeFilter, language: str) -> list[BadgePerson]:
    """By name, as people sort; somebody in two groups is in the first of them."""
    groups = {"participants": _participants, "speakers": _speakers, "team": _team}
    chosen = groups if wanted.who == "all" else {wanted.who: groups[wanted.who]}
    found: dict[str, BadgePerson] = {}
    for people in chosen.values():
        for person in people(edition, wanted.day, language):
            found.setdefault(sort_key(f"{person.name} {person.organisation}"), person)
    words = sort_key(wanted.words).split()
    return [person for key, person in sorted(found.items()) if all(word in key for word in words)]


def _participants(edition: Edition, day: Day | None, language: str) -> list[BadgePerson]:
    places = Participation.objects.confirmed().filter(edition=edition)
    if day is not None:
        elsewhere = Q(days__day=day, days__mode__in=[AttendanceMode.ONLINE, AttendanceMode.ABSENT])
        places = places.exclude(pk__in=Participation.objects.filter(elsewhere).values("pk"))
    return [
        BadgePerson(
            name=place.name,
            organisation=place.organisation.name if place.organisation else place.organisation_name,
            country=translated(place.country.names, language) if place.country else "",
            role=str(EditionRole.PARTICIPANT.label),
            group="participant",
            code=in_groups(place.entry_code),
            qr=qr_text(place),
            is_demonstration=place.is_demonstration,
            key=place.pk,
        )
        for place in places.select_related("organisation", "country").order_by("pk")
    ]


def _speakers(edition: Edition, day: Day | None, language: str) -> list[BadgePerson]:
    speakers = Speaker.objects.filter(edition=edition, declined_at__isnull=True)
    return [
        BadgePerson(
            name=speaker.name,
            organisation=speaker.organisation.name if speaker.organisation else "",
            country=translated(speaker.country.names, language) if speaker.country else "",
            role=str(EditionRole.SPEAKER.label),
            group="speaker",
            is_demonstration=speaker.is_demonstration,
        )
        for speaker in speakers.select_related("organisation", "country").order_by("pk")
    ]


def _team(edition: Edition, day: Day | None, language: str) -> list[BadgePerson]:
    members = EditionMember.objects.current().filter(edition=edition, role__in=TEAM)
    return [
        BadgePerson(
            name=member.person.shown_name,
            organisation=member.organisation.name if member.organisation else "",
            country="",
            role=str(EditionRole(member.role).label),
            group="team",
        )
        for member in members.select_related("person", "organisation").order_by("pk")
    ]
