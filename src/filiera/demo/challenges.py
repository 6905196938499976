"""The wall of the Torino edition: two real questions with their source, the others made up."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import Participation
from filiera.demo.tables import read, sources
from filiera.workshops import permissions
from filiera.workshops.actions.challenge_merging import merge_challenge
from filiera.workshops.actions.challenge_solving import solve_challenge
from filiera.workshops.actions.challenge_thread import add_comment, offer_help
from filiera.workshops.actions.challenges import (
    Origin,
    Wording,
    bring_challenge,
    edit_challenge,
    move_challenge,
    take_over_challenges,
)
from filiera.workshops.models import Challenge, ChallengeComment
from filiera.workshops.queries.challenge_thread import latest_wording, possible_helpers

ROME = ZoneInfo("Europe/Rome")
BROUGHT_AT = datetime(2023, 6, 6, 11, 30, tzinfo=ROME)
SAID_AT = datetime(2023, 6, 7, 16, 0, tzinfo=ROME)
LATER = datetime(2023, 9, 18, 10, 0, tzinfo=ROME)
WORKED_ON = ("Time for strategy", "Services that members would pay for", "Water in dry summers")
SOLVED = {
    "Working with the next cluster": "One person now works two days for each of the two clusters. Both "
    "boards pay half, and firms ask one telephone number.",
}


@transaction.atomic
def load_challenges(edition: Edition, people: dict[str, Person], at: datetime) -> None:
    """Cards of all places, what was said to them, and what was solved; what is there already stays."""
    if ChallengeComment.objects.filter(challenge__edition=edition).exists():
        return
    take_over_challenges(edition=edition, by=SYSTEM, at=BROUGHT_AT)
    for row in read("torino_challenges"):
        bring_challenge(
            edition=edition,
            wording=Wording(title=row["title"], statement=row["statement"]),
            names_owner=False,
            language="en",
            by=SYSTEM,
            at=BROUGHT_AT,
            origin=Origin(sources=sources(row)),
        )
    places = list(
        Participation.objects.confirmed()
        .filter(edition=edition, person__isnull=False)
        .select_related("person")
        .order_by("pk")
    )
    made_up = Challenge.objects.filter(edition=edition, is_demonstration=True).order_by("pk")
    by_title: dict[str, Challenge] = {}
    alike: list[Challenge] = []
    for challenge in made_up.select_related("owner__person", "edition"):
        if by_title.setdefault(challenge.title, challenge) is not challenge:
            alike.append(challenge)
    # The others are left for whoever leads the work to decide.
    for challenge in alike[: len(alike) // 2]:
        merge_challenge(challenge=challenge, into=by_title[challenge.title], by=SYSTEM, at=SAID_AT)
    _talk(edition, by_title, places)
    _name_owner(edition, people)
    for title in WORKED_ON:
        if title in by_title:
            move_challenge(challenge=by_title[title], state="worked_on", by=SYSTEM, at=SAID_AT)
    for title, solution in SOLVED.items():
        if title in by_title:
            _solve(edition, by_title[title], solution)


def _talk(edition: Edition, by_title: dict[str, Challenge], places: list[Participation]) -> None:
    for number, row in enumerate(read("generated_challenge_words")):
        challenge = by_title.get(row["title"])
        others = [place for place in places if challenge and place.pk != challenge.owner_id]
        if challenge is None or not others:
            continue
        by = _viewer(edition, others[number * 7 % len(others)].person)
        if row["kind"] == "offer":
            offer_help(challenge=challenge, text=row["text"], by=by, at=SAID_AT)
        else:
            add_comment(challenge=challenge, text=row["text"], by=by, at=SAID_AT)


def _name_owner(edition: Edition, people: dict[str, Person]) -> None:
    """The participant whom a visitor can be has shown their name, and worded their card anew."""
    own = Challenge.objects.filter(edition=edition, owner__person=people["participant"]).first()
    if own is None:
        return
    edit_challenge(
        challenge=own,
        wording=Wording(
            title=own.title,
            statement=own.statement,
            tried="Three working groups in two years. The last one met once.",
            help_wanted="An hour with somebody who has done it in a cluster of our size.",
            ecosystem=own.ecosystem,
        ),
        names_owner=True,
        seen=latest_wording(own),
        by=_viewer(edition, people["participant"]),
        at=LATER,
    )


def _solve(edition: Edition, challenge: Challenge, solution: str) -> None:
    owner = challenge.owner.person if challenge.owner else None
    by = _viewer(edition, owner) if owner else SYSTEM
    solve_challenge(
        challenge=challenge,
        solution=solution,
        helpers=possible_helpers(SYSTEM, challenge),
        by=by,
        at=LATER,
    )


def _viewer(edition: Edition, person: Person | None) -> Viewer:
    return Viewer(
        person=person,
        edition_id=edition.pk,
        edition_roles=frozenset({"participant"}),
        permissions=frozenset({permissions.TAKE_PART}),
    )
