from filiera.accounts.models.access import (
    AdministrationEntry,
    AdministrationWindow,
    ApiToken,
    Invitation,
)
from filiera.accounts.models.people import (
    Circle,
    Person,
    PersonKey,
    PersonQuerySet,
    ProfileField,
    Theme,
    default_visibility,
)
from filiera.accounts.models.privacy import ConsentRecord, DataExport

__all__ = [
    "AdministrationEntry",
    "AdministrationWindow",
    "ApiToken",
    "Circle",
    "ConsentRecord",
    "DataExport",
    "Invitation",
    "Person",
    "PersonKey",
    "PersonQuerySet",
    "ProfileField",
    "Theme",
    "default_visibility",
]
