"""Kinds for what happens below the ledger; the apps above declare their own."""

from django.utils.translation import gettext_lazy as _

from filiera.ledger.kinds import FactKind, Unit, register

MEMBERSHIP_STARTED = FactKind(
    code="membership.started",
    unit=Unit.ONE,
    name=_("Membership started"),
    meaning=_(
        "An organisation became a member of a cluster, or a cluster of a meta-cluster. "
        "It counts for the cluster; the counterpart is the member. "
        "A membership whose first day nobody knows has no such fact."
    ),
)
MEMBERSHIP_ENDED = FactKind(
    code="membership.ended",
    unit=Unit.ONE,
    name=_("Membership ended"),
    meaning=_(
        "A membership ended, on the first day on which it no longer holds. "
        "It counts for the cluster; the counterpart is the member."
    ),
)
AGREEMENT_ADVANCED = FactKind(
    code="agreement.advanced",
    unit=Unit.ONE,
    name=_("Agreement advanced"),
    meaning=_(
        "Two organisations confirmed to each other that they have reached a further stage: contact, meeting, "
        "letter of interest, memorandum or joint project. It counts for the one that said it first; the "
        "counterpart is the one that confirmed it. A stage that was passed over has no such fact."
    ),
)


def register_kinds() -> None:
    register(MEMBERSHIP_STARTED, MEMBERSHIP_ENDED, AGREEMENT_ADVANCED)
