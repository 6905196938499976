"""What the questions of collection rounds are for: opener and poles see figures, never a firm's answers."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators.models import CollectionFirm
from filiera.indicators.permissions import Permission
from filiera.indicators.policies import answer_for
from filiera.questionnaires.models import Audience, Questionnaire
from filiera.questionnaires.purposes import Purpose, register

ROUND = "indicators.round"


def workspace_of(organisation_id: int) -> str:
    """How questionnaires name the organisation that asks."""
    return f"organisation:{organisation_id}"


def edited_in(viewer: Viewer) -> Collection[str]:
    if viewer.organisation_id is None or not viewer.may(Permission.ROUNDS_RUN):
        return ()
    return (workspace_of(viewer.organisation_id),)


def read_in(viewer: Viewer, audience: Audience) -> Collection[str]:
    """Nowhere: what a round tells are figures of at least five firms."""
    return ()


def may_answer(viewer: Viewer, questionnaire: Questionnaire, about: str) -> bool:
    """The holder of the link of one of the firms that are asked."""
    prefix = answer_for(0).removesuffix("0")
    held = [name.removeprefix(prefix) for name in viewer.permissions if name.startswith(prefix)]
    return CollectionFirm.objects.filter(pk__in=held, round__questionnaire=questionnaire).exists()


def register_purposes() -> None:
    register(
        Purpose(
            code=ROUND,
            name=_("Collection round"),
            edited_in=edited_in,
            read_in=read_in,
            may_answer=may_answer,
        )
    )
