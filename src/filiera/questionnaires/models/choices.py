"""The named choices of questionnaires."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionnaireState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("form", "Draft")
    OPEN = "open", pgettext_lazy("form", "Open")
    CLOSED = "closed", pgettext_lazy("form", "Closed")


class Anonymity(models.TextChoices):
    """Whether answers lead to the person who gave them."""

    NAMED = "named", _("With names")
    ANONYMOUS = "anonymous", _("Anonymous")
    CHOSEN = "chosen", _("Whoever answers chooses")


class Audience(models.TextChoices):
    """Who may read an answer, from the widest to the narrowest; the respondent always may."""

    PARTICIPANTS = "participants", _("Everybody who takes part")
    REVIEWERS = "reviewers", _("Reviewers and the team")
    TEAM = "team", _("The team")
    SENSITIVE = "sensitive", _("Only the roles named for sensitive answers")


class QuestionKind(models.TextChoices):
    SHORT = "short", _("Short text")
    LONG = "long", _("Long text")
    CHOICE = "choice", _("One of several")
    CHOICES = "choices", _("Several of several")
    YES_NO = "yes_no", _("Yes or no")
    SCALE = "scale", _("Scale")
    RECOMMENDATION = "recommendation", _("Recommendation from 0 to 10 (Net Promoter Score)")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    FILE = "file", _("File")
    ORGANISATION = "organisation", _("Organisation")
    COUNTRY = "country", _("Country")
    ECOSYSTEM = "ecosystem", _("Industrial ecosystem")
    CONSENT = "consent", _("Consent")
    TEXT = "text", _("Text without an answer")


KINDS_WITH_OPTIONS = (QuestionKind.CHOICE, QuestionKind.CHOICES)
# A condition compares with one of a few known values.
KINDS_FOR_CONDITIONS = (
    QuestionKind.CHOICE,
    QuestionKind.CHOICES,
    QuestionKind.YES_NO,
    QuestionKind.SCALE,
    QuestionKind.RECOMMENDATION,
    QuestionKind.CONSENT,
)


class ResponseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
