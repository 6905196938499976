"""The first administrator, and those invited from the command line."""

import os
from urllib.parse import urlsplit

import django
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from filiera.config.database import FolderLock, running_database
from filiera.config.errors import CannotRun
from filiera.config.installation import Installation
from filiera.config.terminal import tell
from filiera.shared.loading import loading


def invite_administrator(installation: Installation, email: str) -> None:
    """Mail a one-time link and show it, for the operator who has no mail yet.

    Raises CannotRun.
    """
    try:
        validate_email(email)
    except ValidationError as error:
        raise CannotRun(f"{email!r} is not an e-mail address.") from error
    address = FolderLock(installation).address()
    if address:
        # The link leads to where the installation runs now, unless it has a public address.
        os.environ["FILIERA_PORT"] = str(urlsplit(address).port)
    with running_database(installation):
        with loading():
            django.setup()
        from filiera.accounts.actions import invite_administrator as invite  # needs Django's apps
        from filiera.accounts.viewer import SYSTEM

        invited = invite(email=email, by=SYSTEM, at=timezone.now())
        tell(f"One use within 24 hours: {invited.link}")
