from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from filiera_solvers import InvalidInstance, Limits, Status, Verdict
from filiera_solvers._agenda import solve_agenda
from filiera_solvers._agenda_instance import AgendaInstance, AgendaSession, AgendaWeights, Submission
from filiera_solvers._agenda_workbook import read_agenda, read_agenda_solution
from filiera_solvers._check_agenda import agenda_terms, check_agenda
from filiera_solvers._cp_sat import run_cp_sat
from tests.figures.solvers.generate_agenda import conference
from tests.figures.solvers.published_agendas import PUBLISHED, valued_as_theirs
from tests.solvers.groups_cases import BENCH, Patience, needs_bench

CONFERENCES = BENCH / "conference"
NONE = AgendaWeights(
    tracks_sessions=0, tracks_rooms=0, sessions_rooms=0, similar_tracks=0, rooms_per_track=0,
    parallel_tracks=0, consecutive_tracks=0, submissions_sessions=0, presenters=0, attendees=0, chairs=0,
)  # fmt: skip


def limits(time_limit_s: float = 10.0, **others: object) -> Limits:
    return Limits(time_limit_s=time_limit_s, seed=1, **others)


def meeting(
    *, sessions: int = 2, rooms: int = 2, talks: tuple[int, ...] = (2, 1), slots: int = 1, **changes: object
) -> AgendaInstance:
    """A few tracks with so many talks each, in sessions of so many time slots; nothing costs anything."""
    submissions = tuple(
        Submission(f"talk {track}.{number}", track)
        for track, count in enumerate(talks)
        for number in range(count)
    )
    return AgendaInstance(
        **{
            "sessions": tuple(AgendaSession(f"s{number}", slots) for number in range(sessions)),
            "rooms": tuple(f"r{number}" for number in range(rooms)),
            "tracks": tuple(f"t{number}" for number in range(len(talks))),
            "submissions": submissions,
            "weights": NONE,
            "track_session": np.zeros((len(talks), sessions)),
            "track_room": np.zeros((len(talks), rooms)),
            "session_room": np.zeros((sessions, rooms)),
            "similar": np.zeros((len(talks), len(talks))),
            "submission_session": np.zeros((len(submissions), sessions)),
            "submission_room": np.zeros((len(submissions), rooms)),
            "submission_zone": np.zeros((len(submissions), sessions)),
            **changes,
        }
    )


def one_session(submissions: tuple[Submission, ...], *, rooms: int, slots: int) -> AgendaInstance:
    """One track in one session, in which only the order of the talks costs something."""
    weights = replace(NONE, submissions_order=1)
    told = {"submissions": submissions, "weights": weights}
    return meeting(sessions=1, rooms=rooms, talks=(len(submissions),), slots=slots, **told)


def best_by_trying_everything(instance: AgendaInstance) -> float:
    """Put one talk at most into each session and room, in every way (sessions of one time slot)."""
    cells = list(product(range(len(instance.sessions)), range(len(instance.rooms))))
    best = float("inf")
    for places in product(range(len(cells)), repeat=len(instance.submissions)):
        if len(set(places)) < len(places):
            continue
        track_at = np.full((len(instance.sessions), len(instance.rooms)), -1)
        submission_at = np.full((*track_at.shape, 1), -1)
        for one, place in enumerate(places):
            track_at[cells[place]] = instance.submissions[one].track
            submission_at[cells[place]] = one
        verdict = check_agenda(instance, track_at.tolist(), submission_at.tolist())
        best = min(best, verdict.value)
    return best


@pytest.mark.parametrize("seed", range(3))
def test_a_tiny_agenda_is_as_good_as_by_trying_everything(seed):
    random = np.random.default_rng(seed)
    similar = np.array([[0, 3.0], [3.0, 0]])
    weights = AgendaWeights(submissions_order=2, submissions_rooms=1, submissions_zones=1, presenters=4)
    instance = meeting(
        sessions=3,
        talks=(3, 1),
        weights=weights,
        track_session=random.integers(0, 4, (2, 3)).astype(float),
        track_room=random.integers(0, 4, (2, 2)).astype(float),
        session_room=random.integers(0, 3, (3, 2)).astype(float),
        submission_session=random.integers(0, 4, (4, 3)).astype(float),
        submission_room=random.integers(0, 4, (4, 2)).astype(float),
        submission_zone=random.integers(0, 2, (4, 3)).astype(float),
        similar=similar,
        presenters=frozenset({(0, 3)}),
        attendees=frozenset({(1, 2)}),
        chairs=frozenset({(0, 1)}),
    )

    result = solve_agenda(instance, limits())

    best = best_by_trying_everything(instance)
    assert result.checker == Verdict(True, result.value)
    assert result.bound <= best + 1e-6
    assert result.value == pytest.approx(best)


def test_an_order_is_kept_inside_a_session():
    submissions = tuple(
        Submission(name, 0, slots, order) for name, slots, order in (("a", 1, 2), ("b", 2, 1), ("c", 1, 0))
    )
    instance = one_session(submissions, rooms=1, slots=4)

    result = solve_agenda(instance, limits())

    assert (result.status, result.value) == (Status.OPTIMAL, 0.0)
    assert result.submission_at.tolist() == [[[1, 1, 0, 2]]]


def test_an_order_is_kept_through_the_rooms_of_a_session():
    submissions = tuple(
        Submission(name, 0, order=order) for name, order in (("a", 4), ("b", 3), ("c", 0), ("d", 0))
    )
    instance = one_session(submissions, rooms=2, slots=2)

    result = solve_agenda(instance, limits())

    assert (result.status, result.value) == (Status.OPTIMAL, 0)


def test_time_is_kept_for_the_rooms_of_what_was_found(monkeypatch):
    given = []

    def recorded(model, clock, *, phase, limit_s=None, **others):
        given.append((phase, limit_s, clock.left_s))
        return run_cp_sat(model, clock, phase=phase, limit_s=limit_s, **others)

    monkeypatch.setattr("filiera_solvers._agenda.run_cp_sat", recorded)
    solve_agenda(meeting(), limits(time_limit_s=100.0))

    searches = [(limit_s, left_s) for phase, limit_s, left_s in given if phase == "placing tracks"]
    assert searches
    assert all(limit_s <= left_s - 1.5 for limit_s, left_s in searches)


def test_long_talks_that_fit_together_in_sum_only_are_put_elsewhere():
    submissions = tuple(Submission(f"long {number}", 0, 2) for number in range(4))
    instance = meeting(sessions=2, rooms=2, talks=(4,), slots=3, submissions=submissions)

    result = solve_agenda(instance, limits())

    assert result.checker == Verdict(True, 0.0)


def test_a_published_agenda_is_changed_only_where_it_pays():
    instance = meeting(weights=replace(NONE, tracks_sessions=1), track_session=np.array([[0, 0], [0, 5.0]]))
    published = np.array([[0, 0], [1, 0], [1, 1]])

    dear = solve_agenda(replace(instance, published=published, change_price=9.0), limits())
    cheap = solve_agenda(replace(instance, published=published, change_price=1.0), limits())

    assert (dear.value, dict(dear.terms)) == (5.0, {"tracks in sessions": 5.0, "changes": 0})
    assert (cheap.value, dict(cheap.terms)) == (1.0, {"tracks in sessions": 0, "changes": 1.0})


def test_more_tracks_than_places_is_infeasible():
    result = solve_agenda(meeting(sessions=1, rooms=1, talks=(1, 1), slots=2), limits())

    assert (result.status, result.value) == (Status.INFEASIBLE, None)
    assert result.conflict == (
        "submissions need 2 time slots of 2 tracks",
        "1 sessions in 1 rooms offer 2, in 1 blocks of one track each",
    )


def test_the_checker_finds_planted_errors():
    instance = meeting(
        sessions=1,
        rooms=2,
        talks=(2, 1),
        slots=3,
        submissions=(
            Submission("a", 0, 2),
            Submission("b", 0),
            Submission("c", 1),
        ),
    )

    verdict = check_agenda(instance, [[0, 1]], [[[0, 2, 0], [-1, -1, -1]]])

    assert verdict == Verdict(
        False, 0, ("s0, r0: c is not of the track there", "a has a gap", "b has 0 time slots, not 1")
    )


@needs_bench
@pytest.mark.parametrize(
    ("conference_name", "model", "weights", "published_value"),
    PUBLISHED,
)
def test_the_authors_own_sheets_are_reproduced_term_by_term(conference_name, model, weights, published_value):
    from openpyxl import load_workbook

    path = CONFERENCES / "solutions" / f"{conference_name}_{model}.xlsx"
    instance = valued_as_theirs(read_agenda(CONFERENCES / f"{conference_name}.xlsx"), weights)
    columns = list(zip(*load_workbook(path)["violations"].iter_rows(values_only=True), strict=True))
    theirs = {
        str(labels[0]): sorted(
            (label, float(amount))
            for label, amount in zip(labels[1:], amounts[1:], strict=True)
            if label not in (None, "Total")
        )
        for labels, amounts in zip(columns[1::2], columns[2::2], strict=True)
    }

    track_at, submission_at = read_agenda_solution(path, instance)
    terms = agenda_terms(instance, track_at.tolist(), submission_at.tolist())

    assert check_agenda(instance, track_at.tolist(), submission_at.tolist()).value == pytest.approx(
        published_value
    )
    for their_name, our_name in {
        "Evaluate Tracks|Sessions": "tracks in sessions",
        "Evaluate Tracks|Rooms": "tracks in rooms",
        "Evaluate Sessions|Rooms": "sessions in rooms",
        "Evaluate Submissions|Timezones": "submissions by time zone",
        "Evaluate Submissions|Sessions": "submissions in sessions",
        "Evaluate Submissions|Rooms": "submissions in rooms",
        "Evaluate Consecutive Tracks": "consecutive tracks",
        "Evaluate Similar Tracks": "similar tracks",
        "Evaluate NumberOfRoomsPerTrack": "rooms per track",
        "Evaluate Presenters Conflicts": "presenters",
        "Evaluate Attendees Conflicts": "attendees",
        "Evaluate Chairs Conflicts": "chairs",
    }.items():
        ours = sorted((label, float(amount)) for label, amount in terms.get(our_name, ()))
        assert [label for label, _ in ours] == [label for label, _ in theirs[their_name]]
        assert [amount for _, amount in ours] == pytest.approx([amount for _, amount in theirs[their_name]])


def test_a_generated_conference_is_read_and_solved(tmp_path):
    path = tmp_path / "agenda.xlsx"
    conference(tracks=4, rooms=2, days=1, seed=3).save(path)

    result = solve_agenda(read_agenda(path), limits(5))

    assert result.checker == Verdict(True, result.value)
    assert result.bound <= result.value


def test_cancelling_ends_the_search_within_half_a_second(tmp_path):
    path = tmp_path / "agenda.xlsx"
    conference(tracks=12, rooms=6, days=2, seed=1).save(path)
    patience = Patience(3)
    result = solve_agenda(read_agenda(path), limits(60, is_cancelled=patience.is_over))

    assert result.status is Status.CANCELLED
    assert patience.waited_s() < 0.5


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "message"),
    [
        ("submissions", "B2", "Knitting", "submissions: talk001 has the unknown track 'Knitting'"),
        ("submissions", "C2", 99, "submission talk001 needs 99 time slots, sessions have up to 3"),
        ("submissions", "A3", "talk001", "submission 'talk001' stands twice"),
        ("submissions", "E2", "CET", "time zone must be GMT and hours, as in GMT+2, not 'CET'"),
        ("similar tracks", "C2", "yes", "similar tracks: Track 1, Track 2 must be a number, not 'yes'"),
        ("tracks_rooms|penalty", "A2", "Nobody", "tracks_rooms|penalty: there is no row 'Track 1'"),
        ("sessions", "D2", "early", "sessions: start must be a time of day, not 'early'"),
        ("parameters", "E2", -1, "weight tracks_sessions must be >= 0, not -1"),
    ],
)
def test_broken_workbooks_are_refused_with_their_place(tmp_path, sheet, cell, value, message):
    book = conference(tracks=3, rooms=2, days=1, seed=1)
    book[sheet][cell] = value
    book.save(tmp_path / "agenda.xlsx")

    with pytest.raises(InvalidInstance) as caught:
        read_agenda(tmp_path / "agenda.xlsx")

    assert str(caught.value).startswith(message)


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "agenda.xlsx"
    path.write_bytes(b"no workbook")

    with pytest.raises(InvalidInstance, match=r"agenda\.xlsx is no workbook"):
        read_agenda(path)
