"""Use cases that change organisations; one module for each thing they change."""

from .history import (
    ClosedBeforeFounded,
    SuccessionOfItself,
    SuccessionRecorded,
    close_organisation,
    record_succession,
)
from .imports import ImportHasMistakes, ImportReport, import_organisations
from .memberships import (
    AlreadyMember,
    CircularMembership,
    DateInFuture,
    EndsBeforeStart,
    MembershipEnded,
    NotACluster,
    end_membership,
    start_membership,
    withdraw_membership,
)
from .profile import (
    LooksLikeDuplicate,
    Profile,
    ProfileProblem,
    ProfileRefused,
    create_organisation,
    edit_organisation,
)
from .team import AlreadyInTeam, LastManager, PositionEnded, add_position, change_position, end_position

__all__ = [
    "AlreadyInTeam",
    "AlreadyMember",
    "CircularMembership",
    "ClosedBeforeFounded",
    "DateInFuture",
    "EndsBeforeStart",
    "ImportHasMistakes",
    "ImportReport",
    "LastManager",
    "LooksLikeDuplicate",
    "MembershipEnded",
    "NotACluster",
    "PositionEnded",
    "Profile",
    "ProfileProblem",
    "ProfileRefused",
    "SuccessionOfItself",
    "SuccessionRecorded",
    "add_position",
    "change_position",
    "close_organisation",
    "create_organisation",
    "edit_organisation",
    "end_membership",
    "end_position",
    "import_organisations",
    "record_succession",
    "start_membership",
    "withdraw_membership",
]
