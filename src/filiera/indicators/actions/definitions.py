"""Taking over the packaged definitions, and publishing versions of one's own."""

from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.refreshing import refresh_all_later
from filiera.indicators.definition import (
    Definition,
    DefinitionHasMistakes,
    Problem,
    check_together,
    read_definition,
    read_packaged,
)
from filiera.indicators.models import IndicatorVersion, Origin
from filiera.indicators.queries.definitions import current_definitions
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError


class PackagedDefinitionStays(DomainError):
    message = gettext_lazy("This indicator comes with the platform. Give your own another code.")


class BelongsToAnother(DomainError):
    message = gettext_lazy("Another organisation made this indicator. Give your own another code.")


@transaction.atomic
def load_packaged(at: datetime) -> list[str]:
    """Publish the packaged definitions that are new or changed; the codes of those.

    Asks no policy: for the start of the platform.
    Raises DefinitionHasMistakes.
    """
    known = set(IndicatorVersion.objects.values_list("code", "version"))
    new = [
        definition
        for definition in read_packaged().values()
        if (definition.code, definition.version) not in known
    ]
    IndicatorVersion.objects.bulk_create(
        IndicatorVersion(
            code=definition.code,
            version=definition.version,
            origin=Origin.PACKAGED,
            body=definition.body,
            created_at=at,
            published_at=at,
        )
        for definition in new
    )
    return sorted(definition.code for definition in new)


def check_definition(text: str, organisation: Organisation) -> Definition:
    """What a text would publish, with everything that is wrong in it.

    Raises DefinitionHasMistakes, PackagedDefinitionStays, BelongsToAnother.
    """
    definition = read_definition(text)
    known = current_definitions()
    former = IndicatorVersion.objects.filter(code=definition.code).order_by("-version").first()
    if former is not None and former.origin == Origin.PACKAGED:
        raise PackagedDefinitionStays
    if former is not None and former.owner_id != organisation.pk:
        raise BelongsToAnother
    check_together({**known, definition.code: definition})
    if former is not None and definition.version != former.version + 1:
        reason = _("the version after %(version)s is %(next)s") % {
            "version": former.version,
            "next": former.version + 1,
        }
        raise DefinitionHasMistakes([Problem("version", reason)])
    return definition


@transaction.atomic
def publish_definition(
    *, text: str, organisation: Organisation, by: Viewer, at: datetime
) -> IndicatorVersion:
    """Publish a definition of one's own, or its next version; figures are computed by it from now on.

    Raises PermissionDenied, DefinitionHasMistakes, PackagedDefinitionStays, BelongsToAnother.
    """
    if not policies.can_edit_definitions(by, organisation):
        raise PermissionDenied
    definition = check_definition(text, organisation)
    version = IndicatorVersion.objects.create(
        code=definition.code,
        version=definition.version,
        origin=Origin.ORGANISATION,
        owner=organisation,
        body=definition.body,
        created_at=at,
        published_at=at,
        published_by=by.person,
    )
    transaction.on_commit(partial(refresh_all_later, [definition.code]))
    return version
