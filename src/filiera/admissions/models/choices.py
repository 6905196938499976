"""The named choices of admission: calls, applications, places and presence."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CallKind(models.TextChoices):
    PARTICIPANTS = "participants", _("Participants")
    HOSTS = "hosts", _("Host venues")


class CallState(models.TextChoices):
    """Between opening and closing a published call takes applications; the clock decides that."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class ApplicationState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("application", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("application", "Submitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")


class ReviewState(models.TextChoices):
    ASSIGNED = "assigned", _("Assigned")
    GIVEN = "given", _("Given")
    CONFLICT = "conflict", _("Conflict of interest")


class Maturity(models.TextChoices):
    """How long and how steadily a cluster organisation has been at work."""

    EMERGING = "emerging", _("Emerging")
    ESTABLISHED = "established", _("Established")
    MATURE = "mature", _("Mature")


class Gender(models.TextChoices):
    """As the person wishes to be counted; not asked means not counted."""

    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OTHER = "other", _("Another gender")


class ParticipationState(models.TextChoices):
    SELECTED = "selected", _("Selected, not yet told")
    OFFERED = "offered", _("Place offered")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Offer expired")
    CANCELLED = "cancelled", pgettext_lazy("place", "Cancelled")


class AttendanceMode(models.TextChoices):
    """How somebody means to be there on a day."""

    ONLINE = "online", _("Online")
    IN_PERSON = "in_person", _("In person")
    ABSENT = "absent", _("Absent")


class SessionPlaceState(models.TextChoices):
    """A place in a session that needs sign-up; one given back leaves."""

    TAKEN = "taken", _("Place taken")
    WAITING = "waiting", _("On the waiting list")


class PresenceMode(models.TextChoices):
    """How somebody was there."""

    ONLINE = "online", _("Online")
    IN_PERSON = "in_person", _("In person")


class PresenceSource(models.TextChoices):
    SCAN = "scan", _("Code scanned")
    LIST = "list", _("Ticked in the list")
    SELF = "self", _("Own check-in")
    IMPORT = "import", _("Imported")


class ClockNote(models.TextChoices):
    """Why the time of a presence is not what the device said."""

    NONE = "", _("As the device said")
    AHEAD = "ahead", _("The device's clock was ahead")
    BEHIND = "behind", _("The device's clock was far behind")


class BalanceAttribute(models.TextChoices):
    """What a cohort is balanced by."""

    COUNTRY = "country", _("Country")
    ECOSYSTEM = "ecosystem", _("Ecosystem")
    MATURITY = "maturity", _("Maturity of the cluster")
    ORGANISATION_KIND = "organisation_kind", _("Kind of organisation")
    GENDER = "gender", _("Gender")
    NEWCOMER = "newcomer", _("New or returning")
    LANGUAGE = "language", _("Language spoken")
    ORGANISATION = "organisation", _("Organisation")


class Decision(models.TextChoices):
    """What is to become of an application."""

    UNDECIDED = "undecided", _("Undecided")
    SELECTED = "selected", _("Selected")
    RESERVE = "reserve", _("Reserve list")
    REJECTED = "rejected", _("Not selected")


class HandChoice(models.TextChoices):
    """What somebody said beforehand, whatever the scores."""

    PINNED = "pinned", _("Pinned in")
    EXCLUDED = "excluded", _("Left out by hand")


class ProposalStatus(models.TextChoices):
    """How the last search for the best cohort ended."""

    NONE = "none", _("Not proposed yet")
    OPTIMAL = "optimal", _("Proven: no other cohort scores more under these limits")
    TIME_LIMIT = "time_limit", _("The best found in the time given")
    CANCELLED = "cancelled", _("The best found until it was stopped")
    INFEASIBLE = "infeasible", _("The limits contradict each other")
    BY_HAND = "by_hand", _("Changed by hand after the proposal")


class RunKind(models.TextChoices):
    PROPOSE = "propose", _("Looking for the best cohort")
    EXPLAIN = "explain", _("Working out the reasons")


class SelectionStepKind(models.TextChoices):
    """What can be taken back on the board."""

    PROPOSED = "proposed", _("the proposal")
    RULE_ADDED = "rule_added", _("the new limit")
    RULE_CHANGED = "rule_changed", _("the change of a limit")
    RULE_REMOVED = "rule_removed", _("the removal of a limit")
    PINNED = "pinned", _("the pin")
    EXCLUDED = "excluded", _("the exclusion")
    FREED = "freed", _("letting the scores decide")
    SETTINGS = "settings", _("the number on the reserve list")
