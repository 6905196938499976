"""What one may do with the room's questions, and which roles of an edition may do it."""

from filiera.academy.models.choices import EditionRole
from filiera.academy.permissions import register_permissions

MODERATE = "live.moderate"

PERMISSIONS_OF = dict.fromkeys(
    (EditionRole.DIRECTOR, EditionRole.PROGRAMME, EditionRole.DESK, EditionRole.FACILITATOR),
    frozenset({MODERATE}),
)


def answer_in(channel_id: int) -> str:
    """What the holder of a speaker's link to open questions may do, and nothing else."""
    return f"live.answer_in.{channel_id}"


def register_own() -> None:
    register_permissions("live", {str(role): held for role, held in PERMISSIONS_OF.items()})
