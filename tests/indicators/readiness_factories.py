"""A cluster that prepares for the label, its people, and what they put into the binder."""

from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from filiera.accounts.models import Person
from filiera.indicators.actions.binder import add_evidence, confirm_evidence
from filiera.indicators.models import EvidenceKind, LabelEvidence
from filiera.organisations.models import Organisation, Role
from tests.organisations.factories import PositionFactory
from tests.organisations.viewers import in_workspace

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def colleague(organisation: Organisation, role: Role = Role.MANAGER) -> Any:
    """Somebody of the team, as they look at its workspace."""
    return in_workspace(PositionFactory(organisation=organisation, role=role))


def browser_of(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def paper(name: str = "statute.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 statute", content_type="application/pdf")


def evidence(organisation: Organisation, by: Any, code: str = "1.1.2", **values: Any) -> LabelEvidence:
    """A link in the binder unless told otherwise."""
    values = {"kind": EvidenceKind.LINK, "title": "Statute", "url": "https://example.org/statute"} | values
    return add_evidence(organisation=organisation, code=code, by=by, at=NOW, **values)


def confirmed(row: LabelEvidence) -> LabelEvidence:
    return confirm_evidence(evidence=row, by=colleague(row.organisation), at=NOW)
