"""Access codes: make, send, revoke, and be let in by one."""

import secrets
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import AccessCode, Application, Call
from filiera.admissions.policies import calls as policies
from filiera.admissions.queries.calls import told_moment
from filiera.admissions.queries.codes import address_with, find_code
from filiera.mail.actions import queue_mail
from filiera.texts.languages import page_languages

from .errors import FieldRefusal

# Without letters and figures that are read as others.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _LENGTH = 3, 4


class CodeNotKnown(FieldRefusal):
    message = _(
        "This code opens nothing: it is mistyped, used up, revoked or out of date. "
        "Ask whoever gave it to you."
    )
    field = "code"


class CodeEndsInThePast(FieldRefusal):
    message = _("This day is over. Choose a later one.")
    field = "valid_on"


class CodeAlreadyRevoked(FieldRefusal):
    message = _("This code is revoked already.")


@transaction.atomic
def make_code(
    *,
    call: Call,
    note: str,
    email: str,
    most_uses: int,
    valid_until: datetime,
    language: str,
    by: Viewer,
    at: datetime,
) -> AccessCode:
    """Make a code that lets somebody apply late or by invitation; with an address it is mailed there.

    Raises PermissionDenied, CodeEndsInThePast.
    """
    if not policies.can_edit_call(by, call.edition):
        raise PermissionDenied
    if valid_until <= at:
        raise CodeEndsInThePast
    code = AccessCode.objects.create(
        call=call,
        code=_fresh_code(),
        note=note,
        email=email.lower(),
        most_uses=most_uses,
        valid_until=valid_until,
        created_by=by.person,
        created_at=at,
    )
    if email:
        reader = Person.objects.filter(email=code.email, is_active=True).first()
        preferred = reader.language if reader is not None else language
        spoken = preferred if preferred in page_languages() else language
        queue_mail(
            key=f"admissions.code:{code.pk}",
            to=reader or code.email,
            template="admissions/mail/access_code.txt",
            context={
                "call": call,
                "edition": call.edition,
                "code": code,
                "address": address_with(code),
                "valid_until": told_moment(code.valid_until, call.time_zone, spoken),
            },
            language=spoken,
            at=at,
        )
    return code


@transaction.atomic
def revoke_code(*, code: AccessCode, by: Viewer, at: datetime) -> AccessCode:
    """Stop a code; applications begun by it stay.

    Raises PermissionDenied, CodeAlreadyRevoked.
    """
    if not policies.can_edit_call(by, code.call.edition):
        raise PermissionDenied
    if code.revoked_at is not None:
        raise CodeAlreadyRevoked
    code.revoked_at = at
    code.save(update_fields=["revoked_at"])
    return code


def use_code(*, call: Call, written: str, at: datetime) -> AccessCode:
    """Take one use of a code, under its lock; asks no policy, the code is the permission.

    Raises CodeNotKnown.
    """
    found = find_code(call, written, at)
    # The database counts: of two who come at once with the last use, one is refused.
    taken = found is not None and AccessCode.objects.filter(pk=found.pk, uses__lt=F("most_uses")).update(
        uses=F("uses") + 1
    )
    if found is None or not taken:
        raise CodeNotKnown
    return found


def give_code_back(*, application: Application) -> None:
    """A use is free again when its application is taken back."""
    AccessCode.objects.filter(pk=application.access_code_id or 0, uses__gt=0).update(uses=F("uses") - 1)


def _fresh_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _place in range(_LENGTH)) for _group in range(_GROUPS))
    return "-".join(groups)
