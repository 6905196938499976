"""A badge holds before an independent library, and nothing that was changed does."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest
from django.test import Client
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.verifier import OB3VerificationError
from pyld import jsonld

from filiera.credentials import actions
from filiera.credentials.actions.badges import signed_badge
from filiera.credentials.badges.credential import CONTEXTS, SCHEMA
from filiera.credentials.badges.issuer import did
from filiera.credentials.badges.keys import _key_in
from filiera.credentials.badges.packaged import document
from filiera.credentials.badges.status import list_claims, place_of
from filiera.credentials.badges.tokens import claims_in, sign
from tests.admissions.factories import ParticipationFactory
from tests.credentials.factories import AwardFactory, CertificateFactory, attended, contents, held_session

pytestmark = pytest.mark.usefixtures("db", "public_address")

NOW = datetime.now(UTC)
PACKAGED = dict(zip(CONTEXTS, ("credentials-v2", "open-badges", "open-badges-extensions"), strict=True))
HOST = "https://academy.example.eu"


def badge_of(certificate) -> str:
    certificate.badge = signed_badge(certificate, certificate.award, "holder@example.org")
    certificate.save(update_fields=["badge"])
    return certificate.badge


def fetch(address: str) -> bytes:
    """What a stranger gets from our addresses, in the place of the network."""
    assert address.startswith(HOST)
    response = Client().get(address.removeprefix(HOST), secure=True)
    assert response.status_code == 200, address
    return response.content


def verified(token: str):
    return OB3Verifier.for_issuer_did(did(), download=fetch).verify(token, check_status=True, download=fetch)


def test_the_badge_of_a_certificate_verifies_with_an_independent_library():
    certificate = CertificateFactory(holder_name="Giulia Ferrero")

    credential = verified(badge_of(certificate))

    assert (credential.issuer.id, credential.issuer.name, credential.achievement.name) == (
        "did:web:academy.example.eu",
        "Network",
        "Academy attended",
    )
    assert credential.achievement.criteria_narrative.startswith("At least 2 h attended.")
    assert credential.identifiers[0].identity_hash == "Giulia Ferrero"


def test_the_holders_address_is_only_there_as_a_salted_digest():
    token = badge_of(CertificateFactory())

    claims = claims_in(token)

    assert "holder@example.org" not in json.dumps(claims)
    hashed = claims["credentialSubject"]["identifier"][1]
    assert (hashed["hashed"], hashed["identityType"], hashed["identityHash"][:7]) == (
        True,
        "emailAddress",
        "sha256$",
    )


def test_a_changed_byte_anywhere_in_the_badge_is_refused():
    token = badge_of(CertificateFactory())
    places = [*range(0, len(token), 37), len(token) - 2]

    for place in places:
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(OB3VerificationError):
            verified(token[:place] + other + token[place + 1 :])


def test_a_changed_name_with_the_old_signature_is_refused():
    head, _body, signature = badge_of(CertificateFactory()).split(".")
    claims = claims_in(f"{head}.{_body}.{signature}") | {"name": "Doctor of everything"}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()

    with pytest.raises(OB3VerificationError, match="signature"):
        verified(f"{head}.{forged}.{signature}")


def test_a_badge_signed_by_another_key_is_refused(settings, tmp_path, badge_key):
    settings.BADGE_KEY_FILE = tmp_path / "stolen" / "badges.json"
    token = badge_of(CertificateFactory())
    settings.BADGE_KEY_FILE = badge_key

    with pytest.raises(OB3VerificationError):
        verified(token)


def test_a_badge_of_another_issuer_is_refused():
    token = badge_of(CertificateFactory())
    claims = claims_in(token)
    claims["iss"] = claims["issuer"]["id"] = "did:web:elsewhere.example.org"

    with pytest.raises(OB3VerificationError, match="issuer"):
        verified(sign(claims))


def test_a_revoked_badge_shows_as_revoked_at_once(edition, director):
    award = AwardFactory(edition=edition)
    certificate = _issued(award, director)
    verified(certificate.badge)

    actions.revoke_certificate(
        certificate=certificate, reason="Somebody else was there.", by=director, at=NOW
    )

    with pytest.raises(OB3VerificationError, match="revocation"):
        verified(certificate.badge)


def test_a_replaced_badge_shows_as_revoked_and_the_new_one_holds(edition, director):
    certificate = _issued(AwardFactory(edition=edition), director)

    replacement = actions.supersede_certificate(certificate=certificate, by=director, at=NOW)

    with pytest.raises(OB3VerificationError, match="revocation"):
        verified(certificate.badge)
    assert verified(replacement.badge).id.endswith(f"/verify/{replacement.code}/")


def test_revoking_one_badge_leaves_the_bits_of_others(edition, director):
    award = AwardFactory(edition=edition)
    revoked, other = _issued(award, director), _issued(award, director)

    actions.revoke_certificate(certificate=revoked, reason="A mistake.", by=director, at=NOW)

    assert verified(other.badge).id.endswith(f"/verify/{other.code}/")


def test_an_old_copy_of_the_list_is_refused():
    certificate = CertificateFactory()
    token = badge_of(certificate)
    number, _bit = place_of(certificate.status_index)
    old = sign(list_claims(number, [], at=NOW - timedelta(hours=2)))

    def stale(address: str) -> bytes:
        return old.encode() if "/status/" in address else fetch(address)

    with pytest.raises(OB3VerificationError, match="expired"):
        OB3Verifier.for_issuer_did(did(), download=stale).verify(token, check_status=True, download=stale)


def test_a_list_of_another_issuer_is_refused():
    certificate = CertificateFactory()
    token = badge_of(certificate)
    number, _bit = place_of(certificate.status_index)
    claims = list_claims(number, [], at=NOW)
    claims["issuer"] = claims["iss"] = "did:web:elsewhere.example.org"

    def foreign(address: str) -> bytes:
        return sign(claims).encode() if "/status/" in address else fetch(address)

    with pytest.raises(OB3VerificationError, match="issuer"):
        OB3Verifier.for_issuer_did(did(), download=foreign).verify(token, check_status=True, download=foreign)


def test_copies_of_the_list_are_kept_for_less_than_a_minute(client):
    CertificateFactory()

    response = client.get("/credentials/status/1/", secure=True)

    assert (response["Cache-Control"], response["Access-Control-Allow-Origin"]) == ("public, max-age=30", "*")
    assert claims_in(response.content.decode())["credentialSubject"]["ttl"] == 30_000


def test_a_list_that_was_never_begun_does_not_exist(client):
    assert client.get("/credentials/status/2/", secure=True).status_code == 404
    assert client.get("/credentials/status/0/", secure=True).status_code == 404


def test_every_word_of_a_badge_is_defined_by_its_contexts():
    alignment = {"name": "Plan", "url": "https://example.org/plan", "framework": "F", "code": "1"}
    claims = claims_in(badge_of(CertificateFactory(contents=contents(alignments=[alignment]))))
    for claim in ("iss", "jti", "nbf"):
        del claims[claim]

    def load(address, options):
        return {"documentUrl": address, "document": document(PACKAGED[address]), "contextUrl": None}

    expanded = jsonld.expand(claims, {"documentLoader": load})

    assert _words(claims) - _understood(expanded, claims) == set()
    assert claims["@context"] == CONTEXTS


def test_a_badge_has_the_shape_that_its_schema_asks_for():
    claims = claims_in(badge_of(CertificateFactory()))

    jsonschema.validate(claims, document("badge-schema"))

    assert claims["credentialSchema"][0]["id"] == SCHEMA


def test_the_published_issuer_and_achievement_are_those_of_the_badge(client):
    certificate = CertificateFactory()
    claims = claims_in(badge_of(certificate))

    issuer = client.get("/credentials/issuer/", secure=True).json()
    achievement = client.get(f"/credentials/achievements/{certificate.award.public_id}/", secure=True).json()

    assert issuer["id"] == claims["issuer"]["id"] == claims["iss"]
    assert claims["issuer"]["url"] == f"{HOST}/credentials/issuer/"
    del achievement["@context"]
    assert achievement == claims["credentialSubject"]["achievement"]


def test_an_achievement_that_nobody_has_is_not_published(client):
    award = AwardFactory()

    assert client.get(f"/credentials/achievements/{award.public_id}/", secure=True).status_code == 404


def test_a_port_is_part_of_the_issuers_name(settings):
    settings.PUBLIC_URL = "https://academy.example.eu:8443"

    assert did() == "did:web:academy.example.eu%3A8443"


def test_the_key_is_made_once_readable_by_us_alone_and_never_published(client, badge_key):
    first = client.get("/.well-known/did.json", secure=True).json()
    _key_in.cache_clear()
    second = client.get("/.well-known/did.json", secure=True).json()

    assert first == second
    assert badge_key.stat().st_mode & 0o777 == 0o600
    private = json.loads(badge_key.read_text())
    assert private["d"] not in json.dumps(first)
    assert set(first["verificationMethod"][0]["publicKeyJwk"]) == {"kty", "crv", "x", "kid", "alg", "use"}
    assert [file.name for file in badge_key.parent.iterdir()] == ["badges.json"]


def _issued(award, director):
    participation = ParticipationFactory(edition=award.edition)
    attended(participation, held_session(award.edition, minutes=120, hour=9))
    return actions.issue_credential(award=award, participation=participation, by=director, at=NOW)


def _words(told) -> set[str]:
    """Every key used, at any depth, besides JSON-LD's own."""
    if isinstance(told, dict):
        keys = {key for key in told if not key.startswith("@") and key not in {"id", "type"}}
        return keys.union(*(_words(value) for value in told.values()))
    return set().union(*(_words(value) for value in told)) if isinstance(told, list) else set()


def _understood(expanded, claims) -> set[str]:
    """The keys that expansion kept: those it cannot place are dropped without a word."""
    kept = json.dumps(expanded).lower()
    return {word for word in _words(claims) if f'#{word.lower()}"' in kept or f'/{word.lower()}"' in kept}
