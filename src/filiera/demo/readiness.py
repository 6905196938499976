"""How MESAP might prepare for the label: the sources are real, that they lie in a binder is made up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import transaction

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.indicators.actions.binder import add_evidence, confirm_evidence
from filiera.indicators.actions.definitions import load_packaged
from filiera.indicators.actions.readiness import set_label_target, write_interview_note
from filiera.indicators.models import EvidenceKind, LabelEvidence
from filiera.organisations.models import Organisation
from filiera.organisations.permissions import permissions_of

CLUSTER = "mesap"


@dataclass(frozen=True, slots=True)
class _Sheet:
    code: str
    title: str
    url: str = ""
    text: str = ""
    valid_for: timedelta | None = None
    is_confirmed: bool = True


_SHEETS = (
    _Sheet(
        "1.1.2",
        "275 members at the end of 2019, as published",
        url="https://www.enordovest.com/2019/12/mesap-turbo-piemontese-dellinnovazione.html",
    ),
    _Sheet(
        "1.1.1",
        "229 SMEs, 36 large firms, 8 research centres and 2 universities, as published",
        url="https://www.enordovest.com/2019/12/mesap-turbo-piemontese-dellinnovazione.html",
    ),
    _Sheet(
        "2.1",
        "Ten years of the cluster in the press",
        url="http://www.torinoggi.it/2019/12/08/leggi-notizia/argomenti/economia-4/articolo/"
        "dieci-anni-dalla-meccatronica-allintelligenza-artificiale-le-fabbriche-del-futuro-studiano-al-me.html",
    ),
    _Sheet(
        "1.1.0",
        "Declaration of commitment, form for members",
        text="Demonstration. The member takes part in at least two activities a year.",
        valid_for=timedelta(days=60),
    ),
    _Sheet(
        "4.1.2",
        "Strategy until 2027, as adopted",
        text="Demonstration. Three goals, each with a figure and a year.",
        is_confirmed=False,
    ),
)
_TARGETS = (("members_total", Decimal(290)), ("member_churn", Decimal(8)))
_NOTES = (
    (
        "1.1.2",
        "We count who has signed and paid. We show the list with dates, and say why 2020 was a slow year.",
    ),
    (
        "2.3",
        "We call everybody who leaves. Most of them were bought or closed; three said that they saw no use.",
    ),
    ("4.5", "Four groups meet every second month; the one on machine data has led to a joint project."),
)


@transaction.atomic
def load_readiness(people: dict[str, Person], at: datetime) -> None:
    """A binder with a few sheets, targets and words; what is there already stays."""
    cluster = Organisation.objects.get(slug=CLUSTER)
    if LabelEvidence.objects.filter(organisation=cluster).exists():
        return
    load_packaged(at)
    by = Viewer(person=people["organiser"], organisation_id=cluster.pk, permissions=permissions_of(["staff"]))
    second = Viewer(person=people["administrator"], administering=True)
    for sheet in _SHEETS:
        evidence = add_evidence(
            organisation=cluster,
            code=sheet.code,
            kind=EvidenceKind.LINK if sheet.url else EvidenceKind.FILE,
            title=sheet.title,
            url=sheet.url,
            upload=ContentFile(sheet.text.encode(), name=f"{sheet.code}.txt") if sheet.text else None,
            valid_until=at.date() + sheet.valid_for if sheet.valid_for else None,
            is_demonstration=True,
            by=by,
            at=at,
        )
        if sheet.is_confirmed:
            confirm_evidence(evidence=evidence, by=second, at=at)
    for code, value in _TARGETS:
        set_label_target(
            organisation=cluster,
            code=code,
            value=value,
            reach_on=at.date() + timedelta(days=365),
            is_demonstration=True,
            by=by,
            at=at,
        )
    for code, text in _NOTES:
        write_interview_note(organisation=cluster, code=code, text=text, is_demonstration=True, by=by, at=at)
