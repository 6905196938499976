"""Forms of the sign-in library in our words."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new key is a passkey unless its owner wants it as a second factor only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        self.fields["name"].help_text = _("So that you know it again, such as “Phone” or “Key ring”.")
        alone = self.fields["passwordless"]
        alone.initial = True
        alone.label = _("Sign in with this key alone")
        alone.help_text = _(
            "It then asks for fingerprint, face or PIN. Otherwise it is asked after the password."
        )
