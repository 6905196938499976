"""What the made-up participants of Torino think of eight made-up trends, marked as demonstration."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import Participation
from filiera.demo.tables import read, words
from filiera.reference.models import Ecosystem
from filiera.workshops.actions import trends as actions
from filiera.workshops.models import HIGHEST_POINT, LOWEST_POINT, Scale, Trend
from filiera.workshops.permissions import TAKE_PART
from filiera.workshops.queries.trend_results import scales_asked_about

SEED = 2023_09
ROME = ZoneInfo("Europe/Rome")
PUT_UP_AT = datetime(2023, 9, 1, 9, 0, tzinfo=ROME)
RATED_AT = datetime(2023, 9, 11, 9, 0, tzinfo=ROME)
CLOSED_AT = datetime(2023, 9, 20, 18, 0, tzinfo=ROME)
# One is still open, so that a visitor can rate; its ratings are fewer.
STILL_OPEN = "remote-for-good"
NEAR, HOW_OFTEN = (-2, -1, 0, 1, 2), (1, 4, 8, 4, 1)
REASONS = (
    "With us the big plants are closing, not opening. Nobody here will buy from a valley before 2035.",
    "We have supplied two of them since last year. It is here.",
)


@transaction.atomic
def load_trends(edition: Edition, people: dict[str, Person], at: datetime) -> None:
    """Trends with ratings, a closing, and reasons; what is there already stays as it is."""
    if Trend.objects.filter(edition=edition).exists():
        return
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    ecosystems = Ecosystem.objects.in_bulk()
    confirmed = Participation.objects.confirmed().filter(edition=edition, person__isnull=False)
    places = list(confirmed.exclude(person=people["participant"]).select_related("person").order_by("pk"))
    for row in read("torino_trends"):
        trend = actions.save_trend(
            edition=edition,
            trend=None,
            details=actions.TrendDetails(
                code=row["code"],
                title=words(row, "title"),
                description=words(row, "description"),
                ecosystems=[ecosystems[code] for code in row["ecosystems"].split(";") if code],
            ),
            by=SYSTEM,
            at=PUT_UP_AT,
        )
        Trend.objects.filter(pk=trend.pk).update(is_demonstration=True)
        actions.open_trend(trend=trend, by=SYSTEM, at=PUT_UP_AT)
        raters = places[: len(places) // 2] if row["code"] == STILL_OPEN else places
        for number, place in enumerate(raters):
            _rate(trend, place, row, number, chance)
        if row["code"] != STILL_OPEN:
            actions.close_trend(trend=trend, by=SYSTEM, at=CLOSED_AT)
    _reasons(edition, places)


def _rate(
    trend: Trend, place: Participation, row: dict[str, str], number: int, chance: random.Random
) -> None:
    columns = {"time_to_effect": "time"}
    points = {}
    for scale in Scale.values:
        middle = int(row[columns.get(scale, scale)])
        if row["split"] and scale in (Scale.IMPACT, Scale.TIME_TO_EFFECT):
            middle = LOWEST_POINT if number % 2 else HIGHEST_POINT
        point = middle + chance.choices(NEAR, HOW_OFTEN)[0]
        points[scale] = min(max(point, LOWEST_POINT), HIGHEST_POINT)
    actions.rate_trend(
        trend=trend,
        participation=place,
        points=points,
        by=Viewer(person=place.person),
        at=RATED_AT + timedelta(minutes=7 * number),
    )


def _reasons(edition: Edition, places: list[Participation]) -> None:
    """The team has asked for reasons, and two of those who were asked have answered."""
    trend = Trend.objects.select_related("edition").get(edition=edition, code="hydrogen-at-scale")
    if len(places) < 5:
        return
    actions.ask_outliers(trend=trend, by=SYSTEM, at=CLOSED_AT)
    trend.refresh_from_db()
    asked = [place for place in places if scales_asked_about(Viewer(person=place.person), trend)]
    for text, place in zip(REASONS, asked, strict=False):
        actions.comment_trend(
            trend=trend,
            text=text,
            names_author=False,
            by=Viewer(person=place.person, edition_id=edition.pk, permissions=frozenset({TAKE_PART})),
            at=CLOSED_AT + timedelta(hours=2),
        )
