from django.apps import AppConfig
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "filiera.accounts"
    label = "accounts"

    def ready(self) -> None:
        # All of these connect, register or name something when they are imported.
        from filiera.accounts import actions, file_policies, receivers  # noqa: F401

        _offer_places()


def _offer_places() -> None:
    from filiera.design.navigation import Place, register

    def is_administrator(request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_administrator", False))

    def has_providers(request: HttpRequest) -> bool:
        return bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])

    register(
        "person",
        Place("profile", _("Your account"), "accounts:profile", order=80, icon="user"),
        Place(
            "administration",
            _("Administration"),
            "accounts:administration",
            order=90,
            icon="shield",
            shown=is_administrator,
        ),
    )
    you, sign_in, privacy = _("You"), _("Signing in"), _("Your data")
    register(
        "account",
        Place("profile", _("Profile"), "accounts:profile", order=10, icon="user", group=you),
        Place("preferences", _("Preferences"), "accounts:preferences", order=20, icon="settings", group=you),
        Place("email", _("E-mail addresses"), "account_email", order=30, icon="mail", group=sign_in),
        Place("password", _("Password"), "account_change_password", order=31, icon="lock", group=sign_in),
        Place("second_factor", _("Passkeys and codes"), "mfa_index", order=32, icon="key", group=sign_in),
        Place("sessions", _("Sessions"), "usersessions_list", order=33, icon="monitor", group=sign_in),
        Place(
            "providers",
            _("Other services"),
            "socialaccount_connections",
            order=34,
            icon="link",
            group=sign_in,
            shown=has_providers,
        ),
        Place("tokens", _("Tokens"), "accounts:tokens", order=35, icon="qr-code", group=sign_in),
        Place("consents", _("Consents"), "accounts:consents", order=40, icon="check", group=privacy),
        Place("mails", _("Mails to you"), "accounts:mails", order=41, icon="inbox", group=privacy),
        Place("data", _("Archive and erasure"), "accounts:my_data", order=42, icon="database", group=privacy),
        Place(
            "administration",
            _("Administration"),
            "accounts:administration",
            order=60,
            icon="shield",
            group=_("Platform"),
            shown=is_administrator,
        ),
    )
