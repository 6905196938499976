"""Under which headings the places of an edition's desk stand, in the order of an edition's life."""

from django.utils.translation import gettext_lazy as _

COHORT = _("Call and selection")
PARTICIPANTS = _("Participants")
ON_THE_DAY = _("On the day")
LEARNING = _("Learning and results")
