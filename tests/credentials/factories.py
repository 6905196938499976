"""The smallest valid awards and certificates, and attendance as the ledger tells it."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import factory

from filiera.academy.facts import SESSION_HELD
from filiera.academy.models import Session, SessionKind
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.facts import ATTENDED_IN_PERSON, ATTENDED_ONLINE
from filiera.admissions.models import Participation, Presence, PresenceMode, PresenceSource
from filiera.credentials import models
from filiera.credentials.codes import new_code
from filiera.credentials.contents import Contents
from filiera.ledger import actions as ledger
from tests.academy.factories import NOW, EditionFactory, PartFactory, SessionFactory, between, moment
from tests.admissions.factories import ParticipationFactory

ISSUED_AT = datetime(2023, 9, 25, 8, 0, tzinfo=NOW.tzinfo)


def contents(**changes: object) -> Contents:
    told: Contents = {
        "award": {"en": "Academy attended", "it": "Academy frequentata"},
        "description": {"en": "Two days on strategy."},
        "edition": {"en": "The academy"},
        "part": {},
        "organiser": "Network",
        "organiser_slug": "network",
        "host": "",
        "place": "Torino",
        "starts_on": "2023-09-21",
        "ends_on": "2023-09-22",
        "outcomes": [{"en": "Build a strategy"}],
        "criteria": {"en": "At least 2 h attended.", "it": "Almeno 2 h frequentate."},
        "alignments": [],
        "days": [{"date": "2023-09-21", "modes": ["in_person"], "minutes": 120}],
        "minutes": 120,
        "held_minutes": 180,
    }
    return {**told, **changes}  # type: ignore[typeddict-item]


class AwardFactory(factory.django.DjangoModelFactory[models.Award]):
    """For two hours attended in the whole edition."""

    class Meta:
        model = models.Award

    edition = factory.SubFactory(EditionFactory, public=True)
    name = factory.Sequence(lambda number: {"en": f"Award {number}", "it": f"Riconoscimento {number}"})
    least_hours = Decimal(2)
    created_at = NOW


class CertificateFactory(factory.django.DjangoModelFactory[models.Certificate]):
    """Standing, without a badge; `revoked` no longer stands, `forgotten` names nobody."""

    class Meta:
        model = models.Certificate

    class Params:
        revoked = factory.Trait(revoked_at=ISSUED_AT, revocation_reason="Somebody else was there.")
        forgotten = factory.Trait(
            forgotten_at=ISSUED_AT, holder_name="", badge="", participation=None, person=None
        )

    award = factory.SubFactory(AwardFactory)
    edition = factory.SelfAttribute("award.edition")
    participation = factory.SubFactory(ParticipationFactory, edition=factory.SelfAttribute("..edition"))
    person = factory.LazyAttribute(lambda row: row.participation.person if row.participation else None)
    code = factory.LazyFunction(new_code)
    holder_name = factory.Sequence(lambda number: f"Holder {number}")
    contents = factory.LazyFunction(contents)
    issued_at = ISSUED_AT
    status_index = factory.Sequence(lambda number: number + 1)


def held_session(
    edition, *, hour: int = 9, minutes: int = 60, day=None, kind: str = SessionKind.LESSON, part=None
) -> Session:
    """A session that the ledger knows as held."""
    part = part or edition.parts.first() or PartFactory(edition=edition)
    starts_at = moment(hour, day=day or part.starts_on)
    session = SessionFactory(
        edition=edition, part=part, kind=kind, during=between(starts_at, minutes), minutes=minutes
    )
    ledger.record(
        SESSION_HELD.code,
        subject=session,
        by=SYSTEM,
        at=ISSUED_AT,
        happened_at=starts_at + timedelta(minutes=minutes),
        organisation=edition.organiser,
        quantity=Decimal(minutes) / 60,
    )
    return session


def attended(
    participation: Participation,
    session: Session,
    *,
    mode: str = PresenceMode.IN_PERSON,
    minutes: int | None = None,
) -> Presence:
    """Somebody was at a session, as admissions record it."""
    minutes = session.minutes if minutes is None else minutes
    starts_at = session.during.lower
    presence = Presence.objects.create(
        participation=participation,
        session=session,
        mode=mode,
        minutes=minutes,
        source=PresenceSource.SCAN,
        checked_in_at=starts_at,
        recorded_at=starts_at,
        scan_id=uuid4(),
    )
    kind = ATTENDED_ONLINE if mode == PresenceMode.ONLINE else ATTENDED_IN_PERSON
    ledger.record(
        kind.code,
        subject=presence,
        by=SYSTEM,
        at=ISSUED_AT,
        happened_at=starts_at,
        organisation=participation.organisation,
        counterpart=session.edition.organiser,
        person=participation.person,
        quantity=(Decimal(minutes) / 60).quantize(Decimal("0.0001")),
    )
    return presence
