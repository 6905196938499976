"""A certificate as an Open Badges 3.0 credential."""

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from babel.dates import format_date
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.credentials.badges.issuer import absolute, did
from filiera.credentials.badges.status import status_entry
from filiera.credentials.contents import Contents
from filiera.credentials.words import duration_words, mode_words
from filiera.texts.languages import DEFAULT_LANGUAGE, translated
from filiera.texts.markdown import plain_text

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"


def badge_claims(
    contents: Contents,
    *,
    code: str,
    award_id: UUID,
    holder_name: str,
    holder_email: str,
    issued_at: datetime,
    status_index: int,
    is_demonstration: bool,
) -> dict[str, Any]:
    """What is signed; in English, the language in which wallets across Europe are read.

    The address of the holder is only there as a salted digest: a wallet can compare, nobody can read.
    """
    with override(DEFAULT_LANGUAGE):
        since = issued_at.astimezone(UTC).replace(microsecond=0)
        address = absolute(reverse("verify:certificate", args=[code]))
        subject = {
            "type": ["AchievementSubject"],
            "identifier": _identifiers(holder_name, holder_email),
            "activityStartDate": _midnight(contents["starts_on"]),
            "activityEndDate": _midnight(contents["ends_on"]),
            "narrative": _narrative(contents),
            "achievement": achievement(contents, award_id=award_id, is_demonstration=is_demonstration),
        }
        return {
            "@context": CONTEXTS,
            "id": address,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": _marked(translated(contents["award"], DEFAULT_LANGUAGE), is_demonstration),
            "issuer": {
                "id": did(),
                "type": ["Profile"],
                "name": contents["organiser"],
                "url": absolute(reverse("badges:issuer")),
            },
            "validFrom": _written(since),
            "credentialSubject": subject,
            "credentialStatus": status_entry(status_index),
            "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
            "iss": did(),
            "jti": address,
            "nbf": int(since.timestamp()),
        }


def achievement(contents: Contents, *, award_id: UUID, is_demonstration: bool) -> dict[str, Any]:
    """What was achieved, the same for everybody who did."""
    description = plain_text(translated(contents["description"], DEFAULT_LANGUAGE))
    edition = translated(contents["edition"], DEFAULT_LANGUAGE)
    outcomes = [translated(outcome, DEFAULT_LANGUAGE) for outcome in contents["outcomes"]]
    told: dict[str, Any] = {
        "id": absolute(reverse("badges:achievement", args=[award_id])),
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": _marked(translated(contents["award"], DEFAULT_LANGUAGE), is_demonstration),
        "description": _marked(description or edition, is_demonstration),
        "criteria": {"narrative": _criteria(contents, outcomes)},
        "creator": {
            "id": absolute(reverse("organisations:organisation", args=[contents["organiser_slug"]])),
            "type": ["Profile"],
            "name": contents["organiser"],
        },
        "inLanguage": DEFAULT_LANGUAGE,
    }
    if contents["alignments"]:
        told["alignment"] = [
            {
                "type": ["Alignment"],
                "targetName": alignment["name"],
                "targetUrl": alignment["url"],
                **({"targetFramework": alignment["framework"]} if alignment["framework"] else {}),
                **({"targetCode": alignment["code"]} if alignment["code"] else {}),
            }
            for alignment in contents["alignments"]
        ]
    return told


def _identifiers(name: str, email: str) -> list[dict[str, object]]:
    told: list[dict[str, object]] = [
        {"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"}
    ]
    if email:
        salt = secrets.token_hex(8)
        digest = hashlib.sha256((email.lower() + salt).encode()).hexdigest()
        told.append(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": f"sha256${digest}",
                "identityType": "emailAddress",
                "salt": salt,
            }
        )
    return told


def _criteria(contents: Contents, outcomes: list[str]) -> str:
    lines = [translated(contents["criteria"], DEFAULT_LANGUAGE)]
    if outcomes:
        lines += ["", _("Learning outcomes:"), *(f"- {outcome}" for outcome in outcomes)]
    return "\n".join(lines)


def _narrative(contents: Contents) -> str:
    days = [
        f"{format_date(datetime.fromisoformat(day['date']), 'd MMMM y', locale=DEFAULT_LANGUAGE)} "
        f"({mode_words(day['modes'])})"
        for day in contents["days"]
    ]
    hours = duration_words(contents["minutes"])
    if not days:
        return _("Attended %(hours)s.") % {"hours": hours}
    return _("Attended %(hours)s: %(days)s.") % {"hours": hours, "days": ", ".join(days)}


def _marked(text: str, is_demonstration: bool) -> str:
    return _("%(text)s (demonstration)") % {"text": text} if is_demonstration else text


def _midnight(day: str) -> str:
    return f"{day}T00:00:00Z"


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
