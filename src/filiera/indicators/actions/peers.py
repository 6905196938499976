"""Taking part in the comparison of clusters, and publishing it once a year."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.indicators import disclosure, policies
from filiera.indicators.definition import Definition, PeriodKind
from filiera.indicators.disclosure import Group, Grouping, Part, Participant, Seating, Told, Withheld
from filiera.indicators.models import PeerAnswer, PeerConsent, PeerRelease, PeerSeat, Value
from filiera.indicators.periods import Period, period_of
from filiera.indicators.queries.definitions import current_definitions
from filiera.organisations.models import Organisation, OrganisationKind
from filiera.shared.errors import DomainError

# Late facts and declarations of a year arrive before its comparison is made, as a rule.
WAIT_AFTER_CLOSE = timedelta(days=60)
SIZE_CODE = "members_total"
_SIZES = ((50, "below-50"), (150, "50-149"))
_AGES = ((5, "below-5"), (15, "5-14"))
_ALONE = 7_041_612


class AlreadyTakesPart(DomainError):
    message = _("Your cluster takes part already.")


class DoesNotTakePart(DomainError):
    message = _("Your cluster does not take part.")


class TooEarlyToCompare(DomainError):
    message = _("A year is compared when it has been closed for sixty days.")


class AlreadyCompared(DomainError):
    message = _("The comparison of this year is published; it is never made anew.")


class NotSafeToPublish(DomainError):
    message = _("Answers would lead to fewer than six clusters; nothing is published.")


@transaction.atomic
def join_peers(
    *, organisation: Organisation, is_demonstration: bool = False, by: Viewer, at: datetime
) -> PeerConsent:
    """Let the figures of a cluster go into the comparisons to come.

    Raises PermissionDenied, AlreadyTakesPart.
    """
    if not policies.can_join_peers(by, organisation):
        raise PermissionDenied
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if PeerConsent.objects.standing().filter(organisation=organisation).exists():
        raise AlreadyTakesPart
    return PeerConsent.objects.create(
        organisation=organisation, given_by=by.person, given_at=at, is_demonstration=is_demonstration
    )


@transaction.atomic
def leave_peers(*, organisation: Organisation, by: Viewer, at: datetime) -> PeerConsent:
    """Take the consent back: no later comparison holds the cluster's figures, and it sees none.

    Raises PermissionDenied, DoesNotTakePart.
    """
    if not policies.can_join_peers(by, organisation):
        raise PermissionDenied
    standing = PeerConsent.objects.standing().select_for_update()
    consent = standing.filter(organisation=organisation).first()
    if consent is None:
        raise DoesNotTakePart
    consent.withdrawn_by, consent.withdrawn_at = by.person, at
    consent.save(update_fields=["withdrawn_by", "withdrawn_at"])
    return consent


@transaction.atomic
def publish_comparison(*, period: Period, by: Viewer, at: datetime) -> PeerRelease | None:
    """Publish the comparison of a closed year, once; None while fewer than six can be compared.

    Raises PermissionDenied, TooEarlyToCompare, AlreadyCompared, NotSafeToPublish.
    """
    if not by.administering:
        raise PermissionDenied
    if not _is_ripe(period, at):
        raise TooEarlyToCompare
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ALONE])
    if PeerRelease.objects.filter(until_on__gte=period.until_on).exists():
        raise AlreadyCompared
    consents = list(PeerConsent.objects.standing().order_by("organisation_id"))
    values = _values([consent.organisation_id for consent in consents], period)
    before = _Before()
    participants = _participants(consents, values.get(SIZE_CODE, {}), before, period)
    seating = disclosure.seated(participants, before.parts)
    if not seating.parts:
        return None
    release = PeerRelease.objects.create(
        start_on=period.start_on,
        until_on=period.until_on,
        made_at=at,
        is_demonstration=all(consent.is_demonstration for consent in consents),
    )
    went_in = _publish(release, seating, values, before)
    traits = {each.key: sorted(each.traits) for each in participants}
    PeerSeat.objects.bulk_create(
        PeerSeat(
            release=release,
            organisation_id=key,
            part=number,
            traits=traits[key],
            codes=sorted(code for code, parts in went_in.items() if key in frozenset().union(*parts)),
        )
        for key, number in seating.part_of().items()
    )
    return release


@app.periodic(cron="35 * * * *")
@app.task(name="indicators.publish_comparison", queueing_lock="indicators.publish_comparison")
def publish_last_year(timestamp: int) -> None:
    """Publish the comparison of the year that closed last, once it is ripe and clusters take part."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    period = period_of(at, PeriodKind.YEAR).before()
    if _is_ripe(period, at) and not PeerRelease.objects.filter(until_on__gte=period.until_on).exists():
        publish_comparison(period=period, by=SYSTEM, at=at)


class _Before:
    """What the releases before knew of each cluster, the latest first."""

    def __init__(self) -> None:
        releases = PeerRelease.objects.order_by("-until_on").prefetch_related("seats")
        self.seats = [list(release.seats.all()) for release in releases[: disclosure.LOOK_BACK]]
        self.parts = [{seat.organisation_id: seat.part for seat in seats} for seats in self.seats]
        self.traits: dict[int, frozenset[Group]] = {}
        for seats in reversed(self.seats):
            for seat in seats:
                self.traits[seat.organisation_id] = frozenset((kind, name) for kind, name in seat.traits)

    def went_in(self, code: str) -> list[dict[int, int]]:
        """In which part each cluster's figure went in, release by release."""
        return [
            {seat.organisation_id: seat.part for seat in seats if code in seat.codes} for seats in self.seats
        ]


def _sets(history: Iterable[Mapping[int, int]]) -> list[Part]:
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for number, former in enumerate(history):
        for key, part in former.items():
            found[number, part].add(key)
    return [frozenset(keys) for keys in found.values()]


def _publish(
    release: PeerRelease, seating: Seating, values: dict[str, dict[int, Decimal]], before: _Before
) -> dict[str, list[Part]]:
    definitions = current_definitions()
    went_in: dict[str, list[Part]] = {}
    answers = []
    for code, found in sorted(values.items()):
        history = before.went_in(code)
        parts = disclosure.contributing(seating, found, history)
        # How parts are made keeps the rule; looked at once more, because nothing can be taken back.
        if parts and disclosure.smallest_part([*parts, *_sets(history)]) < disclosure.LEAST_PART:
            raise NotSafeToPublish
        went_in[code] = parts
        for group, told in _told(seating, parts, found, definitions[code]).items():
            answers.append(
                PeerAnswer(
                    release=release,
                    code=code,
                    grouping=group[0],
                    group=group[1],
                    lower=told.lower,
                    median=told.median,
                    upper=told.upper,
                    withheld=told.withheld,
                    least_peers=told.least_peers,
                )
            )
    PeerAnswer.objects.bulk_create(answers, batch_size=1000)
    return went_in


def _told(
    seating: Seating, parts: Sequence[Part], found: dict[int, Decimal], definition: Definition
) -> dict[Group, Told]:
    everybody = [found[key] for part in parts for key in part]
    step = disclosure.step_of(everybody, definition.precision)
    told = {}
    for group, members in seating.groups.items():
        keys = [key for part in parts if part <= members for key in part]
        told[group] = (
            disclosure.told_of([found[key] for key in keys], step)
            if keys
            else Told(withheld=Withheld.TOO_FEW)
        )
    return told


def _is_ripe(period: Period, at: datetime) -> bool:
    return period.kind == PeriodKind.YEAR and period.ends_at + WAIT_AFTER_CLOSE <= at


def _values(organisations: Sequence[int], period: Period) -> dict[str, dict[int, Decimal]]:
    """The figures of a year by code and cluster, of the definitions that hold today."""
    definitions = current_definitions()
    rows = (
        Value.objects.of_period(period)
        .filter(organisation__in=organisations, value__isnull=False)
        .values_list("code", "version__version", "organisation_id", "value")
    )
    values: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for code, version, organisation_id, value in rows:
        if code in definitions and definitions[code].version == version and value is not None:
            values[code][organisation_id or 0] = value
    return values


def _participants(
    consents: Iterable[PeerConsent], sizes: dict[int, Decimal], before: _Before, period: Period
) -> list[Participant]:
    keys = [consent.organisation_id for consent in consents]
    rows = Organisation.objects.filter(pk__in=keys, kind=OrganisationKind.CLUSTER)
    found = []
    for row in rows.prefetch_related("ecosystems").order_by("pk"):
        # A cluster is counted as what it was when it came in: one that grows alone would stand alone.
        traits = before.traits.get(row.pk) or _traits(row, sizes.get(row.pk), period.until_on)
        founded = row.founded_on.year if row.founded_on else period.start_on.year
        found.append(Participant(row.pk, traits, (float(sizes.get(row.pk, 0)), float(founded))))
    return found


def _traits(row: Organisation, size: Decimal | None, on: date) -> frozenset[Group]:
    traits: set[Group] = {(Grouping.ECOSYSTEM.value, ecosystem.code) for ecosystem in row.ecosystems.all()}
    if row.country_id:
        traits.add((Grouping.COUNTRY.value, str(row.country_id)))
    if size is not None:
        traits.add((Grouping.SIZE.value, _class_of(size, _SIZES, "150-more")))
    if row.founded_on:
        traits.add((Grouping.AGE.value, _class_of(on.year - row.founded_on.year, _AGES, "15-more")))
    return frozenset(traits)


def _class_of(value: Decimal | int, classes: Sequence[tuple[int, str]], last: str) -> str:
    return next((name for limit, name in classes if value < limit), last)
