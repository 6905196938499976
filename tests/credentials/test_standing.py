"""Whether somebody did enough is told by the ledger, and what is missing in a sentence with figures."""

from decimal import Decimal

import pytest

from filiera.academy.models import SessionKind
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.facts import ATTENDED_IN_PERSON
from filiera.admissions.models import PresenceMode
from filiera.credentials.queries.attendance import attendance_in, held_minutes
from filiera.credentials.queries.preview import preview_of
from filiera.credentials.queries.standing import NEEDABLE_FACTS
from filiera.ledger import actions as ledger
from filiera.ledger import kinds
from filiera.ledger.models import Fact
from tests.academy.factories import SECOND_DAY, PartFactory
from tests.admissions.factories import ParticipationFactory
from tests.credentials.factories import ISSUED_AT, AwardFactory, attended, held_session

pytestmark = pytest.mark.django_db

NOTHING = {"least_hours": None}


def missing(award) -> list[str]:
    [line] = preview_of(award).lines
    return list(line.standing.missing)


def test_hours_that_are_missing_are_told_with_both_figures(edition):
    award = AwardFactory(edition=edition, least_hours=Decimal("2.5"))
    attended(ParticipationFactory(edition=edition), held_session(edition, minutes=45))

    assert missing(award) == ["45 min attended; 2 h 30 min needed."]


def test_enough_hours_in_two_sessions_qualify(edition):
    award = AwardFactory(edition=edition, least_hours=Decimal(2))
    person = ParticipationFactory(edition=edition)
    attended(person, held_session(edition, minutes=60))
    attended(person, held_session(edition, hour=11, minutes=60), mode=PresenceMode.ONLINE)

    [line] = preview_of(award).lines

    assert (line.standing.qualifies, line.standing.minutes, line.standing.days) == (True, 120, 1)


def test_a_share_just_short_of_it_is_never_rounded_up_to_it(edition):
    award = AwardFactory(edition=edition, **NOTHING, least_share=Decimal("0.8"))
    person = ParticipationFactory(edition=edition)
    attended(person, held_session(edition, minutes=600), minutes=479)

    assert missing(award) == ["79% of the hours held attended (7 h 59 min of 10 h); 80% is needed."]


def test_without_a_session_held_there_is_no_share(edition):
    award = AwardFactory(edition=edition, **NOTHING, least_share=Decimal("0.8"))
    ParticipationFactory(edition=edition)

    assert missing(award) == ["No session has been recorded as held yet, so there is no share to compare."]


def test_days_are_named(edition):
    award = AwardFactory(edition=edition, **NOTHING, least_days=3)
    person = ParticipationFactory(edition=edition)
    attended(person, held_session(edition))
    attended(person, held_session(edition, day=SECOND_DAY))

    assert missing(award) == ["3 days are needed; 2 attended (21 September and 22 September)."]


def test_no_day_at_all_is_told_plainly(edition):
    award = AwardFactory(edition=edition, **NOTHING, least_days=1)
    ParticipationFactory(edition=edition)

    assert missing(award) == ["1 day is needed; none was attended."]


def test_named_sessions_and_kinds_are_told_each(edition):
    award = AwardFactory(edition=edition, **NOTHING, needed_session_kinds=[SessionKind.WORKSHOP])
    session = held_session(edition)
    award.needed_sessions.add(session)
    ParticipationFactory(edition=edition)

    assert missing(award) == [
        f"“{session.title['en']}” was not attended.",
        "No session of the kind “Workshop” was attended.",
    ]


def test_a_kind_that_nothing_records_yet_says_so(edition, monkeypatch):
    declared = {code: kind for code, kind in kinds._kinds.items() if code not in NEEDABLE_FACTS}
    monkeypatch.setattr(kinds, "_kinds", declared)
    award = AwardFactory(edition=edition, **NOTHING, needed_facts=["action_plan.presented"])
    ParticipationFactory(edition=edition)

    assert missing(award) == ["Action plan presented: not recorded here yet."]


def test_a_recorded_kind_counts_for_its_person_until_it_is_reversed(edition):
    kind = kinds.kind_of("action_plan.presented")
    award = AwardFactory(edition=edition, **NOTHING, needed_facts=list(NEEDABLE_FACTS))
    person = ParticipationFactory(edition=edition)
    told = []
    told.append(missing(award))

    fact = ledger.record(
        kind.code, subject=edition, by=SYSTEM, at=ISSUED_AT, person=person.person, event="plan"
    )
    told.append(missing(award))
    ledger.reverse(fact, by=SYSTEM, at=ISSUED_AT)
    told.append(missing(award))

    sentence = ["Action plan presented: not recorded of this person."]
    assert told == [sentence, [], sentence]


def test_what_was_undone_in_the_ledger_counts_no_more(edition):
    award = AwardFactory(edition=edition, least_hours=Decimal(1))
    attended(ParticipationFactory(edition=edition), held_session(edition, minutes=60))
    before = missing(award)

    ledger.reverse(Fact.objects.get(kind=ATTENDED_IN_PERSON.code), by=SYSTEM, at=ISSUED_AT)

    assert (before, missing(award)) == ([], ["0 h attended; 1 h needed."])


def test_a_presence_that_the_ledger_does_not_know_counts_nothing(edition):
    person = ParticipationFactory(edition=edition)
    presence = attended(person, held_session(edition))
    other = ParticipationFactory(edition=edition)
    presence.pk = None
    presence.participation, presence.scan_id = other, "00000000-0000-4000-8000-000000000001"
    presence.save()

    assert list(attendance_in(edition)) == [person.pk]


def test_only_the_part_of_the_award_counts(edition):
    first = PartFactory(edition=edition)
    second = PartFactory(edition=edition, starts_on=SECOND_DAY)
    award = AwardFactory(edition=edition, part=second, least_hours=Decimal(1))
    person = ParticipationFactory(edition=edition)
    attended(person, held_session(edition, part=first, minutes=120))
    attended(person, held_session(edition, part=second, minutes=30, day=SECOND_DAY))

    assert missing(award) == ["30 min attended; 1 h needed."]
    assert (held_minutes(edition), held_minutes(edition, second)) == (150, 30)


def test_sessions_side_by_side_are_held_once(edition):
    held_session(edition, hour=9, minutes=60)
    held_session(edition, hour=9, minutes=90)
    held_session(edition, hour=14, minutes=60)

    assert held_minutes(edition) == 150


def test_people_without_a_confirmed_place_are_not_in_the_preview(edition):
    award = AwardFactory(edition=edition)
    ParticipationFactory(edition=edition, offered=True)
    ParticipationFactory()

    assert list(preview_of(award).lines) == []


@pytest.mark.parametrize("count", [1, 4])
def test_the_preview_asks_the_same_questions_for_one_and_for_many(edition, count, django_assert_num_queries):
    award = AwardFactory(edition=edition, least_share=Decimal("0.5"), needed_facts=["action_plan.presented"])
    session = held_session(edition)
    for person in ParticipationFactory.create_batch(count, edition=edition):
        attended(person, session)

    with django_assert_num_queries(10):
        preview_of(award)
