from datetime import UTC, datetime
from typing import Any

import factory
from allauth.account.models import EmailAddress

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.texts.sorting import sort_key

NOW = datetime(2023, 5, 10, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


class PersonFactory(factory.django.DjangoModelFactory[Person]):
    """With a `password` the address counts as confirmed, so that the person can sign in."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    class Params:
        administrator = factory.Trait(is_administrator=True)

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Person {number}")
    sort_name = factory.LazyAttribute(lambda person: sort_key(person.name))
    created_at = NOW

    @classmethod
    def _create(cls, model_class: type[Person], *args: Any, **kwargs: Any) -> Person:
        password = kwargs.pop("password", None)
        person = model_class(*args, **kwargs)
        if password is None:
            person.set_unusable_password()
        else:
            person.set_password(password)
        person.save()
        if password is not None:
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person


def viewer_of(person: Person, *permissions: str, **values: Any) -> Viewer:
    """Somebody signed in, with the permissions that roles would give."""
    return Viewer(person=person, permissions=frozenset(permissions), **values)
