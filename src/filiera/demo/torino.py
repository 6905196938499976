"""The second Cluster Booster Academy (online and Torino, 2023), as far as public sources tell."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.actions.checklist import put_usual_tasks
from filiera.academy.actions.publication import publish_programme
from filiera.academy.actions.stars import star_session
from filiera.academy.models import (
    ChecklistTask,
    Contribution,
    ContributionRole,
    Day,
    Edition,
    EditionFigure,
    EditionMember,
    EditionPartner,
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
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.demo.people import PEOPLE
from filiera.demo.tables import read, sources, words
from filiera.organisations.models import Organisation
from filiera.shared.time import local_moment

SLUG = "cba-2-torino"
ROME = ZoneInfo("Europe/Rome")
# The demonstration is under way: just before the groups meet on the first day in Torino.
UNDER_WAY = datetime(2023, 9, 21, 13, 42, tzinfo=ROME)
READ_ON = date(2026, 11, 22)
HOST_ARTICLE = "https://mesap.it/cluster-booster-academy-mesap-ospita-30-cluster-manager/"
ORGANISER_ARTICLE = (
    "https://clustercollaboration.eu/content/"
    "second-cluster-booster-academy-elevating-european-cluster-landscape-towards"
)
# GeoNames, CC BY 4.0: the town's own point, since no source gives the buildings'.
TORINO = {"latitude": "45.07049", "longitude": "7.68682"}


@transaction.atomic
def load_torino(people: dict[str, Person], at: datetime) -> Edition:
    """Make the edition and publish its programme; an edition that is there already stays as it is."""
    existing = Edition.objects.filter(slug=SLUG).first()
    if existing:
        return existing
    edition = _edition(at)
    parts = _parts(edition)
    rooms = _rooms(edition)
    _objectives_and_figures(edition)
    speakers = _speakers(edition)
    _sessions(edition, parts, rooms, speakers, at)
    for told in PEOPLE:
        if told.edition_role:
            organisation = Organisation.objects.filter(slug=told.organisation).first()
            EditionMember.objects.create(
                edition=edition,
                person=people[told.role],
                organisation=organisation,
                role=told.edition_role,
                since=at,
            )
    note = {
        "en": "The programme as the host and the organiser report it.",
        "it": "Il programma come lo riportano l'ospitante e l'organizzatore.",
    }
    publish_programme(edition=edition, note=note, by=SYSTEM, at=at)
    edition.refresh_from_db()
    _checklist(edition)
    for slug in ("groups-develop-solutions", "visit-hydrogen", "sistema-poli-piemonte"):
        star_session(edition=edition, slug=slug, by=Viewer(person=people["participant"]), at=at)
    return edition


def _checklist(edition: Edition) -> None:
    """The usual tasks; what was due before the demonstration's moment is done."""
    put_usual_tasks(edition)
    for task in ChecklistTask.objects.filter(edition=edition, part__isnull=False).select_related("part"):
        due_on = task.part.starts_on - timedelta(days=task.days_before) if task.part else UNDER_WAY.date()
        if due_on < UNDER_WAY.date():
            task.done_at = datetime.combine(due_on, time(10), ROME)
            task.save(update_fields=["done_at"])


def _edition(at: datetime) -> Edition:
    organiser = Organisation.objects.get(slug="european-cluster-collaboration-platform")
    series, _ = Series.objects.get_or_create(
        slug="cluster-booster-academy",
        defaults={
            "name": {"en": "Cluster Booster Academy", "it": "Cluster Booster Academy"},
            "organiser": organiser,
        },
    )
    edition = Edition.objects.create(
        series=series,
        slug=SLUG,
        number=2,
        name={
            "en": "Cluster Booster Academy, second edition",
            "it": "Cluster Booster Academy, seconda edizione",
        },
        headline={
            "en": "Four days for the people who run clusters",
            "it": "Quattro giorni per chi guida i cluster",
        },
        summary={
            "en": "Two days online in June, two in Torino in September: the challenges that cluster managers "
            "bring, worked into action plans.",
            "it": "Due giorni online a giugno, due a Torino a settembre: le sfide dei cluster manager "
            "diventano piani d'azione.",
        },
        organiser=organiser,
        host=Organisation.objects.get(slug="mesap"),
        time_zone=ROME.key,
        state=EditionState.PUBLIC,
        is_demonstration=True,
        clock_at=UNDER_WAY,
        sources=[
            {"url": HOST_ARTICLE, "note": ""},
            {"url": ORGANISER_ARTICLE, "note": ""},
        ],
        created_at=at,
    )
    contributions = {
        "environment-park": {"en": "Venue in Torino", "it": "Sede a Torino"},
        "sistema-poli-di-innovazione-piemonte": {
            "en": "Meta-cluster, guest at the dinner",
            "it": "Meta-cluster, ospite alla cena",
        },
    }
    for position, (slug, contribution) in enumerate(contributions.items()):
        EditionPartner.objects.create(
            edition=edition,
            organisation=Organisation.objects.get(slug=slug),
            contribution=contribution,
            position=position,
        )
    return edition


def _parts(edition: Edition) -> dict[date, Part]:
    park = _venue(edition, "environment-park", "Environment Park")
    online = Part.objects.create(
        edition=edition,
        slug="online",
        number=1,
        title={"en": "Two days online", "it": "Due giorni online"},
        mode=PartMode.ONLINE,
        starts_on=date(2023, 6, 6),
        ends_on=date(2023, 6, 7),
        time_zone=ROME.key,
        between={
            "en": "fifteen weeks until the next part",
            "it": "quindici settimane fino alla parte successiva",
        },
    )
    torino = Part.objects.create(
        edition=edition,
        slug="torino",
        number=2,
        title={"en": "Two days in Torino", "it": "Due giorni a Torino"},
        mode=PartMode.IN_PERSON,
        starts_on=date(2023, 9, 21),
        ends_on=date(2023, 9, 22),
        time_zone=ROME.key,
        venue=park,
    )
    days = {
        date(2023, 6, 6): online,
        date(2023, 6, 7): online,
        date(2023, 9, 21): torino,
        date(2023, 9, 22): torino,
    }
    for day, part in days.items():
        Day.objects.create(part=part, date=day, opens_at=time(8, 30), closes_at=time(23, 0))
    return days


def _venue(edition: Edition, slug: str, name: str) -> Venue:
    return Venue.objects.create(
        edition=edition,
        slug=slug,
        name=name,
        city="Torino",
        country_id="IT",
        sources=[{"url": HOST_ARTICLE, "note": ""}],
        **TORINO,
    )


def _rooms(edition: Edition) -> dict[str, Room]:
    park = edition.venues.get(slug="environment-park")
    palace = _venue(edition, "palazzo-ceriana-mayneri", "Circolo della Stampa, Palazzo Ceriana Mayneri")
    told = (
        ("main-hall", park, "Main hall", "Sala principale"),
        ("workshop-rooms", park, "Workshop rooms", "Sale dei gruppi"),
        ("laboratory-plasma", park, "Plasma and nanotech laboratories", "Laboratori di plasma e nanotech"),
        ("laboratory-hydrogen", park, "Hydrogen laboratories", "Laboratori dell'idrogeno"),
        ("circolo-della-stampa", palace, "Circolo della Stampa", "Circolo della Stampa"),
        ("online", None, "Online room", "Sala online"),
    )
    return {
        slug: Room.objects.create(
            edition=edition, venue=venue, slug=slug, name={"en": english, "it": italian}, position=position
        )
        for position, (slug, venue, english, italian) in enumerate(told)
    }


def _objectives_and_figures(edition: Edition) -> None:
    for row in read("torino_objectives"):
        text = {"en": row["en"], "it": row["it"]}
        Objective.objects.create(edition=edition, number=int(row["number"]), text=text)
    for position, row in enumerate(read("torino_figures")):
        EditionFigure.objects.create(
            edition=edition,
            position=position,
            value=int(row["value"]),
            label=words(row, "label"),
            claimed_by=words(row, "claimed_by"),
            source_url=row["source_url"],
            read_on=READ_ON,
        )


def _speakers(edition: Edition) -> dict[str, Speaker]:
    return {
        row["slug"]: Speaker.objects.create(
            edition=edition,
            slug=row["slug"],
            name=row["name"],
            organisation=Organisation.objects.get(slug=row["organisation"]),
            position=words(row, "position"),
            country_id=row["country"] or None,
            sources=sources(row),
        )
        for row in read("torino_speakers")
    }


def _sessions(
    edition: Edition,
    parts: dict[date, Part],
    rooms: dict[str, Room],
    speakers: dict[str, Speaker],
    at: datetime,
) -> None:
    objectives = {objective.number: objective for objective in edition.objectives.all()}
    for row in read("torino_sessions"):
        day = date.fromisoformat(row["date"])
        start = local_moment(day, time.fromisoformat(row["start"]), ROME)
        end = local_moment(day, time.fromisoformat(row["end"]), ROME)
        session = Session.objects.create(
            edition=edition,
            part=parts[day],
            slug=row["slug"],
            kind=row["kind"],
            title=words(row, "title"),
            abstract=words(row, "abstract"),
            during=(start, end),
            minutes=round((end - start).total_seconds() / 60),
            room=rooms.get(row["room"]),
            languages=["en"],
            sources=sources(row),
            demonstration_fields=row["demonstration"].split(),
            updated_at=at,
        )
        session.objectives.set(objectives[int(number)] for number in row["objectives"].split(";") if number)
        is_keynote = row["kind"] == SessionKind.KEYNOTE
        for position, slug in enumerate(filter(None, row["speakers"].split(";"))):
            Contribution.objects.create(
                session=session,
                speaker=speakers[slug],
                role=ContributionRole.KEYNOTE if is_keynote else ContributionRole.SPEAKER,
                position=position,
            )
