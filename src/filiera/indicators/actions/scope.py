"""Making the scope: whose facts a body counts, and when, from memberships and successions."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from filiera.indicators.engines.tables import BEGINNING_US, ENDLESS_US

# Ways lead upwards over memberships, each valid only while all of its steps are. A day begins by the
# calendar of the figures. What has merged or gone on under another name rolls up to its heir.
_SCOPE = """
WITH RECURSIVE
steps AS (
    SELECT member_id AS below, cluster_id AS above,
        coalesce((extract(epoch FROM start_on::timestamp AT TIME ZONE %(zone)s) * 1000000)::bigint,
            %(beginning)s) AS since_us,
        coalesce((extract(epoch FROM end_on::timestamp AT TIME ZONE %(zone)s) * 1000000)::bigint,
            %(endless)s) AS until_us
    FROM organisations_membership WHERE withdrawn_at IS NULL
),
ways (body, organisation, since_us, until_us, passed) AS (
    SELECT above, below, since_us, until_us, ARRAY[above, below] FROM steps
    UNION ALL
    SELECT steps.above, ways.organisation, greatest(ways.since_us, steps.since_us),
        least(ways.until_us, steps.until_us), steps.above || ways.passed
    FROM ways JOIN steps ON steps.below = ways.body
    WHERE steps.above <> ALL (ways.passed) AND cardinality(ways.passed) < 8
        AND greatest(ways.since_us, steps.since_us) < least(ways.until_us, steps.until_us)
),
heirs (former, heir, passed) AS (
    SELECT from_organisation_id, to_organisation_id, ARRAY[from_organisation_id, to_organisation_id]
    FROM organisations_succession WHERE kind IN ('merged', 'renamed')
    UNION ALL
    SELECT heirs.former, next.to_organisation_id, heirs.passed || next.to_organisation_id
    FROM heirs JOIN organisations_succession AS next
        ON next.from_organisation_id = heirs.heir AND next.kind IN ('merged', 'renamed')
    WHERE next.to_organisation_id <> ALL (heirs.passed)
),
own AS (
    SELECT body, organisation, since_us, until_us FROM ways
    UNION ALL
    SELECT id, id, %(beginning)s, %(endless)s FROM organisations_organisation
),
whole AS (
    SELECT * FROM own
    UNION ALL
    SELECT heirs.heir, own.organisation, own.since_us, own.until_us
    FROM own JOIN heirs ON heirs.former = own.body
),
merged AS (
    SELECT body, organisation, range_agg(int8range(since_us, until_us)) AS spans
    FROM whole {only} GROUP BY body, organisation
)
INSERT INTO indicators_scoperow (body, organisation, since_us, until_us)
SELECT body, organisation, lower(span), upper(span) FROM merged, unnest(spans) AS span
"""


@transaction.atomic
def rebuild_scope(bodies: Iterable[int] | None = None) -> None:
    """Make the scope of these bodies anew, or of all.

    Asks no policy: it holds nothing that memberships do not say.
    """
    only = None if bodies is None else sorted(bodies)
    values: dict[str, str | int | list[int] | None] = {
        "zone": settings.FIGURES_ZONE,
        "beginning": BEGINNING_US,
        "endless": ENDLESS_US,
        "bodies": only,
    }
    with connection.cursor() as cursor:
        if only is None:
            cursor.execute("DELETE FROM indicators_scoperow")
        else:
            cursor.execute("DELETE FROM indicators_scoperow WHERE body = ANY(%(bodies)s)", values)
        condition = "" if only is None else "WHERE body = ANY(%(bodies)s)"
        cursor.execute(_SCOPE.format(only=condition), values)


def bodies_above(organisations: Iterable[int], since: datetime | None = None) -> set[int]:
    """Every body whose figures count these organisations at some time, themselves included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT body FROM indicators_scoperow WHERE organisation = ANY(%s)",
            [sorted(organisations)],
        )
        return {body for (body,) in cursor.fetchall()}
