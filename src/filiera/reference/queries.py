"""Reads of the reference tables that pages and other rooms share."""

from django.db.models import Count

from filiera.reference.models import EcosystemMappingVersion, SourceTable


def source_tables() -> list[SourceTable]:
    """Every loaded table with its source, in the order of their names."""
    return list(SourceTable.objects.order_by("name"))


def mapping_versions() -> list[EcosystemMappingVersion]:
    """The readings of which activities make up an ecosystem, the current one first; each with `row_count`."""
    return list(
        EcosystemMappingVersion.objects.annotate(row_count=Count("rows")).order_by("-is_current", "-made_on")
    )


def current_mapping() -> EcosystemMappingVersion | None:
    """The version that figures use; every page with such a figure names it and its status."""
    return EcosystemMappingVersion.objects.filter(is_current=True).first()
