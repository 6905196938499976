"""The draw: promised before, made once, drawn again by anybody, with reasons that are true."""

import hashlib
import json
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from filiera.meetings.actions import visits_draw, visits_places, visits_rounds, visits_wishes
from filiera.meetings.models import VisitPlace, VisitSlot, VisitWishList
from filiera.meetings.queries.visits import desk_round, draw_as_data, published_draw
from tests.academy.factories import NOW
from tests.admissions.factories import ParticipationFactory
from tests.meetings import redraw
from tests.meetings.visit_factories import CLOSES, SEED, VisitRoundFactory, VisitSlotFactory

pytestmark = pytest.mark.django_db
LATER = CLOSES + timedelta(minutes=1)


def own(participation):
    return Viewer(person=participation.person, edition_id=participation.edition_id)


def wish(round_, participation, *slots, at=NOW, **accepted):
    conditions = {"brings_identity": True, "wears_closed_shoes": True, "needs_step_free": False, **accepted}
    return visits_wishes.save_visit_wishes(
        round_=round_, participation=participation, slots=slots, by=own(participation), at=at, **conditions
    )


def wished_round(*, people=30, places=(6, 7, 8, 4), seed=1):
    """A round in which some slots are wanted by more than they hold."""
    round_ = VisitRoundFactory()
    slots = [VisitSlotFactory(visit__round=round_, places=number) for number in places]
    chance = random.Random(seed)
    for participation in ParticipationFactory.create_batch(people, edition=round_.edition):
        wanted = chance.sample(slots, min(chance.randint(1, 3), len(slots)))
        wish(round_, participation, *sorted(wanted, key=lambda slot: chance.random() * (slot.places + 2)))
    # Codes are drawn by chance; here they are the same each time, and so are the turns that follow from them.
    for number, row in enumerate(VisitWishList.objects.filter(round=round_).order_by("participation_id")):
        VisitWishList.objects.filter(pk=row.pk).update(code=f"W{number:07}")
    return round_


def published_of(round_):
    return json.loads(json.dumps(draw_as_data(published_draw(round_))))


@pytest.mark.parametrize(("people", "seed"), [(1, 1), (12, 2), (30, 3), (60, 4)])
def test_a_script_that_knows_nothing_of_us_draws_the_same(tmp_path, people, seed):
    round_ = wished_round(people=people, seed=seed)

    round_ = visits_draw.draw_visits(round_=round_, by=SYSTEM, at=LATER)

    told = published_of(round_)
    given = {
        row.code: place.slot.code if place else None
        for row in VisitWishList.objects.filter(round=round_)
        for place in [VisitPlace.objects.filter(participation=row.participation).first()]
    }
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(told))
    ran = subprocess.run([sys.executable, redraw.__file__, path], capture_output=True, check=False)
    assert redraw.redraw(told["wishes"], told["places"], told["seed"]) == given
    assert (ran.returncode, redraw.check(told)) == (0, True)
    assert not redraw.check({**told, "seed": "another"})


def test_the_script_is_short():
    assert len(Path(redraw.__file__).read_text(encoding="utf-8").splitlines()) <= 40


def test_the_seed_is_promised_before_wishes_and_told_after_the_draw():
    round_ = VisitRoundFactory(hidden=True)
    slot = VisitSlotFactory(visit__round=round_)

    opened = visits_rounds.open_wishes(round_=round_, by=SYSTEM, at=NOW)

    wish(opened, ParticipationFactory(edition=opened.edition), slot)
    assert opened.revealed_seed == ""
    assert opened.seed_digest == hashlib.sha256(opened.seed.encode()).hexdigest()
    drawn = visits_draw.draw_visits(round_=opened, by=SYSTEM, at=LATER)
    assert (drawn.revealed_seed, drawn.seed_digest) == (opened.seed, opened.seed_digest)


def test_a_draw_is_made_once_and_waits_for_the_closing():
    round_ = wished_round(people=5)

    with pytest.raises(visits_draw.WishesStillOpen):
        visits_draw.draw_visits(round_=round_, by=SYSTEM, at=NOW)
    first = visits_draw.draw_visits(round_=round_, by=SYSTEM, at=LATER)
    again = visits_draw.draw_visits(round_=round_, by=SYSTEM, at=LATER + timedelta(days=1))

    assert first.drawn_at == again.drawn_at == LATER
    assert VisitPlace.objects.filter(round=round_).count() == 5


def test_a_round_without_wishes_can_be_drawn():
    round_ = VisitRoundFactory()
    VisitSlotFactory(visit__round=round_)

    drawn = visits_draw.draw_visits(round_=round_, by=SYSTEM, at=LATER)

    assert (drawn.drawn_at, published_of(drawn)["allocation"]) == (LATER, {})


def test_every_reason_is_true():
    round_ = visits_draw.draw_visits(round_=wished_round(people=40, seed=7), by=SYSTEM, at=LATER)

    told = published_of(round_)
    turns = {code: turn for turn, code in enumerate(redraw.tickets(told["wishes"], SEED), start=1)}
    codes = dict(VisitWishList.objects.values_list("participation", "code"))
    seen = set()
    for line in desk_round(round_).people:
        code = codes[line.participation.pk]
        wishes, got = told["wishes"][code], told["allocation"][code]
        better = wishes[: wishes.index(got)] if got else wishes
        filled = {
            letter: max(
                turns[other] for other, other_got in told["allocation"].items() if other_got == letter
            )
            for letter in better
        }
        assert line.reason.turn == turns[code]
        assert line.reason.rank == (wishes.index(got) + 1 if got else None)
        assert [(slot.code, at) for slot, at in line.reason.passed] == list(filled.items())
        # Each better wish was full before: its places were all given, the last of them at an earlier turn.
        for letter, at in filled.items():
            taken = sum(other_got == letter for other_got in told["allocation"].values())
            assert taken == told["places"][letter]
            assert at < turns[code]
        seen.add(line.reason.rank)
        assert str(turns[code]) in line.words
    assert seen >= {1, 2, None}


def test_the_profile_stands_beside_the_best_one():
    round_ = visits_draw.draw_visits(round_=wished_round(people=40, seed=7), by=SYSTEM, at=LATER)

    draw = published_draw(round_)

    assert sum(draw.profile) + draw.without == len(draw.lines) == 40
    assert draw.profile == [sum(line.rank == rank for line in draw.lines) for rank in (1, 2, 3)]
    # Most first wishes, then most second ones: no profile is better in that order.
    assert tuple(draw.best_profile) >= tuple(draw.profile)


def test_places_are_facts_and_everybody_gets_a_mail():
    round_ = wished_round(people=12, places=(3, 3))

    visits_draw.draw_visits(round_=round_, by=SYSTEM, at=LATER)

    places = VisitPlace.objects.filter(round=round_)
    facts = Fact.objects.filter(kind="visit.place")
    assert sorted(facts.values_list("subject_key", flat=True)) == sorted(str(place.pk) for place in places)
    assert {fact.organisation_id for fact in facts} == {
        place.participation.organisation_id for place in places
    }
    assert OutgoingMail.objects.filter(key__startswith="meetings.visits_drawn").count() == 12
    assert list(VisitSlot.objects.order_by("code").values_list("taken", flat=True)) == [3, 3]
    assert visits_places.wrong_visit_counters() == {}


def test_who_left_the_edition_is_not_drawn():
    round_ = wished_round(people=3)
    gone = VisitWishList.objects.order_by("pk")[0].participation
    type(gone).objects.filter(pk=gone.pk).update(state="cancelled", ended_at=NOW)

    visits_draw.draw_visits(round_=round_, by=SYSTEM, at=LATER)

    assert VisitPlace.objects.filter(round=round_).count() == 2
    assert len(published_of(round_)["wishes"]) == 2


def test_draws_come_by_themselves_when_wishes_are_closed():
    due, open_still = wished_round(people=2), VisitRoundFactory()
    hidden = VisitRoundFactory(hidden=True, closes_at=NOW - timedelta(days=1))

    assert visits_draw.rounds_to_draw(NOW) == []
    open_still.closes_at = LATER + timedelta(days=1)
    open_still.save()

    assert visits_draw.rounds_to_draw(LATER) == [due.pk]
    assert hidden.drawn_at is None


def test_only_the_team_draws(member):
    round_ = wished_round(people=1)

    with pytest.raises(PermissionDenied):
        visits_draw.draw_visits(round_=round_, by=member, at=LATER)
    with pytest.raises(PermissionDenied):
        visits_draw.ask_for_draw(round_=round_, by=member, at=LATER)


def test_wishes_keep_their_code_and_close():
    round_ = VisitRoundFactory()
    first, second = (VisitSlotFactory(visit__round=round_) for _ in range(2))
    participation = ParticipationFactory(edition=round_.edition)

    before = wish(round_, participation, first, second)
    after = wish(round_, participation, second)

    assert before.code == after.code
    assert list(after.wishes.values_list("slot", "rank")) == [(second.pk, 1)]
    with pytest.raises(visits_wishes.WishesNotOpen):
        wish(round_, participation, first, at=CLOSES)
    assert wish(round_, participation) is None
    assert not VisitWishList.objects.exists()


def test_nobody_wishes_for_others_or_elsewhere():
    round_ = VisitRoundFactory()
    slot, foreign = VisitSlotFactory(visit__round=round_), VisitSlotFactory()
    participation, other = (ParticipationFactory(edition=round_.edition) for _ in range(2))
    offered = ParticipationFactory(edition=round_.edition, offered=True)

    with pytest.raises(PermissionDenied):
        visits_wishes.save_visit_wishes(
            round_=round_, participation=participation, slots=[slot], brings_identity=True,
            wears_closed_shoes=True, needs_step_free=False, by=own(other), at=NOW,
        )  # fmt: skip
    with pytest.raises(visits_wishes.NoPlaceInEdition):
        wish(round_, participation, foreign)
    with pytest.raises(visits_wishes.NoPlaceInEdition):
        wish(round_, offered, slot)
    with pytest.raises(visits_wishes.WishedTwice):
        wish(round_, participation, slot, slot)


@pytest.mark.parametrize(
    ("visit", "accepted", "field"),
    [
        ({"identity": "shown"}, {"brings_identity": False}, "brings_identity"),
        ({"needs_closed_shoes": True}, {"wears_closed_shoes": False}, "wears_closed_shoes"),
        ({"is_step_free": False}, {"needs_step_free": True}, "needs_step_free"),
    ],
)
def test_conditions_are_accepted_or_the_visit_is_not_wished(visit, accepted, field):
    round_ = VisitRoundFactory()
    slot = VisitSlotFactory(visit__round=round_, **{f"visit__{name}": value for name, value in visit.items()})
    participation = ParticipationFactory(edition=round_.edition)

    with pytest.raises(visits_wishes.ConditionNotAccepted) as refused:
        wish(round_, participation, slot, **accepted)

    assert refused.value.field == field
