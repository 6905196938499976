"""What reports know about a person: who wrote them, and to which addresses they go."""

from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.indicators.models import FormCell, FunderForm, Report, ReportSchedule, ReportVersion


def connect() -> None:
    exports.register("reports", part_in_reports)
    person_erased.connect(forget_person, dispatch_uid="indicators.reports.person_erased")


def part_in_reports(person: Person) -> dict[str, Any]:
    """What somebody began, kept and scheduled, and what is sent to their address."""
    sent = ReportSchedule.objects.filter(recipients__contains=[person.email.lower()])
    return {
        "begun": list(
            Report.objects.filter(created_by=person).values("organisation__slug", "title", "created_at")
        ),
        "versions": list(
            ReportVersion.objects.filter(saved_by=person).values("report__title", "number", "saved_at")
        ),
        "schedules": list(
            ReportSchedule.objects.filter(set_by=person).values("report__title", "frequency", "set_at")
        ),
        "forms uploaded": list(
            FunderForm.objects.filter(uploaded_by=person).values("organisation__slug", "title", "uploaded_at")
        ),
        "sent to you": list(sent.values("report__title", "report__organisation__slug", "frequency")),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    """Reports are the organisation's and stay; who made them does not, nor does the address."""
    Report.objects.filter(created_by=person).update(created_by=None)
    ReportVersion.objects.filter(saved_by=person).update(saved_by=None)
    ReportSchedule.objects.filter(set_by=person).update(set_by=None)
    FunderForm.objects.filter(uploaded_by=person).update(uploaded_by=None)
    FormCell.objects.filter(tied_by=person).update(tied_by=None)
    address = person.email.lower()
    for schedule in ReportSchedule.objects.filter(recipients__contains=[address]):
        schedule.recipients = [each for each in schedule.recipients if each != address]
        schedule.is_on = schedule.is_on and bool(schedule.recipients)
        schedule.save(update_fields=["recipients", "is_on"])
