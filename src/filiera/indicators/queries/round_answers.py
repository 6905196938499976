"""What a firm finds behind its link: its answers, or those of the round before."""

from typing import Any

from filiera.accounts.viewer import Viewer
from filiera.indicators.models import CollectionFirm
from filiera.questionnaires.permissions import with_response
from filiera.questionnaires.queries.questions import own_answers


def former_answers(firm: CollectionFirm, by: Viewer) -> dict[str, Any]:
    """What the same firm answered in the round before, by the question's code.

    For whoever came by the firm's own link.
    """
    former = firm.round.former_id
    if former is None:
        return {}
    before = (
        CollectionFirm.objects.filter(
            round=former, organisation=firm.organisation_id, answered_at__isnull=False
        )
        .select_related("response")
        .first()
    )
    if before is None or before.response is None:
        return {}
    return dict(own_answers(before.response, with_response(by, before.response.pk)).values)
