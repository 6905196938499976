from filiera.accounts.models.people import (
    Circle,
    Person,
    PersonKey,
    PersonQuerySet,
    ProfileField,
    Theme,
    default_visibility,
)

__all__ = [
    "Circle",
    "Person",
    "PersonKey",
    "PersonQuerySet",
    "ProfileField",
    "Theme",
    "default_visibility",
]
