"""The mails about shared sets: a version, an adoption, a proposal, what is said to it and what is decided."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from filiera.indicators.actions.round_mails import mail_language
from filiera.indicators.models import IndicatorSet, SetAdoption, SetOpinion, SetProposal, SetVersion
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.round_asked import people_of
from filiera.indicators.queries.set_changes import change_of
from filiera.indicators.queries.set_circles import members_to_tell, speakers_of, users_of
from filiera.mail.actions import queue_mail
from filiera.organisations.models import Organisation


def tell_of_version_later(version_id: int) -> None:
    tell_of_version.defer(version_id=version_id)


@app.task(name="indicators.tell_of_set_version")
def tell_of_version(version_id: int) -> None:
    """To those who use the set and to the members of whoever made it; may run twice without harm."""
    rows = SetVersion.objects.published().select_related("indicator_set__organisation")
    version = rows.filter(pk=version_id).first()
    if version is None:
        return
    indicator_set = version.indicator_set
    proposers = version.proposals.values_list("organisation_id", flat=True)
    circle = {*users_of(indicator_set), *members_to_tell(indicator_set), *proposers}
    circle.discard(indicator_set.organisation_id)
    _write("set_published", f"set-version-{version.pk}", circle, indicator_set, version=version)


def tell_of_adoption_later(adoption_id: int) -> None:
    tell_of_adoption.defer(adoption_id=adoption_id)


@app.task(name="indicators.tell_of_set_adoption")
def tell_of_adoption(adoption_id: int) -> None:
    """To whoever made the set."""
    rows = SetAdoption.objects.select_related(
        "indicator_set__organisation", "organisation", "version", "adopted_by"
    )
    adoption = rows.filter(pk=adoption_id).first()
    if adoption is None:
        return
    indicator_set = adoption.indicator_set
    _write(
        "set_adopted",
        f"set-adoption-{adoption.pk}",
        [indicator_set.organisation_id],
        indicator_set,
        adoption=adoption,
        version=adoption.version,
    )


def tell_of_proposal_later(proposal_id: int) -> None:
    tell_of_proposal.defer(proposal_id=proposal_id)


@app.task(name="indicators.tell_of_set_proposal")
def tell_of_proposal(proposal_id: int) -> None:
    """To whoever made the set and to those who use it."""
    proposal = _proposal(proposal_id)
    if proposal is None:
        return
    circle = {proposal.indicator_set.organisation_id, *users_of(proposal.indicator_set)}
    _write_of_proposal("set_proposed", f"set-proposal-{proposal.pk}", circle, proposal)


def tell_of_opinion_later(opinion_id: int) -> None:
    tell_of_opinion.defer(opinion_id=opinion_id)


@app.task(name="indicators.tell_of_set_opinion")
def tell_of_opinion(opinion_id: int) -> None:
    """To whoever proposed the change, and to whoever decides on it."""
    opinion = SetOpinion.objects.select_related("organisation").filter(pk=opinion_id).first()
    proposal = None if opinion is None else _proposal(opinion.proposal_id)
    if opinion is None or proposal is None:
        return
    circle = {proposal.indicator_set.organisation_id, proposal.organisation_id} - {opinion.organisation_id}
    key = f"set-opinion-{opinion.pk}-{opinion.said_at:%Y%m%d%H%M%S}"
    _write_of_proposal("set_opinion", key, circle, proposal, opinion=opinion)


def tell_of_decision_later(proposal_id: int) -> None:
    tell_of_decision.defer(proposal_id=proposal_id)


@app.task(name="indicators.tell_of_set_decision")
def tell_of_decision(proposal_id: int) -> None:
    """To whoever proposed it, to those who said something and to those who use the set."""
    proposal = _proposal(proposal_id)
    if proposal is None or proposal.is_open:
        return
    indicator_set = proposal.indicator_set
    circle = {
        proposal.organisation_id,
        indicator_set.organisation_id,
        *speakers_of(proposal),
        *users_of(indicator_set),
    }
    # Who decided knows it.
    is_withdrawn = proposal.state == "withdrawn"
    circle.discard(proposal.organisation_id if is_withdrawn else indicator_set.organisation_id)
    _write_of_proposal("set_decided", f"set-decision-{proposal.pk}", circle, proposal)


def _proposal(proposal_id: int) -> SetProposal | None:
    rows = SetProposal.objects.select_related(
        "indicator_set__organisation", "organisation", "coming", "taken_in"
    )
    return rows.filter(pk=proposal_id).first()


def _write_of_proposal(
    template: str, key: str, circle: Iterable[int], proposal: SetProposal, **context: object
) -> None:
    version = SetVersion.objects.published().filter(indicator_set=proposal.indicator_set_id)
    _write(
        template,
        key,
        set(circle) - ({proposal.organisation_id} if template == "set_proposed" else set()),
        proposal.indicator_set,
        proposal=proposal,
        change=change_of(proposal, current_definitions()),
        version=version.order_by("-number").first(),
        **context,
    )


def _write(
    template: str, key: str, circle: Iterable[int], indicator_set: IndicatorSet, **context: object
) -> None:
    """To each team of the circle, with the page in its own workspace."""
    organisations = Organisation.objects.in_bulk(sorted(set(circle)))
    proposal = context.get("proposal")
    for organisation_id, people in people_of(sorted(organisations)).items():
        organisation = organisations[organisation_id]
        arguments = [organisation.slug, indicator_set.pk]
        name = "indicators:set"
        if isinstance(proposal, SetProposal):
            arguments, name = [*arguments, proposal.pk], "indicators:set_proposal"
        for person in people:
            queue_mail(
                key=f"{key}-{person.pk}",
                to=person,
                template=f"indicators/mail/{template}.txt",
                context={
                    "person": person,
                    "organisation": organisation,
                    "set": indicator_set,
                    "link": f"{settings.PUBLIC_URL}{reverse(name, args=arguments)}",
                    **context,
                },
                language=mail_language(person.language),
                at=timezone.now(),
            )
