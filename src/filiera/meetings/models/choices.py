"""Named choices of one-to-one meetings."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RoundScope(models.TextChoices):
    """What a round of meetings belongs to."""

    EDITION = "edition", _("The edition")
    EVENT = "event", _("One session of the programme")
    STANDING = "standing", _("Standing: goes on after the edition")


class WhoAccepts(models.TextChoices):
    BOTH = "both", _("Both sides: a wish counts when the other says yes")
    ORGANISER = "organiser", _("The organiser: every wish counts unless it is turned down")


class WhoSchedules(models.TextChoices):
    SOLVER = "solver", _("One plan for all at once, computed and published by the organiser")
    PEOPLE = "people", _("The people: each pair takes a free slot")


class TableKind(models.TextChoices):
    """The order is that of the solver: tables first, then links."""

    TABLE = "table", pgettext_lazy("meetings", "Table")
    LINK = "link", pgettext_lazy("meetings", "Video link")


class Presence(models.TextChoices):
    """How somebody can meet in a slot."""

    EITHER = "either", _("At a table or online")
    TABLE = "table", _("At a table only")
    LINK = "link", _("Online only")
    AWAY = "away", _("Not at all")


class WishState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("wish", "Waiting for an answer")
    ACCEPTED = "accepted", pgettext_lazy("wish", "Accepted")
    DECLINED = "declined", pgettext_lazy("wish", "Not this time")
    EXPIRED = "expired", pgettext_lazy("wish", "Not answered in time")
    WITHDRAWN = "withdrawn", pgettext_lazy("wish", "Taken back")


class Priority(models.IntegerChoices):
    NICE = 1, pgettext_lazy("wish", "Would be nice")
    WANTED = 2, pgettext_lazy("wish", "Wanted")
    IMPORTANT = 3, pgettext_lazy("wish", "Important")


class MeetingState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("meeting", "Planned")
    HELD = "held", pgettext_lazy("meeting", "Held")
    NOT_HELD = "not_held", pgettext_lazy("meeting", "Did not take place")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")


class PlanStatus(models.TextChoices):
    """How the search for a plan ended; empty while nothing is found."""

    OPTIMAL = "optimal", _("No better plan exists")
    TIME_LIMIT = "time_limit", _("Best plan found in the time given")
    CANCELLED = "cancelled", _("Best plan found until it was stopped")
    INFEASIBLE = "infeasible", _("No plan keeps all that is required")


class Outcome(models.TextChoices):
    """What came of a meeting, as one side says it."""

    NOT_HELD = "not_held", pgettext_lazy("outcome", "We did not meet")
    NOTHING = "nothing", pgettext_lazy("outcome", "We met; nothing follows")
    CONTACT = "contact", pgettext_lazy("outcome", "We met and stay in contact")
    LETTER = "letter_of_interest", pgettext_lazy("outcome", "Letter of interest")
    MEMORANDUM = "memorandum", pgettext_lazy("outcome", "Memorandum")
    PROJECT = "joint_project", pgettext_lazy("outcome", "Joint project")
