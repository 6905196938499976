"""A pool of applications as large as one likes, from a seed: profiles, scores, a call with limits."""

from random import Random

from filiera.admissions import models
from filiera.organisations.models import Organisation, OrganisationKind
from filiera.reference.models import Country, Ecosystem
from tests.academy.factories import NOW
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import OPENS, CallFactory
from tests.organisations.factories import OrganisationFactory

COUNTRIES = {"IT": 18, "PL": 14, "ES": 12, "DE": 10, "FR": 9, "RO": 8, "PT": 7, "GR": 6, "FI": 4, "IE": 3}
ECOSYSTEMS = {"TEX": 8, "AGRI": 7, "MOB": 6, "DIG": 6, "HEAL": 5, "ENE": 4}


def pool(
    count: int,
    *,
    places: int,
    seed: int = 1,
    call: models.Call | None = None,
    organisations: int | None = None,
    scored: int | None = None,
) -> models.Call:
    """A call with so many submitted applications, all with a score unless `scored` says fewer."""
    dice = Random(seed)
    call = call or CallFactory(places=places)
    countries = dict(Country.objects.in_bulk(list(COUNTRIES)))
    ecosystems = list(Ecosystem.objects.order_by("position"))
    codes = [code for code in COUNTRIES if code in countries]
    owners: list[Organisation] = OrganisationFactory.create_batch(organisations or max(3, count // 2))
    rows = [
        models.Application(
            call=call,
            number=number,
            state=models.ApplicationState.SUBMITTED,
            organisation=dice.choice(owners),
            organisation_kind=dice.choice([OrganisationKind.CLUSTER, OrganisationKind.META_CLUSTER]),
            candidate_name=f"Candidate {number}",
            candidate_email=f"candidate-{number}@example.org",
            country=countries[dice.choices(codes, [COUNTRIES[code] for code in codes])[0]] if codes else None,
            ecosystem=dice.choice(ecosystems) if ecosystems else None,
            maturity=dice.choices(models.Maturity.values, [5, 3, 2])[0],
            gender=dice.choices(["woman", "man", ""], [4, 5, 1])[0],
            languages=dice.sample(["en", "it", "fr", "pl", "es"], 2),
            is_returning=dice.random() < 0.2,
            language=dice.choice(["en", "it"]),
            created_at=OPENS,
            changed_at=OPENS,
            submitted_at=OPENS,
        )
        for number in range(1, count + 1)
    ]
    models.Application.objects.bulk_create(rows)
    criterion = models.Criterion.objects.create(
        call=call, position=1, name={"en": "Overall"}, lowest=0, highest=10
    )
    other = models.Criterion.objects.create(
        call=call, position=2, name={"en": "Challenge"}, lowest=0, highest=10, weight=3
    )
    reviewers = [PersonFactory() for _ in range(2)]
    reviews = [
        models.Review(
            application=row,
            reviewer=reviewer,
            state=models.ReviewState.GIVEN,
            assigned_at=NOW,
            given_at=NOW,
        )
        for row in rows[: count if scored is None else scored]
        for reviewer in reviewers
    ]
    models.Review.objects.bulk_create(reviews)
    models.Score.objects.bulk_create(
        models.Score(review=review, criterion=by, value=dice.randint(2, 10))
        for review in reviews
        for by in (criterion, other)
    )
    return call


def add_rules(selection: models.Selection) -> None:
    """Limits and wishes such as an academy has them."""
    places = selection.call.places
    wishes: list[dict[str, object]] = [
        {"attribute": "country", "most": max(5, places // 6)},
        {"attribute": "organisation", "most": 1},
        {"attribute": "maturity", "value": "mature", "least": places * 8 // 30},
        {"attribute": "gender", "value": "woman", "least": places * 14 // 30},
        {"attribute": "newcomer", "value": "new", "target": places * 26 // 30, "weight": 2.0},
        {"attribute": "language", "value": "it", "target": places // 3, "weight": 1.5},
    ]
    start = selection.rules.count()
    models.SelectionRule.objects.bulk_create(
        models.SelectionRule(selection=selection, position=start + place, **wish)
        for place, wish in enumerate(wishes, start=1)
    )
