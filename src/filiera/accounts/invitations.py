"""What people can be invited to; each room registers its own purposes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Invitation, Person
from filiera.accounts.viewer import Viewer

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class InvitationPurpose:
    """One thing an invitation leads to.

    `describe` says in a sentence what the invited person gets; `accept` makes it true, in the same
    transaction, and answers the address to go on to; `may_invite` is asked before a link is made.
    """

    code: str
    title: str | Promise
    describe: Callable[[Invitation], str]
    accept: Callable[[Invitation, Person, datetime], str]
    may_invite: Callable[[Viewer, Mapping[str, Any]], bool]
    lifetime: timedelta = timedelta(days=7)


_purposes: dict[str, InvitationPurpose] = {}


def register(purpose: InvitationPurpose) -> None:
    _purposes[purpose.code] = purpose


def find_purpose(code: str) -> InvitationPurpose:
    """Raises KeyError for a purpose that no room registered."""
    return _purposes[code]


def _make_administrator(invitation: Invitation, person: Person, at: datetime) -> str:
    person.is_administrator = True
    person.save(update_fields=["is_administrator"])
    return "/"


register(
    InvitationPurpose(
        code=ADMINISTRATOR,
        title=_("Administrator of this platform"),
        describe=lambda invitation: str(
            _("You can open timed sessions in which you see and change everything on this platform.")
        ),
        accept=_make_administrator,
        may_invite=lambda viewer, data: viewer.administering,
        lifetime=timedelta(hours=24),
    )
)
