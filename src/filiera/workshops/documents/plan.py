"""An action plan on paper (PDF/UA-1), in the language asked for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from filiera.admissions.models import Participation
from filiera.design.typesetting import pdf
from filiera.texts.dates import day_in_words
from filiera.texts.languages import translated
from filiera.workshops.models import Measure, MeasureState
from filiera.workshops.queries.plans import Canvas, FeedbackByKind
from filiera.workshops.words import indicator_words

TEMPLATE = Path(__file__).with_name("plan.typ")


def plan_pdf(
    canvas: Canvas,
    members: Sequence[Participation],
    feedback: Sequence[FeedbackByKind],
    *,
    language: str,
) -> bytes:
    """The plan as it is now: aim, measures with who does what until when, the group, and the cards it got."""
    with override(language):
        return pdf(TEMPLATE, plan_data(canvas, members, feedback, language=language))


def plan_data(
    canvas: Canvas,
    members: Sequence[Participation],
    feedback: Sequence[FeedbackByKind],
    *,
    language: str,
) -> dict[str, Any]:
    """What the paper says, in the language of the moment."""
    plan = canvas.plan
    owner = (
        plan.organisation.name
        if plan.organisation
        else translated(plan.edition.name, language)
        if plan.edition
        else ""
    )
    origins = []
    if plan.challenge is not None:
        origins.append({"label": pgettext("action plan", "Challenge"), "text": plan.challenge.title})
    if plan.trend is not None:
        origins.append(
            {"label": pgettext("action plan", "Trend"), "text": translated(plan.trend.title, language)}
        )
    return {
        "language": language,
        "title": plan.title,
        "eyebrow": f"{_('Action plan')}, {owner}",
        "state": state_of_plan(canvas),
        "mark": _("demonstration") if plan.is_demonstration else "",
        "origins": origins,
        "aim_title": pgettext("action plan", "Aim"),
        "aim": plan.aim or _("Not written yet."),
        "measures_title": ngettext("One measure", "%(count)s measures", len(canvas.measures))
        % {"count": len(canvas.measures)},
        "measures": [measure_data(each.measure) for each in canvas.measures],
        "members_title": _("Who wrote it"),
        "members": [_member(member) for member in members],
        "feedback_title": _("What others gave the group"),
        "feedback": [
            {
                "kind": str(heading.kind.label),
                "cards": [{"text": card.text, "writer": card.writer_name} for card in heading.cards],
            }
            for heading in feedback
            if heading.cards
        ],
        "footer": f"Filiera, {plan.title}",
    }


def measure_data(measure: Measure) -> dict[str, Any]:
    """One measure as words and labelled facts."""
    state = _("Idea only") if measure.is_idea_only else str(MeasureState(measure.state).label)
    values = [
        (_("Person who does it"), measure.owner_name),
        (_("Cluster"), measure.cluster_name),
        (_("Done by"), day_in_words(measure.due_on) if measure.due_on else ""),
        (pgettext("measure", "Indicator"), indicator_words(measure)),
        (pgettext("measure", "Partners"), measure.partners),
        (pgettext("measure", "Resources"), measure.resources),
        (pgettext("measure", "Risk"), measure.risk),
        (_("Help wanted"), measure.help_wanted),
        (_("Peer partner"), "" if measure.peer is None else measure.peer.name),
    ]
    return {
        "title": _("Measure %(number)s") % {"number": measure.position},
        "state": state,
        "text": measure.text or _("Not written yet."),
        "facts": [{"label": label, "text": text} for label, text in values if text],
    }


def state_of_plan(canvas: Canvas) -> str:
    plan = canvas.plan
    if plan.presented_at:
        return _("Presented on %(day)s") % {"day": day_in_words(plan.presented_at)}
    if plan.adopted_at:
        return _("Adopted on %(day)s") % {"day": day_in_words(plan.adopted_at)}
    return _("Ready to be presented") if canvas.is_ready else _("Being written")


def _member(member: Participation) -> str:
    of = member.organisation.name if member.organisation else member.organisation_name
    return f"{member.name}, {of}" if of else member.name
