"""What accounts hears from the rooms below it."""

from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest

from filiera.accounts import actions
from filiera.texts.signals import language_chosen


@receiver(language_chosen)
def keep_chosen_language(sender: object, request: HttpRequest, language: str, **_kwargs: Any) -> None:
    """A language picked by a link becomes the preference of whoever is signed in."""
    if request.user.is_authenticated and request.user.language != language:
        actions.prefer_language(person=request.user, language=language)
