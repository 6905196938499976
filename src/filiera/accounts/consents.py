"""What people are asked to agree to; each room registers its own purposes."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ConsentPurpose:
    """One thing a person may agree to. What has a `subject` (one session, say) is asked elsewhere."""

    code: str
    title: str | Promise
    words: str | Promise
    asked_in_profile: bool = True


_purposes: dict[str, ConsentPurpose] = {}


def register(purpose: ConsentPurpose) -> None:
    _purposes[purpose.code] = purpose


def find_purpose(code: str) -> ConsentPurpose | None:
    return _purposes.get(code)


def purposes_in_profile() -> list[ConsentPurpose]:
    return [purpose for purpose in _purposes.values() if purpose.asked_in_profile]


register(
    ConsentPurpose(
        "news",
        _("News by mail"),
        _("Send me news of the network and invitations to its events by mail. I can stop this at any time."),
    )
)
register(
    ConsentPurpose(
        "photographs",
        _("Photographs of events"),
        _(
            "Photographs taken at events in which I can be recognised may be published by the organisers"
            " in reports about the event. I can take this back; pictures are then removed from these pages."
        ),
    )
)
