"""What people and administrators do with accounts."""

from filiera.accounts.models import Person


def prefer_language(*, person: Person, language: str) -> None:
    """Remember the language a person reads the platform in."""
    person.language = language
    person.save(update_fields=["language"])
