"""Studies of impact: a panel is uploaded, read and deleted; a comparison is asked for, made and shown."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.viewer import Viewer
from filiera.files.actions import discard_file, store_upload
from filiera.files.rules import recognised_kind
from filiera.indicators import policies
from filiera.indicators.models import ImpactPanel, ImpactStudy, StudyState
from filiera.indicators.panel_files import PANELS, PanelColumns, guessed_columns, headings_of, read_panel
from filiera.organisations.models import Organisation
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError

PANEL_POLICY = "indicators.impact_panel"
LONGEST_KEPT = timedelta(days=5 * 366)
UNREAD_FOR = timedelta(days=7)
"""A file whose columns nobody has named within this time is deleted."""


class PanelIsDeleted(DomainError):
    message = _("The file of this panel is deleted. Upload it again to use it.")


class PanelIsNotRead(DomainError):
    message = _("Say first which column holds what.")


class ColumnUnknown(DomainError):
    message = _("The panel has no such column.")


class ColumnTwice(DomainError):
    message = _("A column can hold one thing only. Firm, year and year of joining need a column each.")


class KeptTooLong(DomainError):
    message = _("Data about single firms are kept for five years at most, and until tomorrow at least.")
    field = "keep_until"


class StudyUnderWay(DomainError):
    message = _("A study of this panel is under way. Wait for it, or delete it first.")


class StudyWithoutEstimate(DomainError):
    message = _("Only a study with an estimate can stand in the logic model.")


@transaction.atomic
def upload_panel(
    *,
    organisation: Organisation,
    title: str,
    source: str,
    keep_until: date,
    upload: "File[bytes]",
    by: Viewer,
    at: datetime,
) -> ImpactPanel:
    """Keep a table of firms over years; it counts once its columns are named and every row is right.

    Raises PermissionDenied, KeptTooLong, UnreadableTable, TableTooLarge, PanelTooLarge, ColumnsOfPanelWrong,
    and what store_upload raises.
    """
    if not policies.can_study_impact(by, organisation):
        raise PermissionDenied
    if not at.date() < keep_until <= (at + LONGEST_KEPT).date():
        raise KeptTooLong
    # Looked at before it is kept: nothing about firms stays behind of a file that is refused.
    recognised_kind(content=upload, name=upload.name or "", size_bytes=upload.size, rules=PANELS)
    headings = headings_of(upload.read(), upload.name or "")
    stored = store_upload(upload=upload, rules=PANELS, policy=PANEL_POLICY, by=by, at=at)
    return ImpactPanel.objects.create(
        organisation=organisation,
        title=title,
        source=source,
        file=stored,
        digest=stored.sha256,
        headings=headings,
        mapping=guessed_columns(headings),
        uploaded_by=by.person,
        uploaded_at=at,
        keep_until=keep_until,
    )


@transaction.atomic
def read_columns(*, panel: ImpactPanel, columns: PanelColumns, by: Viewer, at: datetime) -> ImpactPanel:
    """Say which column holds what, and read every row: all are right, or nothing is taken over.

    Raises PermissionDenied, PanelIsDeleted, StudyUnderWay, ColumnUnknown, ColumnTwice, PanelHasMistakes.
    """
    panel = _locked(panel, by)
    if ImpactStudy.objects.under_way().filter(panel=panel).exists():
        raise StudyUnderWay
    if set(columns.all) - set(panel.headings):
        raise ColumnUnknown
    keys = (columns.firm, columns.year, columns.joined)
    others = {*columns.outcomes, *columns.covariates, *columns.classes}
    if len(set(keys)) < len(keys) or others & set(keys) or not columns.outcomes:
        raise ColumnTwice
    rows = read_panel(_content(panel), _name(panel), columns)
    panel.mapping, panel.summary, panel.checked_at = columns.as_json(), rows.summary(), at
    panel.save(update_fields=["mapping", "summary", "checked_at"])
    return panel


@transaction.atomic
def delete_panel(*, panel: ImpactPanel, by: Viewer, at: datetime) -> ImpactPanel:
    """Remove the file for good; what studies found stays, with the digest of what they read.

    Raises PermissionDenied, PanelIsDeleted.
    """
    panel = _locked(panel, by)
    _remove_file(panel, at)
    return panel


@transaction.atomic
def ask_for_study(
    *,
    panel: ImpactPanel,
    outcome: str,
    unit: str,
    choices: Mapping[str, Any],
    by: Viewer,
    at: datetime,
) -> ImpactStudy:
    """Have a job compare members with others on a panel.

    `choices` are the fields of `impact.Settings` without the caliper, the columns under "covariates" and
    "classes", and under "is_shown" whether an estimate is to stand in the logic model at once.

    Raises PermissionDenied, PanelIsDeleted, PanelIsNotRead, ColumnUnknown, StudyUnderWay.
    """
    panel = _locked(panel, by)
    if panel.checked_at is None:
        raise PanelIsNotRead
    columns = PanelColumns.from_json(panel.mapping)
    is_known = (
        outcome in columns.outcomes
        and set(choices["covariates"]) <= set(columns.covariates)
        and set(choices["classes"]) <= set(columns.classes)
    )
    if not is_known:
        raise ColumnUnknown
    if ImpactStudy.objects.under_way().filter(panel=panel).exists():
        raise StudyUnderWay
    study = ImpactStudy.objects.create(
        organisation_id=panel.organisation_id,
        panel=panel,
        outcome=outcome,
        unit=unit,
        choices=dict(choices),
        asked_by=by.person,
        asked_at=at,
    )
    # The queue is in the same database: the job is there when the transaction is through, or not at all.
    run_study.configure(queueing_lock=f"impact-study-{study.pk}").defer(study_id=study.pk)
    return study


@transaction.atomic
def delete_study(*, study: ImpactStudy, by: Viewer) -> None:
    """Remove a study; one that is under way ends without a trace. Raises PermissionDenied."""
    if not policies.can_study_impact(by, study.organisation):
        raise PermissionDenied
    study.delete()


@transaction.atomic
def show_study(*, study: ImpactStudy, is_shown: bool, by: Viewer) -> ImpactStudy:
    """Let a study stand as the last stage of the logic model, in place of another, or take it off.

    Raises PermissionDenied, StudyWithoutEstimate.
    """
    if not policies.can_study_impact(by, study.organisation):
        raise PermissionDenied
    study = ImpactStudy.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if is_shown and study.state != StudyState.ESTIMATED:
        raise StudyWithoutEstimate
    if is_shown:
        _show(study)
    else:
        ImpactStudy.objects.filter(pk=study.pk).update(is_shown=False)
    study.refresh_from_db()
    return study


@app.task(name="indicators.run_study")
def run_study(study_id: int) -> None:
    """Make the comparison and keep it; a study that is finished, deleted or without its file does nothing."""
    study = ImpactStudy.objects.under_way().filter(pk=study_id).select_related("panel__file").first()
    if study is None:
        return
    if study.panel.file_id is None:
        _finish(study, StudyState.FAILED)
        return
    ImpactStudy.objects.filter(pk=study.pk).update(state=StudyState.RUNNING)
    try:
        compare_and_keep(study)
    except Exception:
        _finish(study, StudyState.FAILED)
        raise


def compare_and_keep(study: ImpactStudy) -> None:
    """The comparison of a study; asks no policy, it is a part of having asked for it."""
    from filiera.indicators import impact  # brings numpy and statsmodels, which page processes do without

    panel, choices = study.panel, study.choices
    rows = read_panel(_content(panel), _name(panel), PanelColumns.from_json(panel.mapping))
    settings = impact.Settings(
        method=choices["method"],
        neighbours=choices["neighbours"],
        years_before=choices["years_before"],
        years_after=choices["years_after"],
        scale=choices["scale"],
    )
    result = impact.estimate(
        rows.panel(study.outcome, choices["covariates"], choices["classes"]),
        settings,
        outcome_name=study.outcome,
        on_progress=lambda share: _tell(study, share),
    )
    state = StudyState.REFUSED if result.overall is None else StudyState.ESTIMATED
    _finish(
        study,
        state,
        result=result.as_json(),
        inputs_digest=inputs_digest(study, impact.METHOD_VERSION),
        method_version=impact.METHOD_VERSION,
    )


def inputs_digest(study: ImpactStudy, method_version: str) -> str:
    """Of the file, its columns, what was asked and the method: the same digest, the same result."""
    asked = {name: value for name, value in study.choices.items() if name != "is_shown"}
    told = [study.panel.digest, study.panel.mapping, study.outcome, asked, method_version]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def delete_old_panels(*, at: datetime) -> int:
    """Delete the files whose time is over, and those whose columns nobody has named; how many.

    Asks no policy: for the daily job.
    """
    kept = ImpactPanel.objects.kept().select_for_update(of=("self",))
    over = kept.filter(keep_until__lte=at.date()) | kept.filter(
        checked_at__isnull=True, uploaded_at__lt=at - UNREAD_FOR
    )
    panels = list(over)
    for panel in panels:
        _remove_file(panel, at)
    return len(panels)


@app.periodic(cron="23 3 * * *")
@app.task(name="indicators.delete_old_panels", queueing_lock="indicators.delete_old_panels")
def delete_old_panels_daily(timestamp: int) -> None:
    delete_old_panels(at=datetime.fromtimestamp(timestamp, tz=UTC))


def topic_of(study: ImpactStudy) -> str:
    return f"impact:{study.organisation_id}:{study.pk}"


def _tell(study: ImpactStudy, share: float) -> None:
    ImpactStudy.objects.under_way().filter(pk=study.pk).update(share=share)
    publish_event(topic_of(study), {"study": study.pk})


@transaction.atomic
def _finish(study: ImpactStudy, state: StudyState, **result: Any) -> None:
    still = ImpactStudy.objects.under_way().filter(pk=study.pk)
    if still.update(state=state, finished_at=timezone.now(), share=1.0, **result):
        if state == StudyState.ESTIMATED and study.choices.get("is_shown"):
            _show(study)
        publish_event(topic_of(study), {"study": study.pk})


def _show(study: ImpactStudy) -> None:
    # One after the other, so that two who show at once do not meet at the constraint.
    Organisation.objects.select_for_update(of=("self",)).get(pk=study.organisation_id)
    ImpactStudy.objects.filter(organisation=study.organisation_id, is_shown=True).update(is_shown=False)
    ImpactStudy.objects.filter(pk=study.pk).update(is_shown=True)


def _locked(panel: ImpactPanel, by: Viewer) -> ImpactPanel:
    if not policies.can_study_impact(by, panel.organisation):
        raise PermissionDenied
    panel = (
        ImpactPanel.objects.select_for_update(of=("self",))
        .select_related("organisation", "file")
        .get(pk=panel.pk)
    )
    if panel.file_id is None:
        raise PanelIsDeleted
    return panel


def _remove_file(panel: ImpactPanel, at: datetime) -> None:
    stored, panel.file, panel.deleted_at = panel.file, None, at
    panel.save(update_fields=["file", "deleted_at"])
    if stored is not None:
        discard_file(stored_file=stored)


def _content(panel: ImpactPanel) -> bytes:
    if panel.file is None:
        raise PanelIsDeleted
    with default_storage.open(panel.file.path) as file:
        content: bytes = file.read()
    return content


def _name(panel: ImpactPanel) -> str:
    return panel.file.name if panel.file else ""
