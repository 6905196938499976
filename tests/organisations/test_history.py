"""Closing organisations and what they became."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from filiera.accounts.viewer import SYSTEM
from filiera.organisations import actions
from filiera.organisations.models import OrganisationRevision, Succession
from tests.accounts.factories import NOW
from tests.organisations.factories import OrganisationFactory, SuccessionFactory
from tests.organisations.viewers import administrator, in_workspace

pytestmark = pytest.mark.django_db


def test_a_succession_closes_the_earlier_organisation():
    old, new = OrganisationFactory(), OrganisationFactory()

    actions.record_succession(
        kind="merged",
        from_organisation=old,
        to_organisation=new,
        happened_on=date(2016, 9, 1),
        precision="month",
        source_url="https://example.org/source",
        by=administrator(),
        at=NOW,
    )

    old.refresh_from_db()
    assert (old.closed_on, old.closed_precision) == (date(2016, 9, 1), "month")
    assert list(
        Succession.objects.values_list("kind", "from_organisation", "to_organisation", "precision")
    ) == [("merged", old.pk, new.pk, "month")]
    assert OrganisationRevision.objects.get().changed == {"closed_on": [None, "2016-09-01"]}


def test_only_an_administrator_records_history(manager, cluster):
    with pytest.raises(PermissionDenied):
        actions.record_succession(
            kind="renamed",
            from_organisation=cluster,
            to_organisation=OrganisationFactory(),
            happened_on=date(2020, 1, 1),
            by=in_workspace(manager),
            at=NOW,
        )
    with pytest.raises(PermissionDenied):
        actions.close_organisation(
            organisation=cluster, closed_on=date(2020, 1, 1), by=in_workspace(manager), at=NOW
        )


def test_what_cannot_follow_is_refused():
    old, new = OrganisationFactory(founded_on=date(2010, 1, 1)), OrganisationFactory()
    told = SuccessionFactory(kind="split")

    def record(**values):
        actions.record_succession(
            **{
                "kind": "merged",
                "from_organisation": old,
                "to_organisation": new,
                "happened_on": date(2016, 1, 1),
                "by": SYSTEM,
                "at": NOW,
                **values,
            }
        )

    with pytest.raises(actions.SuccessionOfItself):
        record(to_organisation=old)
    with pytest.raises(actions.ClosedBeforeFounded):
        record(happened_on=date(2009, 12, 31))
    with pytest.raises(actions.DateInFuture):
        record(happened_on=NOW.date() + timedelta(days=1))
    with pytest.raises(actions.SuccessionRecorded):
        record(from_organisation=told.from_organisation, to_organisation=told.to_organisation)

    old.refresh_from_db()
    assert (old.closed_on, Succession.objects.count()) == (None, 1)
