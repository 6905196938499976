"""Mails to many: templates, recipients and what became of each mail."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.mail_templates import packaged_mails
from filiera.admissions.models import (
    Mailing,
    MailingRecipient,
    MailTemplate,
    Participation,
)
from filiera.admissions.placeholders import MailMatter, empty_placeholders, filled
from filiera.admissions.recipients import recipients_of
from filiera.mail.models import MailState
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages, translated

PAGE_LENGTH = 25


@dataclass(frozen=True, slots=True)
class UsableTemplate:
    """Words to begin a mail with: the edition's own where there are any, else the packaged ones."""

    code: str
    name: dict[str, str]
    subject: dict[str, str]
    text: dict[str, str]
    recipients_by: dict[str, str] = field(default_factory=dict)
    is_own: bool = False
    is_packaged: bool = True


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """What one recipient would read."""

    subject: str
    text: str
    language: str
    holes: list[str]


def usable_templates(viewer: Viewer, edition: Edition) -> list[UsableTemplate]:
    """The packaged templates in their order, each in the edition's words if it has some, then its own."""
    own = {
        template.code: template
        for template in MailTemplate.objects.visible_to(viewer).filter(edition=edition).order_by("code")
    }
    found = []
    for packaged in packaged_mails():
        ours = own.pop(packaged.code, None)
        words = ours or packaged
        found.append(
            UsableTemplate(
                packaged.code,
                words.name or packaged.name,
                words.subject,
                words.text,
                packaged.recipients_by,
                is_own=ours is not None,
            )
        )
    found += [
        UsableTemplate(row.code, row.name, row.subject, row.text, {"state": "confirmed"}, True, False)
        for row in own.values()
    ]
    return found


def usable_template(viewer: Viewer, edition: Edition, code: str) -> UsableTemplate | None:
    return next((template for template in usable_templates(viewer, edition) if template.code == code), None)


def mailings_for_list(viewer: Viewer, edition: Edition, *, before: int | None = None) -> list[Mailing]:
    """One page of mailings and one more, the newest first, each with what became of its mails."""
    mailings = Mailing.objects.visible_to(viewer).filter(edition=edition)
    if before is not None:
        mailings = mailings.filter(pk__lt=before)
    counted = mailings.annotate(
        recipient_count=Count("recipients", filter=Q(recipients__left_out_at__isnull=True)),
        sent_count=Count("recipients", filter=Q(recipients__mail__state=MailState.SENT)),
        failed_count=Count("recipients", filter=_not_reached()),
    )
    return list(counted.select_related("written_by").order_by("-pk")[: PAGE_LENGTH + 1])


def reachable(edition: Edition, asked: dict[str, str]) -> QuerySet[Participation]:
    """The recipients who have an address, by name."""
    found = recipients_of(edition, asked).exclude(email="")
    return found.select_related("organisation", "person").order_by("name", "pk")


def without_address(edition: Edition, asked: dict[str, str]) -> list[Participation]:
    return list(recipients_of(edition, asked).filter(email="").order_by("name", "pk"))


def recipient_rows(viewer: Viewer, mailing: Mailing) -> list[MailingRecipient]:
    """To whom a mailing goes or went, by name, with the mail of each."""
    rows = MailingRecipient.objects.visible_to(viewer).filter(mailing=mailing)
    return list(
        rows.select_related("participation__organisation", "mail").order_by("participation__name", "pk")
    )


def not_reached(mailing: Mailing) -> QuerySet[MailingRecipient]:
    """Those whose mail was given up or came back."""
    rows = MailingRecipient.objects.filter(mailing=mailing)
    return rows.filter(_not_reached(""))


def outcome_counts(rows: list[MailingRecipient]) -> Counter[str]:
    return Counter(outcome(row) for row in rows)


def outcome(row: MailingRecipient) -> str:
    """What became of one recipient's mail: a word that pages put into their language."""
    if row.left_out_at is not None:
        return "left_out"
    if row.bounced_at is not None:
        return "bounced"
    if row.mail is not None:
        return str(row.mail.state)
    return "removed" if row.written_at is not None else "to_be_written"


def mail_language_of(participation: Participation) -> str:
    """The recipient's language where the platform speaks it, else English."""
    return participation.language if participation.language in page_languages() else DEFAULT_LANGUAGE


def written_for(mailing: Mailing, participation: Participation, *, at: datetime) -> WrittenMail:
    """The mail as this recipient would read it, and the placeholders that would stay empty."""
    matter = MailMatter(mailing.edition, at)
    return write(mailing, participation, matter)


def write(mailing: Mailing, participation: Participation, matter: MailMatter) -> WrittenMail:
    language = mail_language_of(participation)
    subject = translated(mailing.subject, language)
    # Mails know paragraphs only: lines that were written one under the other stay so as paragraphs.
    text = "\n\n".join(line for line in translated(mailing.text, language).splitlines() if line.strip())
    return WrittenMail(
        subject=filled(subject, matter, participation, language=language),
        text=filled(text, matter, participation, language=language),
        language=language,
        holes=empty_placeholders(f"{subject}\n{text}", matter, participation, language),
    )


def mails_received(participation: Participation) -> list[MailingRecipient]:
    """The mails to many that one participant got, the latest first."""
    rows = MailingRecipient.objects.filter(participation=participation, written_at__isnull=False)
    return list(rows.select_related("mailing", "mail").order_by(F("written_at").desc(), "-pk"))


def _not_reached(prefix: str = "recipients__") -> Q:
    failed = Q(**{f"{prefix}mail__state": MailState.FAILED})
    return failed | Q(**{f"{prefix}bounced_at__isnull": False})
