"""The made-up reviews of the eighty-four applications, from which a selection can begin."""

import random
from datetime import timedelta

from django.db import transaction

from filiera.accounts.models import Person
from filiera.admissions.models import Application, Call, Criterion, Review, ReviewState, Score
from filiera.demo.applicants import SEED, made_up_applicants

_CRITERIA = (
    ({"en": "Challenge", "it": "Sfida"}, 3),
    ({"en": "What the cluster can put into practice", "it": "Che cosa il cluster può mettere in pratica"}, 2),
    ({"en": "Readiness to share", "it": "Disponibilità a condividere"}, 1),
)
_HIGHEST = 10


@transaction.atomic
def load_reviews(call: Call, people: dict[str, Person]) -> None:
    """Two reviews for each application; where criteria are there already, they stay as they are."""
    if Criterion.objects.filter(call=call).exists() or call.closes_at is None:
        return
    criteria = Criterion.objects.bulk_create(
        Criterion(call=call, position=position, name=name, weight=weight, lowest=0, highest=_HIGHEST)
        for position, (name, weight) in enumerate(_CRITERIA, start=1)
    )
    quality = {applicant.number: applicant.quality for applicant in made_up_applicants()}
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    reviews = Review.objects.bulk_create(
        Review(
            application=application,
            reviewer=people[role],
            state=ReviewState.GIVEN,
            assigned_at=call.closes_at,
            given_at=call.closes_at + timedelta(days=chance.randint(2, 12)),
        )
        for application in Application.objects.submitted().filter(call=call).order_by("number")
        for role in ("reviewer", "organiser")
    )
    Score.objects.bulk_create(
        Score(
            review=review,
            criterion=criterion,
            value=round(
                min(_HIGHEST, max(0, chance.gauss(_HIGHEST * quality[review.application.number], 1.2)))
            ),
        )
        for review in reviews
        for criterion in criteria
    )
