"""The made-up cohort of the Torino edition: who applied, marked as demonstration wherever it is shown."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM
from filiera.admissions import facts
from filiera.admissions.models import Application, ApplicationState, Call, CallKind, CallState
from filiera.demo.applicants import SEED, Applicant, made_up_applicants
from filiera.ledger import actions as ledger
from filiera.organisations.actions import Profile, create_organisation
from filiera.organisations.models import Organisation
from filiera.reference.models import Country, Ecosystem

ROME = ZoneInfo("Europe/Rome")
OPENED = datetime(2023, 2, 20, 9, 0, tzinfo=ROME)
CLOSED = datetime(2023, 3, 31, 18, 0, tzinfo=ROME)
PLACES = 30


@transaction.atomic
def load_cohort(edition: Edition, people: dict[str, Person], at: datetime) -> Call:
    """Make the call and its eighty-four applications; a call that is there already stays as it is."""
    known = Call.objects.filter(edition=edition, kind=CallKind.PARTICIPANTS).first()
    if known is not None:
        return known
    call = _call(edition)
    applicants = made_up_applicants()
    organisations = _organisations(applicants, at)
    _applications(call, applicants, organisations, people, at)
    return call


def _call(edition: Edition) -> Call:
    return Call.objects.create(
        edition=edition,
        title={"en": "Call for thirty cluster managers", "it": "Bando per trenta cluster manager"},
        text={
            "en": "Four days, two online and two in Torino, for people who run a cluster organisation and "
            "bring a challenge that they want to work on with others.",
            "it": "Quattro giorni, due online e due a Torino, per chi guida un cluster e porta una sfida "
            "su cui lavorare con altri.",
        },
        state=CallState.PUBLISHED,
        opens_at=OPENED,
        closes_at=CLOSED,
        time_zone=ROME.key,
        places=PLACES,
        most_per_organisation=3,
        is_demonstration=True,
    )


def _organisations(applicants: list[Applicant], at: datetime) -> dict[str, Organisation]:
    countries, ecosystems = Country.objects.in_bulk(), Ecosystem.objects.in_bulk()
    made: dict[str, Organisation] = {}
    for told in (applicant.organisation for applicant in applicants):
        if told.slug not in made:
            made[told.slug] = create_organisation(
                profile=Profile(
                    name=told.name,
                    kind=told.kind,
                    country=countries[told.country],
                    ecosystems=[ecosystems[told.ecosystem]],
                ),
                slug=told.slug,
                is_demonstration=True,
                although_similar=True,
                by=SYSTEM,
                at=at,
            )
    # They fill the pages of one edition, not the directory of real organisations.
    Organisation.objects.filter(slug__in=made).update(is_listed=False)
    return made


def _applications(
    call: Call,
    applicants: list[Applicant],
    organisations: dict[str, Organisation],
    people: dict[str, Person],
    at: datetime,
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    known = next(applicant.number for applicant in applicants if applicant.organisation.country == "FI")
    open_for = CLOSED - OPENED
    for applicant in applicants:
        organisation = organisations[applicant.organisation.slug]
        if applicant.number == known:
            # The person whom a visitor of the demonstration can be is one of those who applied.
            person, organisation = people["participant"], Organisation.objects.get(slug="energyvaasa")
        else:
            person = Person.objects.create_person(
                email=applicant.email,
                name=applicant.name,
                country=applicant.organisation.country,
                language="en",
                created_at=at,
            )
        # Most come in the last days, as they do.
        submitted_at = OPENED + open_for * (1 - chance.random() ** 2)
        application = Application.objects.create(
            call=call,
            number=applicant.number,
            state=ApplicationState.SUBMITTED,
            filed_by=person,
            candidate=person,
            organisation=organisation,
            organisation_kind=organisation.kind,
            candidate_name=person.name,
            candidate_email=person.email,
            candidate_position=applicant.position,
            gender=applicant.gender,
            country_id=applicant.organisation.country,
            languages=list(applicant.languages),
            ecosystem_id=applicant.organisation.ecosystem,
            maturity=applicant.organisation.maturity,
            is_returning=applicant.is_returning,
            challenge_title=applicant.challenge_title,
            challenge=applicant.challenge,
            language="en",
            created_at=submitted_at - timedelta(hours=chance.randint(1, 60)),
            changed_at=submitted_at,
            submitted_at=submitted_at,
            is_demonstration=True,
        )
        ledger.record(
            facts.APPLICATION_SUBMITTED.code,
            subject=application,
            by=SYSTEM,
            at=at,
            happened_at=submitted_at,
            organisation=organisation,
            counterpart=call.edition.organiser,
            ecosystem=application.ecosystem,
        )
