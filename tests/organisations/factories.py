"""The smallest valid organisations, teams and memberships."""

from datetime import UTC, date, datetime

import factory

from filiera.organisations import models
from filiera.organisations.identity import comparable_name
from filiera.texts.sorting import sort_key
from tests.accounts.factories import PersonFactory


class OrganisationFactory(factory.django.DjangoModelFactory[models.Organisation]):
    class Meta:
        model = models.Organisation

    class Params:
        company = factory.Trait(kind=models.OrganisationKind.COMPANY, size_class=models.SizeClass.SMALL)
        meta_cluster = factory.Trait(kind=models.OrganisationKind.META_CLUSTER)
        unlisted = factory.Trait(is_listed=False)

    slug = factory.Sequence(lambda number: f"organisation-{number}")
    kind = models.OrganisationKind.CLUSTER
    name = factory.Sequence(lambda number: f"Organisation {number}")
    sort_key = factory.LazyAttribute(lambda organisation: sort_key(organisation.name))
    comparable_name = factory.LazyAttribute(lambda organisation: comparable_name(organisation.name))
    search_key = factory.SelfAttribute("sort_key")
    created_at = datetime(2023, 1, 1, tzinfo=UTC)


class PositionFactory(factory.django.DjangoModelFactory[models.Position]):
    class Meta:
        model = models.Position

    class Params:
        manager = factory.Trait(role=models.Role.MANAGER)
        contact = factory.Trait(role=models.Role.CONTACT)
        ended = factory.Trait(until_date=date(2023, 1, 2))

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = models.Role.STAFF
    from_date = date(2023, 1, 1)


class MembershipFactory(factory.django.DjangoModelFactory[models.Membership]):
    class Meta:
        model = models.Membership

    class Params:
        ended = factory.Trait(end_on=date(2023, 2, 1))

    member = factory.SubFactory(OrganisationFactory, company=True)
    cluster = factory.SubFactory(OrganisationFactory)
    start_on = date(2023, 1, 1)
    created_at = datetime(2023, 1, 1, tzinfo=UTC)


class SuccessionFactory(factory.django.DjangoModelFactory[models.Succession]):
    class Meta:
        model = models.Succession

    kind = models.Succession.Kind.MERGED
    from_organisation = factory.SubFactory(OrganisationFactory)
    to_organisation = factory.SubFactory(OrganisationFactory)
    happened_on = date(2015, 1, 1)
    precision = models.Precision.YEAR
