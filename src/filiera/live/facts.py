"""What happens in the room and counts."""

from django.utils.translation import gettext_lazy as _

from filiera.ledger.kinds import FactKind, Unit, register

QUESTION_ANSWERED = FactKind(
    code="question.answered",
    unit=Unit.ONE,
    name=_("Question answered"),
    meaning=_(
        "A question from the room was answered, on stage or in writing afterwards. It counts for the "
        "organiser."
    ),
)


def register_kinds() -> None:
    register(QUESTION_ANSWERED)
