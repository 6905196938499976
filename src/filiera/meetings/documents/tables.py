"""The meetings of a round as a table to take along."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.meetings.models import Attendee, MeetingRound, MeetingWish, OutcomeQuestion, WishState
from filiera.meetings.queries.problem import pair_of
from filiera.meetings.queries.standing import RoundStanding
from filiera.meetings.words import table_words
from filiera.shared.tables import Cell
from filiera.shared.time import at_zone

TABLE_HEADER = (
    gettext_lazy("Begins"),
    gettext_lazy("Ends"),
    gettext_lazy("Place"),
    gettext_lazy("First"),
    gettext_lazy("Organisation of the first"),
    gettext_lazy("Second"),
    gettext_lazy("Organisation of the second"),
    gettext_lazy("State"),
    gettext_lazy("Priority"),
    gettext_lazy("What the first said last"),
    gettext_lazy("What the second said last"),
    gettext_lazy("Demonstration"),
)


def meeting_rows(viewer: Viewer, round_: MeetingRound, standing: RoundStanding) -> Iterator[list[Cell]]:
    """A row for each meeting, in the order of time; notes are not in it, and who is kept apart neither."""
    zone = round_.edition.time_zone
    worth: dict[tuple[int, int], int] = {}
    wishes = MeetingWish.objects.visible_to(viewer).filter(round=round_)
    for wish in wishes.filter(state__in=[WishState.WAITING, WishState.ACCEPTED]):
        pair = pair_of(wish.wisher_id, wish.wanted_id)
        worth[pair] = worth.get(pair, 0) + wish.priority
    said: dict[tuple[int, int], str] = {}
    answers = OutcomeQuestion.objects.visible_to(viewer).filter(meeting__round=round_).exclude(answer="")
    for question in answers.order_by("after_days"):
        said[question.meeting_id, question.attendee_id] = str(question.get_answer_display())
    for meeting in standing.meetings:
        yield [
            at_zone(meeting.slot.starts_at, zone),
            at_zone(meeting.slot.ends_at, zone),
            table_words(meeting.table),
            meeting.first.name,
            _organisation(meeting.first),
            meeting.second.name,
            _organisation(meeting.second),
            str(meeting.get_state_display()),
            worth.get((meeting.first_id, meeting.second_id)),
            said.get((meeting.pk, meeting.first_id), ""),
            said.get((meeting.pk, meeting.second_id), ""),
            _("yes") if round_.is_demonstration else "",
        ]


def _organisation(attendee: Attendee) -> str:
    return attendee.organisation.name_here if attendee.organisation else attendee.organisation_name
