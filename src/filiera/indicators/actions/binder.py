"""Filling the binder for the label: evidence in, looked at by a second person, out again."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.files.actions import discard_file, store_upload
from filiera.files.rules import MATERIALS
from filiera.indicators import policies
from filiera.indicators.label import label_catalogue
from filiera.indicators.models import EvidenceKind, LabelEvidence
from filiera.ledger.models import Fact
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError

EVIDENCE_POLICY = "indicators.evidence"


class UnknownLabelIndicator(DomainError):
    message = _("The label has no indicator of this number.")
    status = 404


class EvidenceIncomplete(DomainError):
    message = _("Give the file, the address or the record that this is about.")
    field = "kind"


class RecordNotFound(DomainError):
    message = _("This record is not in your ledger. Choose one from the list.")
    field = "record"


class RecordAlreadyInBinder(DomainError):
    message = _("This record is in the binder already.")
    field = "record"


class EvidenceHasRunOut(DomainError):
    message = _("This day has passed. Evidence that holds no longer proves nothing.")
    field = "valid_until"


class EvidenceNotThere(DomainError):
    message = _("This is not in the binder any more.")


class EvidenceAlreadyConfirmed(DomainError):
    message = _("This is confirmed already.")


class SecondPersonNeeded(DomainError):
    message = _("Who added it cannot confirm it. Ask a colleague to look at it.")


@transaction.atomic
def add_evidence(
    *,
    organisation: Organisation,
    code: str,
    kind: EvidenceKind,
    title: str,
    upload: "File[bytes] | None" = None,
    url: str = "",
    record: tuple[int, UUID] | None = None,
    valid_until: date | None = None,
    is_demonstration: bool = False,
    by: Viewer,
    at: datetime,
) -> LabelEvidence:
    """Put a file, an address or a record of the own ledger into the binder of one indicator of the label.

    Raises PermissionDenied, UnknownLabelIndicator, EvidenceIncomplete, EvidenceHasRunOut, RecordNotFound,
    RecordAlreadyInBinder, and what store_upload raises.
    """
    if not policies.can_prepare_readiness(by, organisation):
        raise PermissionDenied
    check_label_code(code)
    if valid_until is not None and valid_until < at.date():
        raise EvidenceHasRunOut
    evidence = LabelEvidence(
        organisation=organisation,
        code=code,
        kind=kind,
        title=title,
        valid_until=valid_until,
        is_demonstration=is_demonstration,
        added_by=by.person,
        added_at=at,
    )
    if kind == EvidenceKind.FILE and upload is not None:
        evidence.file = store_upload(upload=upload, rules=MATERIALS, policy=EVIDENCE_POLICY, by=by, at=at)
    elif kind == EvidenceKind.LINK and url:
        evidence.url = url
    elif kind == EvidenceKind.RECORD and record is not None:
        evidence.fact_year, evidence.fact_id = _record_of(organisation, code, record, by)
    else:
        raise EvidenceIncomplete
    evidence.save()
    return evidence


@transaction.atomic
def confirm_evidence(*, evidence: LabelEvidence, by: Viewer, at: datetime) -> LabelEvidence:
    """Say, as a second person, that it was looked at and proves what it should.

    Raises PermissionDenied, SecondPersonNeeded, EvidenceNotThere, EvidenceAlreadyConfirmed.
    """
    if not policies.can_prepare_readiness(by, evidence.organisation):
        raise PermissionDenied
    evidence = _locked(evidence)
    if evidence.is_confirmed:
        raise EvidenceAlreadyConfirmed
    if not policies.can_confirm_evidence(by, evidence):
        raise SecondPersonNeeded
    evidence.confirmed_by, evidence.confirmed_at = by.person, at
    evidence.save(update_fields=["confirmed_by", "confirmed_at"])
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: LabelEvidence, by: Viewer, at: datetime) -> None:
    """Take it out of the binder; a file is deleted, that it was there stays written.

    Raises PermissionDenied, EvidenceNotThere.
    """
    if not policies.can_prepare_readiness(by, evidence.organisation):
        raise PermissionDenied
    evidence = _locked(evidence)
    stored, evidence.file = evidence.file, None
    evidence.removed_by, evidence.removed_at = by.person, at
    evidence.save(update_fields=["file", "removed_by", "removed_at"])
    if stored is not None:
        discard_file(stored_file=stored)


def check_label_code(code: str) -> None:
    """Raises UnknownLabelIndicator."""
    if code not in label_catalogue().indicators:
        raise UnknownLabelIndicator


def _locked(evidence: LabelEvidence) -> LabelEvidence:
    found = (
        LabelEvidence.objects.kept()
        .select_for_update(of=("self",))
        .select_related("organisation", "file")
        .filter(pk=evidence.pk)
        .first()
    )
    if found is None:
        raise EvidenceNotThere
    return found


def _record_of(
    organisation: Organisation, code: str, record: tuple[int, UUID], by: Viewer
) -> tuple[int, UUID]:
    year, fact_id = record
    if not Fact.objects.visible_to(by).filter(year=year, id=fact_id).exists():
        raise RecordNotFound
    same = LabelEvidence.objects.kept().filter(organisation=organisation, code=code, fact_id=fact_id)
    if same.exists():
        raise RecordAlreadyInBinder
    return year, fact_id
