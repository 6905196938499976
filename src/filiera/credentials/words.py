"""Hours, modes and shares in words, the same on pages, certificates and badges."""

from collections.abc import Sequence

from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filiera.admissions.models import PresenceMode
from filiera.texts.languages import DEFAULT_LANGUAGE


def duration_words(minutes: int) -> str:
    """12 h 30 min; 45 min; 8 h."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def mode_words(modes: Sequence[str]) -> str:
    """In person; online; both, where somebody changed during the day."""
    if len(set(modes)) > 1:
        return _("in person and online")
    if PresenceMode.ONLINE in modes:
        return _("online")
    return _("in person")


def share_words(share: float) -> str:
    """Rounded down, so that 79.9 % never reads as the 80 % that were asked for."""
    return format_percent(int(share * 100) / 100, "0%", locale=_locale())


def number_words(number: float) -> str:
    return format_decimal(number, "0.##", locale=_locale())


def _locale() -> str:
    return (get_language() or DEFAULT_LANGUAGE).replace("-", "_")
