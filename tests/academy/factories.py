"""The smallest valid editions, programmes and teams."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from filiera.academy import models
from filiera.accounts.viewer import SYSTEM
from tests.accounts.factories import PersonFactory
from tests.organisations.factories import OrganisationFactory

NOW = datetime(2023, 5, 10, 9, 0, tzinfo=UTC)
ZONE = "Europe/Rome"
FIRST_DAY = date(2023, 9, 21)
SECOND_DAY = date(2023, 9, 22)


def moment(hour: int, minute: int = 0, *, day: date = FIRST_DAY, zone: str = ZONE) -> datetime:
    """A local time of the programme as an instant."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)


def between(start: datetime, minutes: int = 60) -> DateTimeTZRange:
    return DateTimeTZRange(start, start + timedelta(minutes=minutes))


class SeriesFactory(factory.django.DjangoModelFactory[models.Series]):
    class Meta:
        model = models.Series

    slug = factory.Sequence(lambda number: f"series-{number}")
    name = factory.LazyAttribute(lambda series: {"en": f"Academy {series.slug}"})
    organiser = factory.SubFactory(OrganisationFactory)


class EditionFactory(factory.django.DjangoModelFactory[models.Edition]):
    """A draft; `public` and `unlisted` open it; `publish` below gives it a version."""

    class Meta:
        model = models.Edition
        skip_postgeneration_save = True

    class Params:
        public = factory.Trait(state=models.EditionState.PUBLIC)
        unlisted = factory.Trait(state=models.EditionState.UNLISTED)
        demonstration = factory.Trait(is_demonstration=True)

    series = factory.SubFactory(SeriesFactory)
    slug = factory.Sequence(lambda number: f"edition-{number}")
    number = factory.Sequence(lambda number: number + 1)
    name = factory.LazyAttribute(lambda edition: {"en": f"Edition {edition.slug}"})
    organiser = factory.SelfAttribute("series.organiser")
    time_zone = ZONE
    created_at = NOW


class VenueFactory(factory.django.DjangoModelFactory[models.Venue]):
    class Meta:
        model = models.Venue

    edition = factory.SubFactory(EditionFactory)
    slug = factory.Sequence(lambda number: f"venue-{number}")
    name = factory.Sequence(lambda number: f"Venue {number}")


class PartFactory(factory.django.DjangoModelFactory[models.Part]):
    """Two days in person, open from eight to twenty-three."""

    class Meta:
        model = models.Part
        skip_postgeneration_save = True

    class Params:
        online = factory.Trait(mode=models.PartMode.ONLINE, online_url="https://video.example.org/room")

    edition = factory.SubFactory(EditionFactory)
    slug = factory.LazyAttribute(lambda part: f"part-{part.number}")
    number = factory.Sequence(lambda number: number + 1)
    title = factory.LazyAttribute(lambda part: {"en": f"Part {part.number}"})
    mode = models.PartMode.IN_PERSON
    starts_on = FIRST_DAY
    ends_on = SECOND_DAY
    time_zone = ZONE

    @factory.post_generation
    def days(self: models.Part, create: bool, extracted: bool | None, **kwargs: Any) -> None:  # type: ignore[misc]
        if not create or extracted is False:
            return
        for offset in range((self.ends_on - self.starts_on).days + 1):
            DayFactory(part=self, date=self.starts_on + timedelta(days=offset), **kwargs)


class DayFactory(factory.django.DjangoModelFactory[models.Day]):
    class Meta:
        model = models.Day

    part = factory.SubFactory(PartFactory, days=False)
    date = FIRST_DAY
    opens_at = time(8, 0)
    closes_at = time(23, 0)


class RoomFactory(factory.django.DjangoModelFactory[models.Room]):
    class Meta:
        model = models.Room

    edition = factory.SubFactory(EditionFactory)
    slug = factory.Sequence(lambda number: f"room-{number}")
    name = factory.LazyAttribute(lambda room: {"en": f"Room {room.slug}"})
    position = factory.Sequence(lambda number: number)


class SessionFactory(factory.django.DjangoModelFactory[models.Session]):
    """In the tray; with `scheduled` on the first day at nine, an hour in a room of its own."""

    class Meta:
        model = models.Session

    class Params:
        scheduled = factory.Trait(
            during=factory.LazyFunction(lambda: between(moment(9))),
            room=factory.SubFactory(RoomFactory, edition=factory.SelfAttribute("..edition")),
        )
        cancelled = factory.Trait(state=models.SessionState.CANCELLED)

    part = factory.SubFactory(PartFactory)
    edition = factory.SelfAttribute("part.edition")
    slug = factory.Sequence(lambda number: f"session-{number}")
    kind = models.SessionKind.LESSON
    title = factory.LazyAttribute(lambda session: {"en": f"Title of {session.slug}"})
    updated_at = NOW


class SpeakerFactory(factory.django.DjangoModelFactory[models.Speaker]):
    class Meta:
        model = models.Speaker

    class Params:
        consenting = factory.Trait(confirmed_at=NOW, consented_at=NOW)

    edition = factory.SubFactory(EditionFactory)
    slug = factory.Sequence(lambda number: f"speaker-{number}")
    name = factory.Sequence(lambda number: f"Speaker {number}")


class ContributionFactory(factory.django.DjangoModelFactory[models.Contribution]):
    class Meta:
        model = models.Contribution

    session = factory.SubFactory(SessionFactory, scheduled=True)
    speaker = factory.SubFactory(SpeakerFactory, edition=factory.SelfAttribute("..session.edition"))


class MaterialFactory(factory.django.DjangoModelFactory[models.Material]):
    class Meta:
        model = models.Material

    class Params:
        public = factory.Trait(audience=models.MaterialAudience.PUBLIC)
        for_team = factory.Trait(audience=models.MaterialAudience.TEAM)
        afterwards = factory.Trait(moment=models.MaterialMoment.AFTER)

    session = factory.SubFactory(SessionFactory, scheduled=True)
    title = factory.Sequence(lambda number: {"en": f"Material {number}"})
    url = "https://example.org/slides"
    added_at = NOW


class ObjectiveFactory(factory.django.DjangoModelFactory[models.Objective]):
    class Meta:
        model = models.Objective

    edition = factory.SubFactory(EditionFactory)
    number = factory.Sequence(lambda number: number + 1)
    text = factory.LazyAttribute(lambda objective: {"en": f"Objective {objective.number}"})


class EditionMemberFactory(factory.django.DjangoModelFactory[models.EditionMember]):
    class Meta:
        model = models.EditionMember

    class Params:
        participant = factory.Trait(role=models.EditionRole.PARTICIPANT)
        director = factory.Trait(role=models.EditionRole.DIRECTOR)

    edition = factory.SubFactory(EditionFactory)
    person = factory.SubFactory(PersonFactory)
    role = models.EditionRole.PROGRAMME
    since = NOW


class StarFactory(factory.django.DjangoModelFactory[models.Star]):
    class Meta:
        model = models.Star

    person = factory.SubFactory(PersonFactory)
    session = factory.SubFactory(SessionFactory, scheduled=True)
    starred_at = NOW


def publish(edition: models.Edition, *, at: datetime = NOW) -> models.ProgrammeVersion:
    """Publish the draft as it stands, and open the edition to all if it was a draft."""
    from filiera.academy.actions.publication import publish_programme

    if edition.state == models.EditionState.DRAFT:
        edition.state = models.EditionState.PUBLIC
        edition.save(update_fields=["state"])
    version = publish_programme(edition=edition, note={}, by=SYSTEM, at=at)
    edition.refresh_from_db()
    return version
