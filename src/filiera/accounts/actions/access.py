"""Who gets in and how far: invitations, tokens, an administrator's timed window."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from filiera.accounts import invitations, policies, scopes
from filiera.accounts.models import AdministrationEntry, AdministrationWindow, ApiToken, Invitation, Person
from filiera.accounts.secrets import digest_of, new_api_token, new_link_token
from filiera.accounts.viewer import Viewer
from filiera.mail.actions import queue_mail
from filiera.shared.errors import DomainError

ADMINISTRATION_LASTS = timedelta(minutes=60)
MAX_TOKENS = 20


class InvitationUnknown(DomainError):
    message = _("This link is not valid. Look whether it was copied whole, or ask for a new one.")
    status = 404


class InvitationUsed(DomainError):
    message = _("This link was used already. Sign in instead, or ask for a new one.")
    status = 410


class InvitationExpired(DomainError):
    message = _("This link is no longer valid: its time is over. Ask for a new one.")
    status = 410


class InvitationWithdrawn(DomainError):
    message = _("This invitation was withdrawn by those who sent it.")
    status = 410


class AddressHasAccount(DomainError):
    message = _("There is an account with this address already. Sign in with it, then open the link again.")


class TooManyTokens(DomainError):
    message = _("You have twenty tokens; revoke one before you make another.")


class UnknownScope(DomainError):
    message = _("One of these scopes does not exist.")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and its link, which is known only now."""

    invitation: Invitation
    link: str


@transaction.atomic
def invite(
    *,
    purpose: str,
    email: str,
    by: Viewer,
    at: datetime,
    language: str,
    name: str = "",
    data: Mapping[str, Any] | None = None,
    send: bool = True,
) -> Invited:
    """Make a one-time link for a registered purpose and mail it, unless `send` is off.

    `by` may be the system (an operator at the machine). Raises PermissionDenied.
    """
    kind = invitations.find_purpose(purpose)
    if not kind.may_invite(by, data or {}):
        raise PermissionDenied
    token = new_link_token()
    invitation = Invitation.objects.create(
        purpose=purpose,
        email=email.lower(),
        name=name,
        data=dict(data or {}),
        token_digest=digest_of(token),
        invited_by=by.person,
        created_at=at,
        expires_at=at + kind.lifetime,
    )
    link = f"{settings.PUBLIC_URL}{reverse('accounts:invitation', args=[token])}"
    if send and email:
        with translation.override(language):
            described = kind.describe(invitation)
        queue_mail(
            key=f"invitation:{invitation.pk}",
            to=invitation.email,
            template="accounts/mail/invitation.txt",
            context={"invitation": invitation, "title": kind.title, "described": described, "link": link},
            language=language,
            at=at,
            holds_secret=True,
        )
    return Invited(invitation, link)


def invite_administrator(
    *, email: str, by: Viewer, at: datetime, language: str = "en", send: bool = True
) -> Invited:
    """Make a link, valid for 24 hours, that makes its holder an administrator of the platform.

    Raises PermissionDenied.
    """
    return invite(purpose=invitations.ADMINISTRATOR, email=email, by=by, at=at, language=language, send=send)


def find_invitation(token: str, at: datetime) -> Invitation:
    """The open invitation of a link.

    Raises InvitationUnknown, InvitationUsed, InvitationWithdrawn, InvitationExpired.
    """
    invitation = Invitation.objects.select_related("invited_by").filter(token_digest=digest_of(token)).first()
    if invitation is None:
        raise InvitationUnknown
    _check_open(invitation, at)
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, person: Person, at: datetime) -> str:
    """Use a link once, for somebody signed in; answers the address to go on to.

    Raises InvitationUnknown, InvitationUsed, InvitationWithdrawn, InvitationExpired.
    """
    invitation = _locked_invitation(token, at)
    invitation.used_at, invitation.accepted_by = at, person
    invitation.save(update_fields=["used_at", "accepted_by"])
    return invitations.find_purpose(invitation.purpose).accept(invitation, person, at)


@transaction.atomic
def join_by_invitation(
    *, token: str, email: str, name: str, password: str, language: str, at: datetime
) -> tuple[Person, str]:
    """Make the account of somebody invited and use the link; answers them and the address to go on to.

    The link reached the invited address, so that address counts as confirmed.
    Raises AddressHasAccount, InvitationUnknown, InvitationUsed, InvitationWithdrawn, InvitationExpired.
    """
    invitation = _locked_invitation(token, at)
    address = invitation.email or email.lower()
    if EmailAddress.objects.filter(email=address).exists():
        raise AddressHasAccount
    person = _new_person(email=address, name=name, password=password, language=language, at=at)
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    return person, accept_invitation(token=token, person=person, at=at)


@transaction.atomic
def account_of_address(*, email: str, name: str, language: str, at: datetime) -> Person | None:
    """The account of somebody who came by a link that only this address was sent.

    It is made, without a password, where there is none. Where an account holds the address but never
    proved it, nobody is answered: whoever made it may be somebody else.
    Asks no policy: the action that found the link good has done so. Raises AddressHasAccount, where two
    make it at the same moment.
    """
    address = (
        EmailAddress.objects.filter(email=email.lower()).select_related("user").order_by("-verified").first()
    )
    if address is not None:
        return address.user if address.verified and address.user.is_active else None
    if Person.objects.filter(email=email.lower()).exists():
        return None
    person = _new_person(email=email.lower(), name=name, password=None, language=language, at=at)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def _new_person(*, email: str, name: str, password: str | None, language: str, at: datetime) -> Person:
    try:
        # A savepoint: somebody else may take the address at this very moment.
        with transaction.atomic():
            return Person.objects.create_person(
                email=email, name=name, password=make_password(password), language=language, created_at=at
            )
    except IntegrityError as error:
        raise AddressHasAccount from error


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Viewer, at: datetime) -> Invitation:
    """Make an unused link worthless.

    Raises PermissionDenied, InvitationUsed.
    """
    if not invitations.find_purpose(invitation.purpose).may_invite(by, invitation.data):
        raise PermissionDenied
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if invitation.used_at is not None:
        raise InvitationUsed
    invitation.withdrawn_at = invitation.withdrawn_at or at
    invitation.save(update_fields=["withdrawn_at"])
    return invitation


def _locked_invitation(token: str, at: datetime) -> Invitation:
    """The open invitation of a link, kept from everybody else until the transaction ends."""
    invitation = Invitation.objects.select_for_update().filter(token_digest=digest_of(token)).first()
    if invitation is None:
        raise InvitationUnknown
    _check_open(invitation, at)
    return invitation


def _check_open(invitation: Invitation, at: datetime) -> None:
    if invitation.used_at is not None:
        raise InvitationUsed
    if invitation.withdrawn_at is not None:
        raise InvitationWithdrawn
    if invitation.expires_at <= at:
        raise InvitationExpired


@transaction.atomic
def make_token(
    *, name: str, scopes_wanted: list[str], lasts: timedelta, by: Viewer, at: datetime
) -> tuple[ApiToken, str]:
    """Make a personal token; its secret is answered now and never again.

    Raises PermissionDenied, UnknownScope, TooManyTokens.
    """
    if by.person is None or not policies.can_make_token(by):
        raise PermissionDenied
    if not scopes_wanted or not all(scopes.is_scope(scope) for scope in scopes_wanted):
        raise UnknownScope
    # Locked, so that two pages at once cannot pass the limit together.
    person = Person.objects.select_for_update().get(pk=by.person.pk)
    if ApiToken.objects.filter(person=person).usable(at).count() >= MAX_TOKENS:
        raise TooManyTokens
    secret = new_api_token()
    token = ApiToken.objects.create(
        person=person,
        name=name,
        digest=digest_of(secret),
        hint=secret[:8],
        scopes=sorted(set(scopes_wanted)),
        created_at=at,
        expires_at=at + lasts,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Viewer, at: datetime) -> ApiToken:
    """Make a token worthless at once; revoking it again changes nothing.

    Raises PermissionDenied.
    """
    if not policies.can_revoke_token(by, token):
        raise PermissionDenied
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return token


def end_session(*, session: UserSession, by: Viewer) -> None:
    """Sign one browser out, wherever it stands.

    Raises PermissionDenied.
    """
    if by.person_id is None or session.user_id != by.person_id:
        raise PermissionDenied
    session.end()


@transaction.atomic
def open_administration(*, reason: str, by: Viewer, at: datetime) -> AdministrationWindow:
    """Open the hour in which an administrator sees and does everything, on record and with a reason.

    The page asks for the password or the passkey again before it calls this.
    Raises PermissionDenied.
    """
    if by.person is None or not policies.can_open_administration(by):
        raise PermissionDenied
    person = Person.objects.select_for_update().get(pk=by.person.pk)
    AdministrationWindow.objects.filter(person=person, closed_at__isnull=True).update(closed_at=at)
    return AdministrationWindow.objects.create(
        person=person, reason=reason, opened_at=at, closes_at=at + ADMINISTRATION_LASTS
    )


@transaction.atomic
def close_administration(*, window: AdministrationWindow, by: Viewer, at: datetime) -> None:
    """End the hour early.

    Raises PermissionDenied.
    """
    if window.person_id != by.person_id:
        raise PermissionDenied
    AdministrationWindow.objects.filter(pk=window.pk, closed_at__isnull=True).update(closed_at=at)


def log_administration(
    *, window: AdministrationWindow, method: str, path: str, status: int, at: datetime
) -> None:
    """Put on record what an administrator did in a window."""
    AdministrationEntry.objects.create(
        window=window, happened_at=at, method=method[:10], path=path[:500], status=status
    )
