"""Reviewers of a call: who they are, and what each may not review."""

from collections.abc import Iterable
from dataclasses import dataclass

from filiera.academy.models import EditionMember, EditionRole
from filiera.accounts.models import Person
from filiera.admissions.models import Application, Call, Review, ReviewState
from filiera.organisations.identity import comparable_name
from filiera.organisations.models import Organisation, Position


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A reviewer with what makes a conflict of interest."""

    person: Person
    organisations: frozenset[int]
    names: frozenset[str]
    countries: frozenset[str]

    def has_conflict(self, application: Application, *, by_country: bool) -> bool:
        """Their own organisation, themselves, and their own country where the call says so."""
        if self.person.pk in (application.filed_by_id, application.candidate_id):
            return True
        if application.candidate_email and application.candidate_email.lower() == self.person.email:
            return True
        if application.organisation_id is not None:
            if application.organisation_id in self.organisations:
                return True
        elif comparable_name(application.organisation_name) in self.names:
            return True
        return by_country and application.country_id in self.countries


def reviewers_of(call: Call) -> list[Reviewer]:
    """Everybody with the role of reviewer in the edition today."""
    members = list(
        EditionMember.objects.current()
        .filter(edition=call.edition_id, role=EditionRole.REVIEWER)
        .select_related("person")
        .order_by("person__sort_name", "person")
    )
    people = [member.person for member in members]
    own: dict[int, set[int]] = {person.pk: set() for person in people}
    for member in members:
        if member.organisation_id is not None:
            own[member.person_id].add(member.organisation_id)
    positions = Position.objects.current().filter(person__in=people)
    for person_id, organisation_id in positions.values_list("person", "organisation"):
        own[person_id].add(organisation_id)
    organisations = Organisation.objects.in_bulk({key for keys in own.values() for key in keys})
    return [_reviewer(person, [organisations[key] for key in sorted(own[person.pk])]) for person in people]


def _reviewer(person: Person, organisations: Iterable[Organisation]) -> Reviewer:
    organisations = list(organisations)
    countries = {organisation.country_id for organisation in organisations} | {person.country}
    return Reviewer(
        person=person,
        organisations=frozenset(organisation.pk for organisation in organisations),
        names=frozenset(organisation.comparable_name for organisation in organisations),
        countries=frozenset(country for country in countries if country),
    )


def excluded_by_application(
    call: Call, applications: Iterable[Application], reviewers: Iterable[Reviewer]
) -> dict[int, set[int]]:
    """For each application the reviewers who may not review it, by rule or by their own word."""
    reviewers = list(reviewers)
    excluded = {
        application.pk: {
            reviewer.person.pk
            for reviewer in reviewers
            if reviewer.has_conflict(application, by_country=call.conflict_by_country)
        }
        for application in applications
    }
    declared = Review.objects.filter(application__call=call, state=ReviewState.CONFLICT)
    for application_id, reviewer_id in declared.values_list("application", "reviewer"):
        if application_id in excluded and reviewer_id is not None:
            excluded[application_id].add(reviewer_id)
    return excluded
