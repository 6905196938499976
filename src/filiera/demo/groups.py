"""The groups of the first day in Torino: made up from a seed, formed by the same search as everybody's."""

import random
from datetime import datetime, timedelta

from django.db import transaction

from filiera.academy.models import Edition, EditionMember, EditionRole, Room, Session
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.models import Participation
from filiera.workshops.actions.group_proposals import propose_groups, run_search
from filiera.workshops.actions.group_seats import wish_themes
from filiera.workshops.actions.group_series import (
    SeriesDetails,
    describe_group,
    make_series,
    publish_groups,
)
from filiera.workshops.models import Group, GroupSeries

SEED = 2023
SESSION = "groups-develop-solutions"
TITLE = {"en": "Groups of the first day", "it": "Gruppi del primo giorno"}
# Made up: what the groups of the first day worked on is not in the sources.
THEMES = (
    "Keeping members active", "Paying services", "Clusters abroad", "Skills for the twin transition",
    "Funding beyond projects",
)  # fmt: skip
WISHING_SHARE = 0.6


@transaction.atomic
def load_groups(edition: Edition, at: datetime) -> None:
    """Five groups in four rounds for everybody with a confirmed place; what is there already stays."""
    if GroupSeries.objects.filter(edition=edition).exists():
        return
    session = Session.objects.get(edition=edition, slug=SESSION)
    series = make_series(
        edition=edition,
        details=SeriesDetails(
            title=TITLE,
            group_count=len(THEMES),
            round_count=4,
            weights={"country": 2.0, "ecosystem": 1.0, "maturity": 0.5, "organisation": 4.0},
            repeat_price=2.0,
            wish_price=2.0,
            move_price=4.0,
            themes=THEMES,
            wishes_until=edition.clock_at - timedelta(days=1) if edition.clock_at else None,
            session=session,
        ),
        by=SYSTEM,
        at=at,
        is_demonstration=True,
    )
    _wishes(series, at)
    _places(edition, series, at)
    run = propose_groups(series=series, by=SYSTEM, at=at)
    # Here and now, so that the demonstration begins with groups.
    run_search(run.pk)
    publish_groups(series=series, by=SYSTEM, at=at)


def _wishes(series: GroupSeries, at: datetime) -> None:
    chance = random.Random(SEED)  # noqa: S311 - made-up wishes, not a secret
    people = Participation.objects.confirmed().filter(edition=series.edition)
    for participation in people.order_by("pk"):
        if chance.random() < WISHING_SHARE:
            wanted = chance.sample(THEMES, chance.choice((1, 2, 3)))
            wish_themes(series=series, participation=participation, themes=wanted, by=SYSTEM, at=at)


def _places(edition: Edition, series: GroupSeries, at: datetime) -> None:
    room = Room.objects.filter(edition=edition, slug="workshop-rooms").first()
    leaders = list(
        EditionMember.objects.current()
        .filter(
            edition=edition, role__in=[EditionRole.FACILITATOR, EditionRole.DIRECTOR, EditionRole.SPEAKER]
        )
        .order_by("role", "pk")
    )
    groups = Group.objects.filter(round__series=series, round__number=1).select_related("round__series")
    for place, group in enumerate(groups.order_by("number")):
        describe_group(
            group=group,
            theme=group.theme,
            facilitator=leaders[place] if place < len(leaders) else None,
            room=room,
            online_url="",
            in_all_rounds=True,
            by=SYSTEM,
            at=at,
        )
