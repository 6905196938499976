"""Awards and certificates: making, issuing, revoking, replacing."""

from .awards import AwardDetails, AwardHasCertificates, AwardNeedsCondition, delete_award, save_award
from .badges import BadgeNeedsPublicAddress, sign_badges
from .correcting import CertificateDoesNotStand, reissue_certificate, supersede_certificate
from .forgetting import forget_holder
from .issuing import (
    AlreadyCertified,
    DoesNotQualify,
    PlaceNotConfirmed,
    issue_credential,
    issue_credentials,
    issue_to_all_qualified,
)
from .revoking import AlreadyRevoked, ReasonMissing, revoke_certificate

__all__ = [
    "AlreadyCertified",
    "AlreadyRevoked",
    "AwardDetails",
    "AwardHasCertificates",
    "AwardNeedsCondition",
    "BadgeNeedsPublicAddress",
    "CertificateDoesNotStand",
    "DoesNotQualify",
    "PlaceNotConfirmed",
    "ReasonMissing",
    "delete_award",
    "forget_holder",
    "issue_credential",
    "issue_credentials",
    "issue_to_all_qualified",
    "reissue_certificate",
    "revoke_certificate",
    "save_award",
    "sign_badges",
    "supersede_certificate",
]
