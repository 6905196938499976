"""The participant list: whoever wants to be found by the others of the edition."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from filiera.academy.models import EditionMember
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import MEET_PARTICIPANTS

from .choices import ParticipationState
from .participations import Participation


class ListingQuerySet(models.QuerySet["Listing"]):
    def standing(self) -> Self:
        """Of people who still have their place and their account, and belong to the edition."""
        belongs = EditionMember.objects.current().filter(
            edition=OuterRef("participation__edition"), person=OuterRef("participation__person")
        )
        return self.filter(
            Exists(belongs),
            participation__state=ParticipationState.CONFIRMED,
            participation__person__is_active=True,
        )

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; those of the edition for its people."""
        if viewer.person_id is None:
            return self.none()
        shown = Q(participation__person_id=viewer.person_id)
        if viewer.edition_id is not None and viewer.may(MEET_PARTICIPANTS):
            shown |= Q(participation__edition_id=viewer.edition_id)
        return self.standing().filter(shown)


ListingManager = models.Manager.from_queryset(ListingQuerySet)


class Listing(models.Model):
    """A participant asked to be in the list; without this row nobody finds them there."""

    participation = models.OneToOneField(Participation, on_delete=models.CASCADE, related_name="listing")
    challenge = models.TextField(max_length=1000, blank=True)
    sort_key = models.CharField(max_length=400)
    # Name, organisation and challenge without accents and capitals: what the search looks in.
    search_key = models.TextField()
    listed_at = models.DateTimeField()

    objects: ClassVar[ListingManager["Listing"]] = ListingManager()

    class Meta:
        indexes = [models.Index(fields=["sort_key", "id"], name="listing_by_name")]

    def __str__(self) -> str:
        return str(self.participation_id)
