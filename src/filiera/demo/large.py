"""A generated edition of 200 sessions in 8 rooms over 4 days with 120 speakers, for load and layout."""

import random
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import slugify

from filiera.academy.actions.publication import publish_programme
from filiera.academy.models import (
    Contribution,
    Day,
    Edition,
    EditionMember,
    EditionRole,
    EditionState,
    Objective,
    Part,
    PartMode,
    Room,
    Series,
    Session,
    SessionKind,
    Speaker,
    Venue,
)
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM
from filiera.demo.tables import read
from filiera.organisations.models import Organisation

SLUG = "load-200"
SEED = 2023
SESSIONS = 200
ROOMS = 8
DAYS = 4
SPEAKERS = 120
ZONE = ZoneInfo("Europe/Brussels")
FIRST_DAY = date(2027, 5, 10)
FIRST_START = time(9, 0)
SLOT_MINUTES = 60
KINDS = (
    SessionKind.LESSON,
    SessionKind.PRACTICE_CASE,
    SessionKind.WORKSHOP,
    SessionKind.GROUP_WORK,
    SessionKind.PRESENTATION,
    SessionKind.QUESTIONS,
)
SUBJECTS = (
    ("Services that members pay for", "Servizi che i membri pagano"),
    ("A strategy on one page", "Una strategia in una pagina"),
    ("Funding after the first grant", "I fondi dopo il primo bando"),
    ("Members who take part", "Membri che partecipano"),
    ("Hydrogen valleys and their suppliers", "Le valli dell'idrogeno e i loro fornitori"),
    ("Digital maturity of small firms", "La maturità digitale delle piccole imprese"),
    ("Circular materials in textiles", "Materiali circolari nel tessile"),
    ("Skills for green manufacturing", "Competenze per la manifattura verde"),
    ("Matching companies across borders", "Incontri fra imprese oltre confine"),
    ("Measuring what a cluster changes", "Misurare ciò che un cluster cambia"),
    ("Health data shared with care", "Dati sanitari condivisi con cura"),
    ("From pilot plant to market", "Dall'impianto pilota al mercato"),
    ("Young clusters, first hundred members", "Cluster giovani, i primi cento membri"),
)
SENTENCES = (
    (
        "What worked, what did not, and what we would do again.",
        "Che cosa ha funzionato, che cosa no, e che cosa rifaremmo.",
    ),
    (
        "Bring a case of your own; you leave with a next step.",
        "Porta un tuo caso; ne esci con il prossimo passo.",
    ),
    ("Figures over five years, with their sources.", "Dati su cinque anni, con le loro fonti."),
    ("Three clusters compare how they decide.", "Tre cluster confrontano come decidono."),
    ("Half of the time is for questions.", "Metà del tempo è per le domande."),
)


@transaction.atomic
def load_large(people: dict[str, Person], at: datetime) -> Edition:
    """Make the edition from its seed and publish it; one that is there already stays as it is."""
    existing = Edition.objects.filter(slug=SLUG).first()
    if existing:
        return existing
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    edition, part = _edition(at)
    rooms = _rooms(edition, part)
    speakers = _speakers(edition, chance)
    _sessions(edition, part, rooms, speakers, chance, at)
    for role, edition_role in (("organiser", EditionRole.DIRECTOR), ("participant", EditionRole.PARTICIPANT)):
        EditionMember.objects.create(edition=edition, person=people[role], role=edition_role, since=at)
    publish_programme(edition=edition, note={}, by=SYSTEM, at=at)
    edition.refresh_from_db()
    return edition


def _edition(at: datetime) -> tuple[Edition, Part]:
    organiser = Organisation.objects.get(slug="officina-demo")
    series, _ = Series.objects.get_or_create(
        slug="load",
        defaults={"name": {"en": "Generated series", "it": "Serie generata"}, "organiser": organiser},
    )
    edition = Edition.objects.create(
        series=series,
        slug=SLUG,
        number=1,
        name={"en": "A generated edition", "it": "Un'edizione generata"},
        headline={"en": "Two hundred sessions in four days", "it": "Duecento sessioni in quattro giorni"},
        summary={
            "en": "Everything here is made up from a seed, to see how a large programme looks and behaves.",
            "it": "Qui tutto è generato da un seme, per vedere come si comporta un programma grande.",
        },
        organiser=organiser,
        time_zone=ZONE.key,
        state=EditionState.UNLISTED,
        is_demonstration=True,
        created_at=at,
    )
    venue = Venue.objects.create(
        edition=edition, slug="congress", name="Congress centre", city="Bruxelles", country_id="BE"
    )
    part = Part.objects.create(
        edition=edition,
        slug="brussels",
        number=1,
        title={"en": "Four days in Brussels", "it": "Quattro giorni a Bruxelles"},
        mode=PartMode.HYBRID,
        starts_on=FIRST_DAY,
        ends_on=FIRST_DAY + timedelta(days=DAYS - 1),
        time_zone=ZONE.key,
        venue=venue,
    )
    for offset in range(DAYS):
        Day.objects.create(
            part=part, date=FIRST_DAY + timedelta(days=offset), opens_at=time(8, 30), closes_at=time(19, 0)
        )
    for number in range(1, 6):
        text = {"en": f"Objective {number} of this edition", "it": f"Obiettivo {number} di questa edizione"}
        Objective.objects.create(edition=edition, number=number, text=text)
    return edition, part


def _rooms(edition: Edition, part: Part) -> list[Room]:
    return [
        Room.objects.create(
            edition=edition,
            venue=part.venue,
            slug=f"room-{number}",
            name={"en": f"Room {number}", "it": f"Sala {number}"},
            capacity=40 * (ROOMS + 1 - number),
            position=number,
        )
        for number in range(1, ROOMS + 1)
    ]


def _speakers(edition: Edition, chance: random.Random) -> list[Speaker]:
    countries = ("IT", "FR", "DE", "ES", "PL", "FI", "PT", "RO", "CZ", "NL", "SE", "GR")
    parts = read("generated_names")
    names = [f"{first['given']} {second['family']}" for first in parts for second in parts]
    chosen = chance.sample(names, SPEAKERS)
    return Speaker.objects.bulk_create(
        Speaker(
            edition=edition,
            slug=f"{slugify(name)}-{number}",
            name=name,
            position={"en": "Cluster manager", "it": "Cluster manager"},
            country_id=chance.choice(countries),
            biography={
                "en": "Runs a cluster organisation that this demonstration has made up.",
                "it": "Guida un cluster inventato per questa dimostrazione.",
            },
            is_demonstration=True,
        )
        for number, name in enumerate(chosen, start=1)
    )


def _sessions(
    edition: Edition,
    part: Part,
    rooms: list[Room],
    speakers: list[Speaker],
    chance: random.Random,
    at: datetime,
) -> None:
    objectives = list(edition.objectives.all())
    per_day = SESSIONS // DAYS
    sessions = []
    for number in range(SESSIONS):
        day, place = divmod(number, per_day)
        slot, room = divmod(place, ROOMS)
        start = datetime.combine(FIRST_DAY + timedelta(days=day), FIRST_START, ZONE) + timedelta(
            minutes=slot * (SLOT_MINUTES + 15)
        )
        subject_en, subject_it = SUBJECTS[chance.randrange(len(SUBJECTS))]
        sentence_en, sentence_it = SENTENCES[chance.randrange(len(SENTENCES))]
        sessions.append(
            Session(
                edition=edition,
                part=part,
                slug=f"session-{number + 1:03d}",
                kind=chance.choice(KINDS),
                title={"en": f"{subject_en} ({number + 1})", "it": f"{subject_it} ({number + 1})"},
                abstract={"en": sentence_en, "it": sentence_it},
                during=(start, start + timedelta(minutes=SLOT_MINUTES)),
                minutes=SLOT_MINUTES,
                room=rooms[room],
                capacity=chance.choice((None, 20, 40)),
                languages=["en"],
                demonstration_fields=["session"],
                updated_at=at,
            )
        )
    sessions = Session.objects.bulk_create(sessions)
    Session.objectives.through.objects.bulk_create(
        Session.objectives.through(session=session, objective=chance.choice(objectives))
        for session in sessions
    )
    Contribution.objects.bulk_create(
        contribution
        for _start, together in groupby(sessions, key=lambda session: session.during[0])
        for contribution in _contributions(list(together), speakers, chance)
    )


def _contributions(
    together: list[Session], speakers: list[Speaker], chance: random.Random
) -> list[Contribution]:
    """One or two speakers for each of the sessions of one slot; nobody is in two rooms at once."""
    drawn = iter(chance.sample(speakers, len(together) * 2))
    return [
        Contribution(session=session, speaker=next(drawn), position=position)
        for session in together
        for position in range(chance.choice((1, 1, 2)))
    ]
