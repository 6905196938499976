"""Where the sign-in library meets our people and our outbox."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from filiera.accounts.models import Person
from filiera.design.theme import is_theme, remember_theme
from filiera.mail.actions import queue_mail
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages
from filiera.texts.sorting import sort_key

_SECRET_MAILS = frozenset(
    {
        "account/email/email_confirmation",
        "account/email/email_confirmation_signup",
        "account/email/password_reset_key",
    }
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up keeps the name, mails leave through the outbox, choices follow the person."""

    def save_user(self, request: HttpRequest, user: Person, form: BaseForm, commit: bool = True) -> Person:
        user.name = form.cleaned_data.get("name", "")
        user.sort_name = sort_key(user.name or form.cleaned_data["email"])
        user.language = get_language() or ""
        saved: Person = super().save_user(request, user, form, commit=commit)
        return saved

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        person = context.get("user") or Person.objects.filter(email=email.lower()).first()
        kind = template_prefix.replace("/email/", "_")
        queue_mail(
            key=f"{kind}:{uuid4()}",
            to=email,
            person=person,
            template=f"accounts/mail/{kind}.txt",
            context={**context, "email": email, **_public_addresses(context)},
            language=mail_language(person),
            at=timezone.now(),
            holds_secret=template_prefix in _SECRET_MAILS,
        )

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        if isinstance(response, HttpResponse) and is_theme(user.theme) and user.theme != "system":
            remember_theme(response, user.theme, is_secure=request.is_secure())
        return response


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Somebody a provider vouches for becomes a person with the name the provider tells."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Mapping[str, Any]) -> Person:
        person: Person = super().populate_user(request, sociallogin, data)
        told = data.get("name") or " ".join(filter(None, (data.get("first_name"), data.get("last_name"))))
        person.email = person.email.lower()
        person.name = str(told or "")[:200]
        person.sort_name = sort_key(person.name or person.email)
        person.language = get_language() or ""
        return person


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted: a copy of the database alone opens no account."""

    def encrypt(self, text: str) -> str:
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _vault().decrypt(encrypted_text.encode()).decode()


def mail_language(person: Person | None) -> str:
    """The language a person is written in: their own, else that of the page they stand on."""
    preferred = person.language if person else ""
    here = (get_language() or DEFAULT_LANGUAGE).split("-")[0]
    return next((code for code in (preferred, here) if code in page_languages()), DEFAULT_LANGUAGE)


def _public_addresses(context: Mapping[str, Any]) -> dict[str, str]:
    """The links of a mail under our own address: the one in the request can be chosen by its sender."""
    links = ("activate_url", "password_reset_url", "signup_url")
    parts = {name: urlsplit(context[name]) for name in links if name in context}
    return {
        name: f"{settings.PUBLIC_URL}{urlunsplit(('', '', part.path, part.query, ''))}"
        for name, part in parts.items()
    }


def _vault() -> Fernet:
    key = salted_hmac("filiera.accounts.second_factors", settings.SECRET_KEY, algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))
