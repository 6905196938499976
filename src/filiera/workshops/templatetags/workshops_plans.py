"""What pages of action plans say again and again: addresses of a plan, texts written together, states."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import template
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from filiera.design.pictures import icon_html
from filiera.workshops.models import Measure, MeasureState
from filiera.workshops.plan_texts import LABELS
from filiera.workshops.queries import plans
from filiera.workshops.queries.plans import TextField

if TYPE_CHECKING:
    from filiera.workshops.views.plan_places import PlanPlace

register = template.Library()

_TONES = {
    MeasureState.PROMISED: "info",
    MeasureState.UNDER_WAY: "info",
    MeasureState.DONE: "ok",
    MeasureState.BLOCKED: "warn",
}


@register.simple_tag
def plan_url(place: "PlanPlace", name: str, *arguments: Any) -> str:
    return place.of_plan(name, *arguments)


@register.simple_tag
def shared_text(text: TextField, prefix: str, typed: Mapping[str, str] | None = None) -> SafeString:
    """A text that several write at once: without scripts an ordinary field that knows its revision.

    `typed` is what a form brought that could not be kept: words and revision stay as they were sent.
    """
    identifier = f"{prefix}_{text.name}"
    words, revision = text.words, str(text.revision)
    if typed and text.name in typed:
        words, revision = typed[text.name], typed.get(f"revision_{text.name}", revision)
    # The line end after the tag is not part of the words; without it a first empty line would be lost.
    return format_html(
        '<div class="field shared-text"><label for="{id}">{label}</label>'
        '<textarea id="{id}" name="{name}" rows="{rows}" maxlength="{most}" autocomplete="off"'
        ' aria-describedby="{id}-writers" data-shared-text="{key}" data-revision="{revision}">'
        "\n{words}</textarea>"
        '<input type="hidden" name="revision_{name}" value="{revision}">'
        '<p class="shared-writers" id="{id}-writers"></p></div>',
        id=identifier,
        label=text.label,
        name=text.name,
        rows=text.rows,
        most=text.most,
        key=text.key,
        revision=revision,
        words=words,
    )


@register.simple_tag
def choice_field(bound: BoundField) -> SafeString:
    """A field of a canvas: nothing there is needed until the plan is presented, so none says "optional"."""
    identifier = bound.id_for_label
    described = f"{identifier}-error" if bound.errors else ""
    control = bound.as_widget(
        attrs={"aria-describedby": described, "aria-invalid": "true"} if bound.errors else None
    )
    errors = (
        format_html(
            '<p class="error" id="{}">{}<span>{}</span></p>',
            described,
            icon_html("alert"),
            format_html_join(mark_safe("<br>"), "{}", ((error,) for error in bound.errors)),
        )
        if bound.errors
        else ""
    )
    return format_html(
        '<div class="field"><label for="{}">{}</label>{}{}</div>', identifier, bound.label, control, errors
    )


@register.simple_tag
def measure_state(measure: Measure, today: date | None = None) -> SafeString:
    """How far a measure is; what is past its day is said kindly."""
    if measure.is_idea_only:
        return format_html('<span class="badge">{}</span>', _("Idea only"))
    state = MeasureState(measure.state)
    shown = format_html('<span class="badge {}">{}</span>', _TONES.get(state, ""), state.label)
    if today is not None and plans.is_overdue(measure, today):
        return format_html('{} <small class="note">{}</small>', shown, _("taking a little longer"))
    return shown


_CHANGES: Mapping[str, str | Promise] = {
    "title": pgettext_lazy("action plan", "Title"),
    "challenge": pgettext_lazy("action plan", "Challenge"),
    "trend": pgettext_lazy("action plan", "Trend"),
    "presentation_minutes": gettext_lazy("Minutes on stage"),
    "measure_added": gettext_lazy("Measure added"),
    "measure_removed": gettext_lazy("Measure removed"),
    "is_idea_only": gettext_lazy("Idea only"),
    "owner": gettext_lazy("Person who does it"),
    "owner_person": gettext_lazy("Person who does it"),
    "cluster": gettext_lazy("Cluster that does it"),
    "peer": gettext_lazy("Peer partner"),
    "due_on": gettext_lazy("Done by"),
    "indicator_start": gettext_lazy("Value today"),
    "indicator_start_on": gettext_lazy("Measured on"),
    "indicator_target": gettext_lazy("Target"),
}


@register.simple_tag
def text_label(name: str) -> str:
    return str(LABELS.get(name, name))


@register.simple_tag
def change_label(name: str) -> str:
    return str(_CHANGES.get(name, name))


@register.filter
def number_here(value: Any) -> str:
    """A decimal without the noughts that nobody typed."""
    return (
        "" if value is None else f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value}"
    )
