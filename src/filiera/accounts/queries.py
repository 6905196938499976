"""Reads about people that pages and other rooms share."""

from uuid import UUID

from filiera.accounts.models import Person, PersonKey


def key_of(person: Person) -> UUID:
    """The random key under which facts know this person; made at the first question."""
    key, _created = PersonKey.objects.get_or_create(person=person)
    return key.key
