"""Reports by mail: once for each closed period, the latest version, to those who still want it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.accounts.signals import person_erased
from filiera.indicators.actions import report_mail
from filiera.indicators.actions.reports import put_report_away, save_version
from filiera.indicators.models import Frequency, ReportIssue, ReportSchedule
from filiera.indicators.report_receivers import part_in_reports
from filiera.mail.models import OutgoingMail
from tests.indicators.readiness_factories import browser_of, colleague
from tests.indicators.report_factories import NOW, cluster_with_figures, report_of, section
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
LATER = datetime(2027, 1, 20, tzinfo=UTC)


@pytest.fixture
def cluster():
    return cluster_with_figures()


@pytest.fixture
def manager(cluster):
    return colleague(cluster)


@pytest.fixture
def report(cluster, manager):
    made = report_of(cluster, manager)
    section(made, manager)
    save_version(report=made, by=manager, at=NOW)
    return made


def scheduled(report, by, **values):
    told = {
        "frequency": Frequency.YEAR,
        "language": "it",
        "recipients": ["Funder@Example.org", "region@example.org"],
        "is_on": True,
    } | values
    return report_mail.set_schedule(report=report, by=by, at=NOW, **told)


def test_the_period_that_runs_is_sent_once_it_has_closed(report, manager):
    schedule = scheduled(report, manager)

    assert report_mail.send_if_due(schedule_id=schedule.pk, at=NOW) == 0
    assert report_mail.send_if_due(schedule_id=schedule.pk, at=datetime(2027, 1, 2, tzinfo=UTC)) == 0
    assert report_mail.send_if_due(schedule_id=schedule.pk, at=LATER) == 2
    assert report_mail.send_if_due(schedule_id=schedule.pk, at=LATER) == 0

    issue = ReportIssue.objects.get()
    mails = OutgoingMail.objects.order_by("to_address")
    assert (issue.period.code, issue.version.number, issue.recipient_count) == ("2026", 1, 2)
    assert [mail.to_address for mail in mails] == ["funder@example.org", "region@example.org"]
    assert all(mail.holds_secret and mail.language == "it" for mail in mails)
    assert str(issue.public_id) in mails[0].text


@pytest.mark.parametrize(
    ("frequency", "at", "period"),
    [
        (Frequency.MONTH, datetime(2026, 7, 5, tzinfo=UTC), "2026-06"),
        (Frequency.QUARTER, datetime(2026, 7, 5, tzinfo=UTC), "2026-Q2"),
        (Frequency.YEAR, LATER, "2026"),
    ],
)
def test_each_frequency_has_its_period(report, manager, frequency, at, period):
    schedule = scheduled(report, manager, frequency=frequency)

    assert report_mail.send_if_due(schedule_id=schedule.pk, at=at) == 2
    assert ReportIssue.objects.get().period.code == period


def test_off_and_put_away_send_nothing(report, manager):
    schedule = scheduled(report, manager, is_on=False)
    assert report_mail.send_if_due(schedule_id=schedule.pk, at=LATER) == 0
    scheduled(report, manager)
    put_report_away(report=report, by=manager, at=NOW)
    assert report_mail.send_if_due(schedule_id=schedule.pk, at=LATER) == 0
    assert report_mail.send_due_reports(int(LATER.timestamp())) == 0


def test_the_nightly_job_queues_what_is_due(report, manager):
    scheduled(report, manager)

    assert report_mail.send_due_reports(int(NOW.timestamp())) == 0
    assert report_mail.send_due_reports(int(LATER.timestamp())) == 1


def test_one_that_still_waits_keeps_no_other_from_being_sent(cluster, report, manager):
    other = report_of(cluster, manager)
    section(other, manager)
    save_version(report=other, by=manager, at=NOW)
    for each in (report, other):
        scheduled(each, manager)

    assert report_mail.send_due_reports(int(LATER.timestamp())) == 2
    assert report_mail.send_due_reports(int(LATER.timestamp())) == 2


def test_what_a_schedule_lacks_is_said(cluster, report, manager):
    with pytest.raises(report_mail.RecipientsMissing):
        scheduled(report, manager, recipients=[])
    with pytest.raises(report_mail.TooManyRecipients):
        scheduled(report, manager, recipients=[f"r{number}@example.org" for number in range(21)])
    with pytest.raises(ValidationError):
        scheduled(report, manager, recipients=["nobody"])
    with pytest.raises(report_mail.UnknownLanguage):
        scheduled(report, manager, language="xx")
    with pytest.raises(report_mail.VersionNeeded):
        scheduled(report_of(cluster, manager), manager)
    with pytest.raises(PermissionDenied):
        scheduled(report, colleague(OrganisationFactory()))


def test_the_link_opens_without_an_account_until_it_runs_out(report, manager):
    schedule = scheduled(report, manager)
    report_mail.send_if_due(schedule_id=schedule.pk, at=LATER)
    issue = ReportIssue.objects.get()
    address = reverse("indicators:report_issue", args=[issue.public_id])

    answer = browser_of(None).get(address)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    ReportIssue.objects.update(opens_until=datetime(2020, 1, 1, tzinfo=UTC))
    assert browser_of(None).get(address).status_code == 404
    other = reverse("indicators:report_issue", args=["00000000-0000-4000-8000-000000000000"])
    assert browser_of(None).get(other).status_code == 404


def test_the_file_itself_is_the_organisations(report, manager):
    schedule = scheduled(report, manager)
    report_mail.send_if_due(schedule_id=schedule.pk, at=LATER)
    address = reverse("files:file", args=[ReportIssue.objects.get().file.uuid])

    own = browser_of(manager.person).get(address)
    others = [
        browser_of(person).get(address).status_code
        for person in (colleague(OrganisationFactory()).person, None)
    ]

    assert b"".join(own.streaming_content).startswith(b"%PDF")
    assert others == [404, 404]


def test_whoever_gets_it_can_stop_it(report, manager):
    schedule = scheduled(report, manager)
    token = report_mail.stop_token(schedule, "funder@example.org")
    address = reverse("indicators:report_stop", args=[token])

    asked = browser_of(None).get(address)
    schedule.refresh_from_db()
    before = list(schedule.recipients)
    done = browser_of(None).post(address)
    schedule.refresh_from_db()

    assert (asked.status_code, done.status_code, len(before)) == (200, 200, 2)
    assert (schedule.recipients, schedule.is_on) == (["region@example.org"], True)
    report_mail.stop_sending_to(token=report_mail.stop_token(schedule, "region@example.org"))
    schedule.refresh_from_db()
    assert (schedule.recipients, schedule.is_on) == ([], False)
    assert browser_of(None).get(reverse("indicators:report_stop", args=["forged"])).status_code == 404


def test_a_person_learns_of_it_and_leaves_it(report, manager):
    scheduled(report, manager, recipients=[manager.person.email])
    told = part_in_reports(manager.person)

    assert (len(told["begun"]), len(told["versions"]), len(told["sent to you"])) == (1, 1, 1)
    person_erased.send(sender=type(manager.person), person=manager.person, at=NOW + timedelta(days=1))
    schedule = ReportSchedule.objects.get()
    report.refresh_from_db()
    assert (schedule.recipients, schedule.is_on, schedule.set_by, report.created_by) == (
        [],
        False,
        None,
        None,
    )


def test_the_database_knows_a_schedule_and_an_issue(report, manager):
    schedule = scheduled(report, manager)
    report_mail.send_if_due(schedule_id=schedule.pk, at=LATER)
    issue = ReportIssue.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        ReportSchedule.objects.filter(pk=schedule.pk).update(recipients=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportIssue.objects.filter(pk=issue.pk).update(until_on=issue.start_on)
