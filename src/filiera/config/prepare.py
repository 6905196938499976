"""What must be true before pages open: tables up to date, the demonstration loaded, somebody to administer.

python -m filiera.config.prepare [--invite]    started by the supervisor; migrates as owner, does the rest as
                                               the app; only the last step where the others are done
"""

import os
import sys
import time

import django
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.utils import timezone, translation
from psycopg.errors import LockNotAvailable

from filiera.shared.loading import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
with loading():
    django.setup()

# Models can only be imported once Django is set up.
from filiera.academy.actions.publication import prepare_old_versions_later
from filiera.accounts.actions import invite_administrator
from filiera.accounts.demonstration import ROLES
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM
from filiera.config.build import wait_until_made
from filiera.config.database_settings import database_settings
from filiera.config.installation import Installation
from filiera.config.migration_states import quick_states
from filiera.config.terminal import say, tell
from filiera.indicators.actions.definitions import load_packaged
from filiera.indicators.actions.refreshing import refresh_all_later, refresh_before_start
from filiera.reference.load import load_reference

_LOCK_ATTEMPTS = 20


def migrate() -> None:
    """Bring the tables up to date; rather give way and try again than hold up a reader behind us."""
    for attempt in range(1, _LOCK_ATTEMPTS + 1):
        try:
            with quick_states():
                call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or attempt == _LOCK_ATTEMPTS:
                raise
            connection.close()
            time.sleep(0.5)
        else:
            return


def act_as_app(installation: Installation) -> None:
    """From here on with the rights that the pages have, no more."""
    connections.close_all()
    connections.settings["default"].update(database_settings(installation, process="command"))
    settings.DATABASES["default"].update(connections.settings["default"])


def load_demonstration() -> None:
    from filiera.demo.load import load_demonstration as load  # slow: only where it is asked for

    with translation.override("en"):
        load(lambda step: say(f"  {step} …"))
        tell("Who can sign in, by one click on the sign-in page:")
        for role in ROLES:
            tell(f"  {role.name!s:<24} {role.does}")


def invite_first_administrator() -> None:
    """A one-time address while nobody administers the installation."""
    if not Person.objects.filter(is_administrator=True).exists():
        invited = invite_administrator(email="", by=SYSTEM, at=timezone.now(), send=False)
        tell(f"First administrator, one use within 24 hours: {invited.link}")


def main() -> None:
    """What is told on standard output is for the operator, once the pages are open."""
    installation = Installation.at(None)
    if "--invite" in sys.argv:
        act_as_app(installation)
        invite_first_administrator()
        return
    migrate()
    act_as_app(installation)
    # What is loaded is told in languages, and some of it is computed by the solvers.
    wait_until_made(installation.build_lock)
    if installation.is_demonstration:
        load_demonstration()
    else:
        load_reference()
        invite_first_administrator()
    is_changed = bool(load_packaged(timezone.now()))
    if installation.is_demonstration:
        say("  its figures …")
        refresh_before_start()
    if is_changed:
        refresh_all_later()
    prepare_old_versions_later()


if __name__ == "__main__":
    main()
