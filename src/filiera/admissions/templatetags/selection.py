"""How the pages of the selection say scores, decisions and proofs."""

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from filiera.admissions.models import (
    Application,
    Decision,
    ProposalStatus,
    Selection,
    SelectionDecision,
)
from filiera.admissions.queries.selection import name_of, organisation_of
from filiera.admissions.queries.selection_pool import NEW, RETURNING, VALUE_CHOICES
from filiera.admissions.queries.selection_reasons import in_points, plain_points
from filiera.texts.languages import translated

register = template.Library()

_CLASSES = {
    Decision.SELECTED: "in",
    Decision.RESERVE: "waiting",
    Decision.REJECTED: "out",
    Decision.UNDECIDED: "open",
}


@register.filter
def points(value: float | None) -> str:
    return "" if value is None else plain_points(value)


@register.filter
def points_in_words(value: float) -> str:
    return in_points(value)


@register.filter
def decision_class(decision: SelectionDecision) -> SafeString:
    return mark_safe(_CLASSES[Decision(decision.decision)])


@register.filter
def decision_words(decision: SelectionDecision) -> str:
    """In one or two words, the rank with the reserve list."""
    if decision.decision == Decision.RESERVE:
        return _("reserve %(rank)s") % {"rank": decision.reserve_rank}
    words = {
        Decision.SELECTED.value: _("in"),
        Decision.REJECTED.value: _("out"),
        Decision.UNDECIDED.value: _("undecided"),
    }
    return words[decision.decision]


@register.filter
def applicant_name(application: Application) -> str:
    return name_of(application)


@register.filter
def applicant_organisation(application: Application) -> str:
    return organisation_of(application)


@register.filter
def applicant_profile(application: Application) -> str:
    """Ecosystem, maturity and whether new, in one line."""
    parts = [
        translated(application.ecosystem.names) if application.ecosystem else "",
        str(VALUE_CHOICES["maturity"].get(application.maturity, "")),
        str(VALUE_CHOICES["newcomer"][RETURNING if application.is_returning else NEW]),
    ]
    return " · ".join(part for part in parts if part)


@register.filter
def proof_sentence(selection: Selection) -> str:
    """How good the cohort is known to be."""
    seconds = number_format(selection.seconds or 0.0, 2, use_l10n=True)
    if selection.out_of_date_at is not None or selection.status == ProposalStatus.BY_HAND:
        return _("Changed since the proposal; how far it is from the best is not known.")
    if selection.status == ProposalStatus.OPTIMAL:
        return _("No other cohort scores more under these limits (proven in %(seconds)s s).") % {
            "seconds": seconds
        }
    if selection.bound is None or selection.gap is None:
        return ""
    told = {
        "bound": plain_points(selection.bound),
        "gap": number_format(100 * selection.gap, 2, use_l10n=True),
        "seconds": seconds,
    }
    return _("At most %(bound)s can be reached: %(gap)s %% away (after %(seconds)s s).") % told


@register.filter
def version_words(version: Selection) -> str:
    said = _("Version %(number)s") % {"number": version.number}
    return f"{said}: {version.name}" if version.name else said
