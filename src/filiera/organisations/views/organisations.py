"""An organisation's own public page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from filiera.accounts.viewer import ViewerRequest
from filiera.organisations import policies, queries
from filiera.organisations.dates import known_date_in_words
from filiera.organisations.drawings import Flow, succession_drawing
from filiera.organisations.models import Organisation, OrganisationKind, Precision
from filiera.organisations.queries import OrganisationStory
from filiera.shared.http import render_page
from filiera.texts.languages import translated
from filiera.texts.markdown import plain_text


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of an organisation's timeline."""

    day: date
    when: str
    words: str
    organisation: Organisation | None = None
    source_url: str = ""
    source_note: str = ""
    is_demonstration: bool = False


@require_GET
def organisation(request: ViewerRequest, slug: str) -> HttpResponse:
    visible = Organisation.objects.visible_to(request.viewer).select_related("country", "region", "activity")
    found = get_object_or_404(visible.prefetch_related("ecosystems"), slug=slug)
    story = queries.organisation_story(request.viewer, found, timezone.now().date())
    flows = _flows(story)
    context = {
        "organisation": found,
        "priorities": list(found.s3_priorities.in_order()),
        "story": story,
        "moments": timeline_of(story),
        "drawing": succession_drawing(flows, title=_("What became of what")) if flows else "",
        "flows": flows,
        "structured": structured_data(found),
        "network": _network(request, found),
        "has_workspace": queries.is_in_team(request.viewer, found)
        or (request.viewer.administering and policies.can_open_workspace(request.viewer, found)),
    }
    return render_page(request, "organisations/organisation.html", context)


def _network(request: ViewerRequest, organisation: Organisation) -> queries.NetworkFigures | None:
    if organisation.kind != OrganisationKind.META_CLUSTER:
        return None
    return queries.network_figures(request.viewer, organisation)


def timeline_of(story: OrganisationStory) -> list[Moment]:
    """Founding, forerunners, memberships and the end, in the order in which they happened."""
    organisation = story.organisation
    moments: list[Moment] = []
    if organisation.founded_on:
        moments.append(_moment(organisation.founded_on, organisation.founded_precision, _("Founded")))
    for succession in story.predecessors:
        words = {
            "merged": _("%(name)s merged into it"),
            "split": _("It was split from %(name)s"),
            "renamed": _("Until then it was %(name)s"),
        }[succession.kind] % {"name": succession.from_organisation.name}
        moments.append(
            _moment(
                succession.happened_on,
                succession.precision,
                words,
                succession.from_organisation,
                succession.source_url,
                translated(succession.source_note),
            )
        )
    for membership in story.clusters:
        name = {"name": membership.cluster.name}
        told = (membership.source_url, translated(membership.source_note), membership.is_demonstration)
        if membership.start_on:
            words = _("Member of %(name)s") % name
            moments.append(
                _moment(membership.start_on, membership.start_precision, words, membership.cluster, *told)
            )
        if membership.end_on:
            words = _("No longer a member of %(name)s") % name
            moments.append(
                _moment(membership.end_on, membership.end_precision, words, membership.cluster, *told)
            )
    for succession in story.successors:
        words = {
            "merged": _("Merged into %(name)s"),
            "split": _("Split; one part is %(name)s"),
            "renamed": _("Continues as %(name)s"),
        }[succession.kind] % {"name": succession.to_organisation.name}
        moments.append(
            _moment(
                succession.happened_on,
                succession.precision,
                words,
                succession.to_organisation,
                succession.source_url,
                translated(succession.source_note),
            )
        )
    if organisation.closed_on and not story.successors:
        moments.append(
            _moment(
                organisation.closed_on,
                organisation.closed_precision,
                pgettext("end of an organisation", "Closed"),
            )
        )
    return sorted(moments, key=lambda moment: moment.day)


def _moment(
    day: date,
    precision: str,
    words: str | Promise,
    organisation: Organisation | None = None,
    source_url: str = "",
    source_note: str = "",
    is_demonstration: bool = False,
) -> Moment:
    when = known_date_in_words(day, precision)
    return Moment(day, when, str(words), organisation, source_url, source_note, is_demonstration)


def _flows(story: OrganisationStory) -> list[Flow]:
    """What became what around this organisation; for a meta-cluster, around each of its members."""
    own = [*story.predecessors, *story.successors]
    if own:
        return [
            Flow(
                succession.from_organisation.name,
                succession.to_organisation.name,
                known_date_in_words(succession.happened_on, succession.precision),
            )
            for succession in own
        ]
    return list(_member_flows(story)) if story.member_successions else []


def _member_flows(story: OrganisationStory) -> Iterable[Flow]:
    forerunners: dict[int, list[Flow]] = {}
    for succession in story.member_successions:
        forerunners.setdefault(succession.to_organisation_id, []).append(
            Flow(
                succession.from_organisation.name,
                succession.to_organisation.name,
                known_date_in_words(succession.happened_on, succession.precision),
            )
        )
    for membership in story.members:
        member = membership.member
        unchanged = Flow(member.name, member.name, _since(member))
        yield from forerunners.get(member.pk, [unchanged])


def _since(organisation: Organisation) -> str:
    if organisation.founded_on is None:
        return ""
    return known_date_in_words(organisation.founded_on, organisation.founded_precision)


def structured_data(organisation: Organisation) -> SafeString:
    """The organisation as schema.org data; `<` is escaped, so no text can leave the element."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": organisation.name,
        "url": f"{settings.PUBLIC_URL}{organisation.get_absolute_url()}",
    }
    if organisation.legal_name:
        data["legalName"] = organisation.legal_name
    if organisation.website:
        data["sameAs"] = organisation.website
    description = plain_text(translated(organisation.description))
    if description:
        data["description"] = description
    address = {
        "addressLocality": organisation.city,
        "addressCountry": organisation.country_id or "",
    }
    told = {key: value for key, value in address.items() if value}
    if told:
        data["address"] = {"@type": "PostalAddress", **told}
    if organisation.founded_on:
        year_only = organisation.founded_precision == Precision.YEAR
        data["foundingDate"] = (
            f"{organisation.founded_on:%Y}" if year_only else (organisation.founded_on.isoformat())
        )
    return mark_safe(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))
