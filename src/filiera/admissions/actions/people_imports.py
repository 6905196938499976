"""Taking over people who were selected elsewhere: the whole file, or nothing and what is wrong in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app

from filiera.academy.actions.steps import tell_desks
from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions import facts
from filiera.admissions.imports.people import (
    LABELS,
    ImportedPerson,
    PeopleTable,
    guessed_mapping,
    read_people,
    read_people_table,
)
from filiera.admissions.models import Participation, ParticipationState, PeopleImport
from filiera.admissions.policies import places as policies
from filiera.admissions.queries.people_imports import (
    as_rows,
    known_words,
    mail_language,
    remembered_mapping,
)
from filiera.ledger import actions as ledger
from filiera.organisations.models import Organisation
from filiera.reference.models import Country, Ecosystem
from filiera.shared.errors import DomainError
from filiera.shared.links import fresh_seed
from filiera.shared.tables import RowProblem
from filiera.texts.languages import DEFAULT_LANGUAGE, translated
from filiera.texts.sorting import sort_key

from .listings import renew_listings
from .participations import HELD_STATES, begin_membership, count_places, lock_places

_AT_ONCE = 1000
_UPLOADS_LAST = timedelta(days=1)


class PeopleHaveMistakes(DomainError):
    """At least one cell is wrong; nothing was changed."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(
            ngettext(
                "One cell is wrong, so nothing was imported.",
                "%(count)s cells are wrong, so nothing was imported.",
                len(problems),
            )
            % {"count": len(problems)}
        )
        self.problems = tuple(problems)


class AlreadyImported(DomainError):
    message = _("This file was imported already. Upload it again to compare it once more.")


@dataclass(frozen=True)
class Change:
    """What the file says otherwise about somebody who was there."""

    name: str
    fields: list[tuple[str, str, str]]


@dataclass
class PeopleReport:
    """What an import did, or would do. Whoever is missing in the file stays as they are."""

    is_dry_run: bool
    new: list[str] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    confirmed: list[str] = field(default_factory=list)
    # In the file, but the place was declined, expired or given back: that stays.
    ended: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@transaction.atomic
def upload_people(
    *, edition: Edition, content: bytes, name: str, encoding: str = "", by: Viewer, at: datetime
) -> PeopleImport:
    """Read a table and guess its columns; nobody is imported yet.

    Raises PermissionDenied, NoRows, UnreadableTable, TableTooLarge.
    """
    if not policies.can_edit_participants(by, edition):
        raise PermissionDenied
    table = read_people_table(content, name, encoding=encoding)
    return PeopleImport.objects.create(
        edition=edition,
        file_name=name[:200],
        headings=table.headings,
        rows=as_rows(table.rows),
        mapping=guessed_mapping(table.headings, remembered_mapping(edition)),
        uploaded_by=by.person,
        uploaded_at=at,
    )


@transaction.atomic
def import_upload(
    *,
    upload: PeopleImport,
    mapping: Mapping[str, str],
    is_confirmed: bool,
    dry_run: bool,
    by: Viewer,
    at: datetime,
) -> PeopleReport:
    """Import an uploaded table with the chosen columns; afterwards its rows leave and the columns stay.

    Raises PermissionDenied, AlreadyImported and what `import_people` raises.
    """
    if not policies.can_edit_participants(by, upload.edition):
        raise PermissionDenied
    upload = PeopleImport.objects.select_for_update(of=("self",)).select_related("edition").get(pk=upload.pk)
    if upload.imported_at is not None:
        raise AlreadyImported
    table = PeopleTable(upload.headings, [(number, cells) for number, cells in upload.rows])
    report = import_people(
        edition=upload.edition,
        table=table,
        mapping=mapping,
        is_confirmed=is_confirmed,
        dry_run=dry_run,
        by=by,
        at=at,
    )
    upload.mapping = {key: heading for key, heading in mapping.items() if heading}
    if not dry_run:
        upload.imported_at, upload.rows = at, []
    upload.save(update_fields=["mapping", "imported_at", "rows"])
    return report


def import_people(
    *,
    edition: Edition,
    table: PeopleTable,
    mapping: Mapping[str, str],
    is_confirmed: bool,
    dry_run: bool,
    by: Viewer,
    at: datetime,
) -> PeopleReport:
    """Add who is new and bring up to date who is there, by address or else by name and organisation.

    An empty cell takes nothing away, and nobody is removed. A dry run does everything and takes it back.
    Raises PermissionDenied, NameColumnMissing, ColumnUnknown, PeopleHaveMistakes, NoPlaceLeft.
    """
    if not policies.can_edit_participants(by, edition):
        raise PermissionDenied
    people, problems = read_people(table, mapping, known_words())
    if problems:
        raise PeopleHaveMistakes(problems)
    with transaction.atomic():
        call = lock_places(edition)
        run = _Import(edition, is_confirmed=is_confirmed, by=by, at=at)
        report = run.run(people, dry_run=dry_run)
        if report.confirmed:
            count_places(call)
        if dry_run:
            transaction.set_rollback(True)
        else:
            tell_desks(edition, by=by)
    return report


class _Import:
    """One run: who is there already, what is new, what changed."""

    def __init__(self, edition: Edition, *, is_confirmed: bool, by: Viewer, at: datetime) -> None:
        self.edition, self.is_confirmed, self.by, self.at = edition, is_confirmed, by, at
        places = Participation.objects.filter(edition=edition).select_for_update(of=("self",))
        self.present = list(places.select_related("organisation", "country", "ecosystem", "person"))
        self.by_email = {place.email.lower(): place for place in self.present if place.email}
        self.by_name = {_key(place): place for place in self.present}
        self.organisations = _organisations_by_word()
        self.countries = Country.objects.in_bulk()
        self.ecosystems = Ecosystem.objects.in_bulk()
        self.accounts = _accounts_by_address(edition)
        self.taken_accounts: set[int] = set()

    def run(self, people: Sequence[ImportedPerson], *, dry_run: bool) -> PeopleReport:
        report = PeopleReport(is_dry_run=dry_run)
        added: list[Participation] = []
        changed: list[Participation] = []
        confirmed: list[Participation] = []
        matches = self._matches(people)
        seen = {place.pk for place in matches.values()}
        for told in people:
            place = matches.get(told.row)
            if place is None:
                place = self._new(told)
                added.append(place)
                report.new.append(place.name)
            else:
                fields = self._update(place, told)
                if fields:
                    report.changed.append(Change(place.name, fields))
                    changed.append(place)
                else:
                    report.unchanged += 1
                if place.ended_at is not None:
                    report.ended.append(place.name)
            if self.is_confirmed and place.ended_at is None and place.state != ParticipationState.CONFIRMED:
                place.state, place.confirmed_at = ParticipationState.CONFIRMED, self.at
                confirmed.append(place)
                report.confirmed.append(place.name)
        report.missing = [
            place.name for place in self.present if place.pk not in seen and place.state in HELD_STATES
        ]
        if not dry_run:
            self._write(added, changed, confirmed)
        elif self.is_confirmed:
            # What a dry run counts against the places of the call.
            self._write(added, [], confirmed, tells_ledger=False)
        return report

    def _matches(self, people: Sequence[ImportedPerson]) -> dict[int, Participation]:
        """Who of the file is there already: by address first, then by name and organisation."""
        found = {told.row: self.by_email[told.email] for told in people if told.email in self.by_email}
        taken = {place.pk for place in found.values()}
        for told in people:
            named = self.by_name.get(told.key)
            if told.row in found or named is None or named.pk in taken:
                continue
            # Two people of one name and organisation with different addresses are two people.
            if not (told.email and named.email):
                found[told.row] = named
                taken.add(named.pk)
        return found

    def _new(self, told: ImportedPerson) -> Participation:
        place = Participation(
            edition=self.edition,
            name=told.name,
            email=told.email,
            position=told.position,
            country=self.countries.get(told.country),
            ecosystem=self.ecosystems.get(told.ecosystem),
            language=mail_language(told.language) or DEFAULT_LANGUAGE,
            person=self._account(told.email),
            selected_at=self.at,
            link_seed=fresh_seed(),
            is_demonstration=self.edition.is_demonstration,
        )
        self._set_organisation(place, told.organisation)
        return place

    def _update(self, place: Participation, told: ImportedPerson) -> list[tuple[str, str, str]]:
        """Take over what the file says and answer what that changed: label, before, after."""
        before = _shown(place)
        place.name = told.name
        place.email = told.email or place.email
        place.position = told.position or place.position
        place.country = self.countries.get(told.country, place.country)
        place.ecosystem = self.ecosystems.get(told.ecosystem, place.ecosystem)
        place.language = mail_language(told.language) or place.language
        if told.organisation and sort_key(told.organisation) != sort_key(before["organisation"]):
            self._set_organisation(place, told.organisation)
        if place.person_id is None:
            place.person = self._account(place.email)
        after = _shown(place)
        return [(_label(name), before[name], after[name]) for name in before if before[name] != after[name]]

    def _account(self, email: str) -> Person | None:
        person = self.accounts.get(email)
        if person is None or person.pk in self.taken_accounts:
            return None
        self.taken_accounts.add(person.pk)
        return person

    def _set_organisation(self, place: Participation, name: str) -> None:
        place.organisation = self.organisations.get(sort_key(name)) if name else None
        place.organisation_name = "" if place.organisation else name

    def _write(
        self,
        added: list[Participation],
        changed: list[Participation],
        confirmed: list[Participation],
        *,
        tells_ledger: bool = True,
    ) -> None:
        Participation.objects.bulk_create(added, batch_size=_AT_ONCE)
        new_keys = {place.pk for place in added}
        touched = {place.pk: place for place in [*changed, *confirmed] if place.pk not in new_keys}
        for place in touched.values():
            place.sort_name = sort_key(place.name)
        Participation.objects.bulk_update(
            touched.values(),
            ["name", "sort_name", "email", "position", "organisation", "organisation_name", "country",
             "ecosystem", "language", "person", "state", "confirmed_at"],
            batch_size=_AT_ONCE,
        )  # fmt: skip
        renew_listings(touched.values())
        if not tells_ledger:
            return
        ledger.record_many(
            facts.PLACE_CONFIRMED.code,
            [
                ledger.Happening(
                    subject=place,
                    organisation=place.organisation,
                    person=place.person,
                    ecosystem=place.ecosystem,
                )
                for place in confirmed
            ],
            by=self.by,
            at=self.at,
            counterpart=self.edition.organiser,
            event=self.at.isoformat(),
        )
        for place in confirmed:
            begin_membership(place, at=self.at)


def forget_uploads(*, at: datetime) -> int:
    """Remove uploads that nobody imported within a day: they hold people's addresses.

    Asks no policy: it follows a promise.
    """
    old = PeopleImport.objects.filter(imported_at__isnull=True, uploaded_at__lt=at - _UPLOADS_LAST)
    count, _by_model = old.delete()
    return count


@app.periodic(cron="11 3 * * *")
@app.task(name="admissions.forget_uploads", queueing_lock="admissions.forget_uploads")
def forget_uploads_nightly(timestamp: int) -> None:
    forget_uploads(at=datetime.fromtimestamp(timestamp, tz=UTC))


def _key(place: Participation) -> tuple[str, str]:
    organisation = place.organisation.name if place.organisation else place.organisation_name
    return sort_key(place.name), sort_key(organisation)


def _label(name: str) -> str:
    return str(_("Name") if name == "name" else LABELS[name])


def _shown(place: Participation) -> dict[str, str]:
    return {
        "name": place.name,
        "email": place.email,
        "position": place.position,
        "organisation": place.organisation.name if place.organisation else place.organisation_name,
        "country": translated(place.country.names) if place.country else "",
        "ecosystem": translated(place.ecosystem.names) if place.ecosystem else "",
        "language": place.language,
    }


def _organisations_by_word() -> dict[str, Organisation]:
    """Organisations by every name they have, as far as one alone has it; those that ended come last."""
    found: dict[str, Organisation | None] = {}
    rows = list(Organisation.objects.select_related("region").order_by("pk"))
    for row in sorted(rows, key=lambda row: row.closed_on is not None):
        for word in {sort_key(name) for name in (row.name, row.legal_name, *row.names.values()) if name}:
            if word not in found:
                found[word] = row
            elif row.closed_on is None:
                found[word] = None
    return {word: row for word, row in found.items() if row is not None}


def _accounts_by_address(edition: Edition) -> dict[str, Person]:
    """Accounts by each address they proved, without those that have a place in the edition."""
    taken = Participation.objects.filter(edition=edition, person__isnull=False).values("person")
    proved: Any = EmailAddress.objects.filter(verified=True, user__is_active=True).exclude(user__in=taken)
    return {address.email.lower(): address.user for address in proved.select_related("user")}
