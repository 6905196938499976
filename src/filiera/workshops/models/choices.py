"""The named choices of the rooms where an edition works."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GroupAttribute(models.TextChoices):
    """By what groups are mixed: two who are alike in it cost points when they sit together."""

    COUNTRY = "country", _("Country")
    ECOSYSTEM = "ecosystem", _("Ecosystem")
    MATURITY = "maturity", _("Maturity of the cluster")
    ORGANISATION_KIND = "organisation_kind", _("Kind of organisation")
    LANGUAGE = "language", _("Language")
    ORGANISATION = "organisation", _("Organisation")
    MODE = "mode", _("Online or in person, that day")


class PlacingOnline(models.TextChoices):
    """Where those sit who are online that day."""

    MIXED = "mixed", _("Spread over all groups")
    TOGETHER = "together", _("In groups of their own")


class GroupRuleKind(models.TextChoices):
    TOGETHER = "together", _("Keep together")
    APART = "apart", _("Keep apart")


class SearchStatus(models.TextChoices):
    """How the last search for groups ended."""

    NONE = "none", pgettext_lazy("groups", "Not proposed yet")
    OPTIMAL = "optimal", _("Proven: no other plan loses fewer points")
    BEST_FOUND = "best_found", _("The best found in the time given")
    CANCELLED = "cancelled", _("The best found until it was stopped")
    INFEASIBLE = "infeasible", _("The rules contradict each other")
    BY_HAND = "by_hand", pgettext_lazy("groups", "Changed by hand after the proposal")


class GroupRunKind(models.TextChoices):
    PROPOSE = "propose", _("Looking for the best groups")
    ABSORB = "absorb", _("Taking in late arrivals and absences")


class GroupStepKind(models.TextChoices):
    """What can be taken back; the label says it."""

    PROPOSED = "proposed", _("the proposal")
    ABSORBED = "absorbed", _("taking in arrivals and absences")
    MOVED = "moved", _("the move")
    FIXED = "fixed", _("fixing the place")
    FREED = "freed", _("freeing the place")
    ABSENT = "absent", _("the absence")
    BACK = "back", _("the return")
