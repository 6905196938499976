"""The named choices of the programme."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EditionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    UNLISTED = "unlisted", _("Unlisted")
    PUBLIC = "public", _("Public")


class PartMode(models.TextChoices):
    ONLINE = "online", _("Online")
    IN_PERSON = "in_person", _("In person")
    HYBRID = "hybrid", _("Hybrid")


class SessionKind(models.TextChoices):
    WELCOME = "welcome", _("Welcome")
    PLENARY = "plenary", _("Plenary")
    KEYNOTE = "keynote", _("Keynote")
    PRACTICE_CASE = "practice_case", _("Practice case")
    LESSON = "lesson", _("Lesson")
    WORKSHOP = "workshop", _("Workshop")
    GROUP_WORK = "group_work", _("Group work")
    LABORATORY_VISIT = "laboratory_visit", _("Laboratory visit")
    NETWORKING = "networking", _("Networking")
    SOCIAL = "social", _("Social")
    PRESENTATION = "presentation", _("Presentation")
    QUESTIONS = "questions", _("Q&A")
    BREAK = "break", _("Break")


# The few colours that carry meaning: every kind belongs to one family.
KIND_FAMILY = {
    SessionKind.WELCOME: "talk",
    SessionKind.PLENARY: "talk",
    SessionKind.KEYNOTE: "talk",
    SessionKind.PRACTICE_CASE: "talk",
    SessionKind.LESSON: "live",
    SessionKind.WORKSHOP: "work",
    SessionKind.GROUP_WORK: "work",
    SessionKind.LABORATORY_VISIT: "visit",
    SessionKind.NETWORKING: "social",
    SessionKind.SOCIAL: "social",
    SessionKind.PRESENTATION: "talk",
    SessionKind.QUESTIONS: "live",
    SessionKind.BREAK: "break",
}


class SessionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CANCELLED = "cancelled", _("Cancelled")


class ContributionRole(models.TextChoices):
    SPEAKER = "speaker", _("Speaker")
    KEYNOTE = "keynote", _("Keynote speaker")
    TRAINER = "trainer", _("Trainer")
    FACILITATOR = "facilitator", _("Facilitator")
    MODERATOR = "moderator", _("Moderator")
    HOST = "host", _("Host")


class EditionRole(models.TextChoices):
    DIRECTOR = "director", _("Director")
    PROGRAMME = "programme", _("Programme")
    DESK = "desk", _("Desk")
    CHECK_IN = "check_in", _("Check-in")
    FACILITATOR = "facilitator", _("Facilitator")
    REVIEWER = "reviewer", _("Reviewer")
    HOST = "host", _("Host")
    KITCHEN = "kitchen", _("Kitchen")
    SPEAKER = "speaker", _("Speaker")
    PARTICIPANT = "participant", _("Participant")
    VIEWER = "viewer", _("Viewer")


class MaterialAudience(models.TextChoices):
    PUBLIC = "public", _("Everybody")
    PARTICIPANTS = "participants", _("Participants")
    TEAM = "team", _("Team")


class MaterialMoment(models.TextChoices):
    BEFORE = "before", _("From publication")
    AFTER = "after", _("After the session")


class StepKind(models.TextChoices):
    """What a step in the editor did; the label says what would be taken back."""

    ADDED = "added", pgettext_lazy("step", "Add")
    EDITED = "edited", pgettext_lazy("step", "Edit")
    MOVED = "moved", pgettext_lazy("step", "Move")
    SHELVED = "shelved", pgettext_lazy("step", "Put into the tray")
    DUPLICATED = "duplicated", pgettext_lazy("step", "Duplicate")
    CANCELLED = "cancelled", pgettext_lazy("step", "Cancel")
    RESTORED = "restored", pgettext_lazy("step", "Restore")
    DELETED = "deleted", pgettext_lazy("step", "Delete")
    SPEAKERS = "speakers", pgettext_lazy("step", "Change the speakers of")
    MATERIALS = "materials", pgettext_lazy("step", "Change the materials of")
    ALLOWED = "allowed", pgettext_lazy("step", "Allow an overlap of")
    PARTED = "parted", pgettext_lazy("step", "End an overlap of")
    IMPORTED = "imported", pgettext_lazy("step", "Import")
    DELAYED = "delayed", pgettext_lazy("step", "Delay")
