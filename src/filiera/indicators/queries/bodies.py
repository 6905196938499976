"""Who has figures: organisations that take members or have a team here, and regions with facts."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from filiera.academy.models import Edition
from filiera.indicators.engines.compiler import Shape
from filiera.indicators.engines.postgres import PLACES, PostgresEngine
from filiera.indicators.engines.questions import Question
from filiera.indicators.models import ScopeRow
from filiera.indicators.periods import parse_period
from filiera.organisations.models import MEMBER_TAKING_KINDS, Organisation, Position

_ABOVE = f"SELECT DISTINCT body FROM ({PLACES}) AS place WHERE region = ANY(%s)"  # noqa: S608


def bodies_with_figures() -> QuerySet[Organisation]:
    """The organisations whose figures are kept."""
    team = Position.objects.current().filter(organisation=OuterRef("pk"))
    editions = Edition.objects.filter(organiser=OuterRef("pk"))
    return Organisation.objects.filter(Q(kind__in=MEMBER_TAKING_KINDS) | Exists(team) | Exists(editions))


def has_made_up_members(organisation: Organisation) -> bool:
    """Whether what a demonstration made up counts for this body."""
    within = ScopeRow.objects.filter(body=organisation.pk).values("organisation")
    return Organisation.objects.filter(is_demonstration=True, pk__in=within).exists()


def first_moments(bodies: Sequence[int], regions: Sequence[str]) -> dict[int | str, datetime]:
    """For each body the moment from which the ledger knows it; who it does not know is not there."""
    question = Question(
        kinds=(),
        periods=(parse_period("2000"),),
        at=datetime(2000, 1, 1, tzinfo=UTC),
        shape=Shape("region" if regions else "organisation"),
        bodies=tuple(bodies),
        regions=tuple(regions),
    )
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return {
        body: epoch + timedelta(microseconds=us) for body, us in PostgresEngine().known_from(question).items()
    }


def regions_above(codes: Iterable[str]) -> set[str]:
    """These regions and those that they lie in."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [sorted(codes)])
        return {body for (body,) in cursor.fetchall()}


def regions_with_facts() -> set[str]:
    """The regions in which something that counts has happened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT region_id FROM ledger_fact WHERE region_id IS NOT NULL")
        return regions_above(code for (code,) in cursor.fetchall())
