"""The key that signs badges: made at the first one, kept with the installation's other secrets."""

import json
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings


def signing_key() -> Any:
    """The key of this installation, private part included."""
    return _key_in(Path(settings.BADGE_KEY_FILE))


def public_key() -> dict[str, str]:
    """What everybody may know of it, as a JSON Web Key."""
    told: dict[str, str] = signing_key().as_dict(private=False)
    return {**told, "kid": key_id(), "alg": "EdDSA", "use": "sig"}


def key_id() -> str:
    """The key's own digest: another key can never have the same name."""
    told: str = signing_key().thumbprint()
    return told


@lru_cache(maxsize=4)
def _key_in(file: Path) -> Any:
    # Imported when first needed: it takes a tenth of a second.
    from joserfc.jwk import OKPKey

    if not file.exists():
        _make(file, json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)))
    return OKPKey.import_key(json.loads(file.read_text()))


def _make(file: Path, content: str) -> None:
    """Write the key whole or not at all; of two processes the first one's key stands."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
        new.write(content)
    try:
        os.link(unfinished, file)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
