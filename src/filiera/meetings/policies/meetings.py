"""Who may act in meetings of two, for themselves or for all."""

from filiera.accounts.viewer import Viewer
from filiera.meetings.models import Attendee, Meeting, MeetingRound, OutcomeQuestion
from filiera.meetings.permissions import answer_question
from filiera.meetings.policies import can_plan_meetings, can_wish


def can_join(viewer: Viewer, round_: MeetingRound) -> bool:
    """People of the edition, and each only for themselves: nobody is shown to others by somebody else."""
    return viewer.is_known and can_wish(viewer, round_.edition)


def can_act_as(viewer: Viewer, attendee: Attendee) -> bool:
    is_own = viewer.person_id is not None and attendee.person_id == viewer.person_id
    return is_own and can_wish(viewer, attendee.round.edition)


def can_change_presence(viewer: Viewer, attendee: Attendee) -> bool:
    """One's own; and whoever plans, who hears by telephone that somebody is ill."""
    return can_act_as(viewer, attendee) or can_plan_meetings(viewer, attendee.round.edition)


def can_change_meeting(viewer: Viewer, meeting: Meeting) -> bool:
    own = can_act_as(viewer, meeting.first) or can_act_as(viewer, meeting.second)
    return own or can_plan_meetings(viewer, meeting.round.edition)


def can_answer(viewer: Viewer, question: OutcomeQuestion) -> bool:
    """Whom it was put to, signed in or by the link in the mail."""
    if viewer.may(answer_question(question.pk)) and not viewer.administering:
        return True
    return viewer.person_id is not None and question.attendee.person_id == viewer.person_id
