"""Rows of one organisation that nobody outside its workspace sees."""

from typing import Self, TypeVar

from django.db import models

from filiera.accounts.viewer import Viewer
from filiera.indicators.permissions import Permission

_Row = TypeVar("_Row", bound=models.Model)


class OwnRowsQuerySet(models.QuerySet[_Row]):
    """For models with an `organisation`: those who see its figures see its rows."""

    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if viewer.organisation_id is None or not viewer.may(Permission.INDICATORS_VIEW):
            return self.none()
        return self.filter(organisation=viewer.organisation_id)
