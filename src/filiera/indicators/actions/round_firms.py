"""Firms in a round: their addresses, their answers by the link, and their wish to hear no more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.round_mails import RoundNotOpen, invite_firms_later
from filiera.indicators.models import CollectionFirm, CollectionRound
from filiera.questionnaires.actions import answering
from filiera.questionnaires.permissions import with_response
from filiera.shared.errors import DomainError
from filiera.shared.links import fresh_seed
from filiera.shared.tables import read_table
from filiera.texts.languages import page_languages


class AddressesWrong(DomainError):
    """`problems` name the row and what is wrong there; nothing was taken."""

    message = _("Nothing was taken: some rows are wrong.")

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__()
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class FirmAddress:
    """Where one firm is written to, and in which language."""

    slug: str
    email: str
    language: str = ""
    row: int = 0


@transaction.atomic
def set_firm_address(
    *, firm: CollectionFirm, email: str, language: str, by: Viewer, at: datetime
) -> CollectionFirm:
    """Say where a firm is written to; with another address the old link ends, and it is invited there.

    Raises PermissionDenied, RoundNotOpen.
    """
    if not policies.can_run_round(by, firm.round):
        raise PermissionDenied
    if not firm.round.is_open:
        raise RoundNotOpen
    firm = CollectionFirm.objects.select_for_update(of=("self",)).select_related("round").get(pk=firm.pk)
    firm.language = language
    if email != firm.email:
        _write_to(firm, email)
        transaction.on_commit(partial(invite_firms_later, firm.round_id))
    firm.save(update_fields=["email", "language", "link_seed", "invited_at"])
    return firm


@transaction.atomic
def set_firm_addresses(
    *, round_: CollectionRound, addresses: Sequence[FirmAddress], by: Viewer, at: datetime
) -> int:
    """Take addresses of many firms, all or none; how many are new. Whoever is new is invited.

    Raises PermissionDenied, RoundNotOpen, AddressesWrong.
    """
    if not policies.can_run_round(by, round_):
        raise PermissionDenied
    if not round_.is_open:
        raise RoundNotOpen
    firms = {
        firm.organisation.slug: firm
        for firm in CollectionFirm.objects.filter(round=round_)
        .select_for_update(of=("self",))
        .select_related("organisation")
        .order_by("pk")
    }
    told_in = Counter(told.slug for told in addresses)
    problems = [
        gettext("Row %(row)s: no firm of this round has the key “%(key)s”.")
        % {"row": told.row, "key": told.slug}
        if told.slug not in firms
        else gettext("Row %(row)s: the key “%(key)s” stands in more than one row.")
        % {"row": told.row, "key": told.slug}
        for told in addresses
        if told.slug not in firms or told_in[told.slug] > 1
    ]
    if problems:
        raise AddressesWrong(problems)
    count = 0
    for told in addresses:
        firm = firms[told.slug]
        firm.language = told.language or firm.language
        if told.email and told.email != firm.email.lower():
            _write_to(firm, told.email)
            count += 1
    columns = ["email", "language", "link_seed", "invited_at"]
    CollectionFirm.objects.bulk_update(firms.values(), columns, batch_size=500)
    if count:
        transaction.on_commit(partial(invite_firms_later, round_.pk))
    return count


def read_addresses(content: bytes, name: str) -> list[FirmAddress]:
    """The table that the page of firms gives, filled in: columns key, email, language.

    Raises UnreadableTable, TableTooLarge, AddressesWrong.
    """
    rows = read_table(content, name)
    if not rows or not {"key", "email"} <= set(rows[0].values):
        raise AddressesWrong(
            [gettext("The first row names the columns key and email, as in the table from here.")]
        )
    found, problems = [], []
    for row in rows:
        email, language = row["email"].lower(), row["language"].lower()
        if email and not _is_email(email):
            problems.append(
                gettext("Row %(row)s: “%(email)s” is no e-mail address.")
                % {"row": row.number, "email": email}
            )
        elif language and language not in page_languages():
            problems.append(
                gettext("Row %(row)s: “%(language)s” is no language of these pages (%(known)s).")
                % {"row": row.number, "language": language, "known": ", ".join(page_languages())}
            )
        else:
            found.append(FirmAddress(row["key"], email, language, row.number))
    if problems:
        raise AddressesWrong(problems)
    return found


@transaction.atomic
def answer_round(
    *, firm: CollectionFirm, answers: Mapping[str, Any], by: Viewer, at: datetime
) -> CollectionFirm:
    """Hand in what a firm answers, or change it while the round is open; it counts for all its poles.

    Raises PermissionDenied, RoundNotOpen, and what `submit_response` raises.
    """
    if not policies.can_answer_for(by, firm):
        raise PermissionDenied
    firm = CollectionFirm.objects.select_for_update(of=("self",)).select_related("response").get(pk=firm.pk)
    # Read once the lock is held: whoever freezes the round holds its firms.
    firm.round = CollectionRound.objects.select_related("questionnaire").get(pk=firm.round_id)
    questionnaire = firm.round.questionnaire
    if not firm.round.is_open or questionnaire is None:
        raise RoundNotOpen
    response = firm.response or answering.start_response(
        questionnaire=questionnaire, by=by, at=at, respondent=firm.respondent
    )
    answering.submit_response(response=response, answers=answers, by=with_response(by, response.pk), at=at)
    firm.response, firm.answered_at, firm.stopped_at = response, firm.answered_at or at, None
    firm.save(update_fields=["response", "answered_at", "stopped_at"])
    return firm


@transaction.atomic
def stop_writing(*, firm: CollectionFirm, by: Viewer, at: datetime) -> CollectionFirm:
    """A firm will not answer this round: it hears no more of it. Raises PermissionDenied."""
    if not policies.can_answer_for(by, firm):
        raise PermissionDenied
    firm = CollectionFirm.objects.select_for_update(of=("self",)).get(pk=firm.pk)
    if firm.answered_at is None and firm.stopped_at is None:
        firm.stopped_at = at
        firm.save(update_fields=["stopped_at"])
    return firm


def _write_to(firm: CollectionFirm, email: str) -> None:
    """Another address has another link, also where it was the address before."""
    firm.email, firm.link_seed, firm.invited_at = email, fresh_seed(), None


def _is_email(told: str) -> bool:
    try:
        validate_email(told)
    except ValidationError:
        return False
    return len(told) <= 254
