"""Reports that go out by mail: the latest version, for the period that has closed, as a file that stays."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from filiera.accounts.viewer import Viewer
from filiera.files.actions import store_made
from filiera.indicators import policies
from filiera.indicators.definition import PeriodKind
from filiera.indicators.documents.report import report_pdf
from filiera.indicators.models import Frequency, Report, ReportIssue, ReportSchedule, ReportVersion
from filiera.indicators.periods import Period, period_of
from filiera.indicators.permissions import Permission
from filiera.indicators.reports.content import content_of
from filiera.indicators.reports.plans import plans_of
from filiera.mail.actions import queue_mail
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.texts.languages import page_languages, translated

ISSUE_POLICY = "indicators.report_issue"
OPENS_FOR = timedelta(days=180)
# What happened on the last day may be recorded a little later.
WAITS_FOR = timedelta(days=3)
MOST_RECIPIENTS = 20
_STOP_SALT = "indicators.reports.stop"


class VersionNeeded(DomainError):
    message = _("Keep a version first: what is sent is the latest version, not the draft.")


class RecipientsMissing(DomainError):
    message = _("Write at least one address.")
    field = "recipients"


class TooManyRecipients(DomainError):
    message = _("At most 20 addresses are possible.")
    field = "recipients"


class UnknownLanguage(DomainError):
    message = _("Reports are written in the languages of the platform.")
    field = "language"


class UnknownLink(DomainError):
    message = _("This link leads nowhere any more.")
    status = 404


@transaction.atomic
def set_schedule(
    *,
    report: Report,
    frequency: Frequency,
    language: str,
    recipients: Sequence[str],
    is_on: bool,
    by: Viewer,
    at: datetime,
) -> ReportSchedule:
    """Say to whom a report goes and how often. The first that is sent is the one of the running period.

    Raises PermissionDenied, VersionNeeded, RecipientsMissing, TooManyRecipients, UnknownLanguage, and
    ValidationError where an address is none.
    """
    if not policies.can_write_reports(by, report.organisation):
        raise PermissionDenied
    report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    addresses = list(dict.fromkeys(address.strip().lower() for address in recipients if address.strip()))
    for address in addresses:
        validate_email(address)
    if is_on and not addresses:
        raise RecipientsMissing
    if len(addresses) > MOST_RECIPIENTS:
        raise TooManyRecipients
    if language not in page_languages():
        raise UnknownLanguage
    if is_on and not report.versions.exists():
        raise VersionNeeded
    former = ReportSchedule.objects.filter(report=report).first()
    goes_on = former is not None and former.is_on and former.frequency == frequency
    schedule, _is_new = ReportSchedule.objects.update_or_create(
        report=report,
        defaults={
            "frequency": frequency,
            "language": language,
            "recipients": addresses,
            "is_on": is_on,
            "set_by": by.person,
            "set_at": at,
            "sent_until": former.sent_until
            if former is not None and goes_on
            else period_of(at, PeriodKind(frequency)).start_on,
        },
    )
    return schedule


@transaction.atomic
def stop_sending_to(*, token: str) -> str:
    """Take the address out for which the link in a mail was made; which address it was.

    Raises UnknownLink.
    """
    key, address = read_stop_token(token)
    schedule = ReportSchedule.objects.select_for_update().filter(pk=key).first()
    if schedule is not None and address in schedule.recipients:
        schedule.recipients = [each for each in schedule.recipients if each != address]
        schedule.is_on = schedule.is_on and bool(schedule.recipients)
        schedule.save(update_fields=["recipients", "is_on"])
    return address


def stop_token(schedule: ReportSchedule, address: str) -> str:
    return signing.dumps([schedule.pk, address], salt=_STOP_SALT)


def read_stop_token(token: str) -> tuple[int, str]:
    """Raises UnknownLink."""
    try:
        key, address = signing.loads(token, salt=_STOP_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise UnknownLink from error
    return key, address


def viewer_of(organisation: Organisation) -> Viewer:
    """In whose name a report is filled: the organisation sees its figures, and what is public of others."""
    return Viewer(
        person=None,
        organisation_id=organisation.pk,
        permissions=frozenset({Permission.INDICATORS_VIEW}),
    )


@app.periodic(cron="11 5 * * *")
@app.task(name="indicators.send_due_reports", queueing_lock="indicators.send_due_reports")
def send_due_reports(timestamp: int) -> int:
    """Queue every report whose period has closed; how many there are."""
    at = datetime.fromtimestamp(timestamp, tz=timezone.get_default_timezone())
    due = [row.pk for row in ReportSchedule.objects.running() if due_period(row, at) is not None]
    for key in due:
        # One that still waits since yesterday keeps none of the others from being sent.
        with suppress(AlreadyEnqueued), transaction.atomic():
            send_report.configure(queueing_lock=f"indicators.report-{key}").defer(schedule_id=key)
    return len(due)


@app.task(name="indicators.send_report")
def send_report(schedule_id: int) -> int:
    """Make and send one report that is due; to how many. A second run of the same period sends nothing."""
    return send_if_due(schedule_id=schedule_id, at=timezone.now())


@transaction.atomic
def send_if_due(*, schedule_id: int, at: datetime) -> int:
    """Make the file of the last closed period and write to every recipient; to how many."""
    schedule = (
        ReportSchedule.objects.running()
        .select_for_update(of=("self",))
        .select_related("report__organisation", "report__edition")
        .filter(pk=schedule_id)
        .first()
    )
    period = due_period(schedule, at) if schedule is not None else None
    if schedule is None or period is None:
        return 0
    version = schedule.report.versions.order_by("-number").first()
    if version is None:
        return 0
    issue = _made(schedule, version, period, at)
    for address in schedule.recipients:
        _write_to(address, schedule, issue, at)
    schedule.sent_until = period.until_on
    schedule.save(update_fields=["sent_until"])
    return len(schedule.recipients)


def due_period(schedule: ReportSchedule, at: datetime) -> Period | None:
    """The last period that is closed and waited for, unless it was sent."""
    period = period_of(at - WAITS_FOR, PeriodKind(schedule.frequency)).before()
    return period if period.until_on > schedule.sent_until else None


def _made(schedule: ReportSchedule, version: ReportVersion, period: Period, at: datetime) -> ReportIssue:
    report = schedule.report
    former: ReportIssue | None = ReportIssue.objects.filter(
        report=report, start_on=period.start_on, until_on=period.until_on, language=schedule.language
    ).first()
    if former is not None:
        return former
    viewer = viewer_of(report.organisation)
    content = report_pdf(
        partial(
            content_of,
            viewer,
            report.organisation,
            title=version.title,
            plans=plans_of(version.sections),
            period=period,
            edition=report.edition,
            at=at,
        ),
        language=schedule.language,
        version=version.number,
    )
    file = store_made(
        content=content,
        name=f"{report.organisation.slug}-{period.code}.pdf",
        content_type="application/pdf",
        policy=ISSUE_POLICY,
        by=viewer,
        at=at,
    )
    issue: ReportIssue = ReportIssue.objects.create(
        report=report,
        version=version,
        start_on=period.start_on,
        until_on=period.until_on,
        language=schedule.language,
        file=file,
        recipient_count=len(schedule.recipients),
        made_at=at,
        opens_until=at + OPENS_FOR,
    )
    return issue


def _write_to(address: str, schedule: ReportSchedule, issue: ReportIssue, at: datetime) -> None:
    organisation = schedule.report.organisation
    stop = reverse("indicators:report_stop", args=[stop_token(schedule, address)])
    queue_mail(
        key=f"report-{issue.pk}-{sha256(address.encode()).hexdigest()[:16]}",
        to=address,
        template="indicators/mail/report.txt",
        context={
            "title": translated(issue.version.title, schedule.language),
            "organisation": organisation.name,
            "period": issue.period,
            "link": f"{settings.PUBLIC_URL}{reverse('indicators:report_issue', args=[issue.public_id])}",
            "opens_until": issue.opens_until,
            "stop": f"{settings.PUBLIC_URL}{stop}",
        },
        language=schedule.language,
        at=at,
        # The link opens without an account.
        holds_secret=True,
    )
