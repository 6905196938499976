"""Many organisations at once from a table: all of them or none, every mistake with its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.organisations import policies
from filiera.organisations.actions.memberships import start_membership
from filiera.organisations.actions.profile import (
    LooksLikeDuplicate,
    Profile,
    ProfileRefused,
    create_organisation,
    edit_organisation,
)
from filiera.organisations.identity import normalised_vat_number
from filiera.organisations.models import Membership, Organisation, OrganisationKind, SizeClass
from filiera.reference.models import Activity, Country, Ecosystem, Region, S3Priority
from filiera.shared.errors import DomainError
from filiera.shared.tables import Row, RowProblem, TableTooLarge, UnreadableTable, read_table

IMPORT_COLUMNS = (
    "name", "kind", "legal_name", "country", "region", "city", "website", "vat_number",
    "registration_number", "size_class", "founded_on", "activity", "activity_revision", "ecosystems",
    "s3_priorities", "description_en", "description_it", "cluster", "member_since", "source_url",
)  # fmt: skip
LONGEST = {"name": 200, "legal_name": 250, "city": 120, "website": 300, "registration_number": 40}
LONGEST_DESCRIPTION = 20_000
DEFAULT_REVISION = "NACE Rev. 2"


class ImportHasMistakes(DomainError):
    """Nothing was imported; `problems` says where the table is wrong."""

    message = gettext_lazy("The table has mistakes; nothing was imported.")

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or on a dry run would do."""

    created: tuple[str, ...]
    updated: tuple[str, ...]
    memberships: int
    is_dry_run: bool


UnreadableImport = (UnreadableTable, TableTooLarge)


class _DryRunDone(Exception):
    """Rolls back everything that a dry run has tried."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The reference rows by what a table may call them."""

    countries: Mapping[str, Country]
    regions: Mapping[str, Region]
    ecosystems: Mapping[str, Ecosystem]
    s3_priorities: Mapping[str, S3Priority]
    activities: Mapping[tuple[str, str], Activity]

    @classmethod
    def load(cls) -> "_Known":
        ecosystems: dict[str, Ecosystem] = {}
        for ecosystem in Ecosystem.objects.all():
            for name in (ecosystem.code, *ecosystem.names.values(), *ecosystem.aliases):
                ecosystems[name.casefold()] = ecosystem
        countries: dict[str, Country] = {}
        for country in Country.objects.all():
            for name in (country.code, *country.names.values()):
                countries[name.casefold()] = country
        return cls(
            countries=countries,
            regions={region.code: region for region in Region.objects.all()},
            ecosystems=ecosystems,
            s3_priorities={row.code.casefold(): row for row in S3Priority.objects.of_work()},
            activities={(row.revision, row.code): row for row in Activity.objects.all()},
        )


def import_organisations(
    *,
    content: bytes,
    filename: str,
    by: Viewer,
    at: datetime,
    dry_run: bool = False,
    cluster: Organisation | None = None,
) -> ImportReport:
    """Take over a CSV or XLSX table with the columns of `IMPORT_COLUMNS`; only name and kind are needed.

    A row with a VAT or registration number that is known updates that organisation where the importer may
    edit it; with `cluster`, or a slug in the column of that name, it becomes a member too. A row that only
    looks like a known organisation is a mistake to be settled by a number or by leaving it out.

    Raises PermissionDenied, UnreadableTable, TableTooLarge, ImportHasMistakes.
    """
    if not (policies.can_record_history(by) or (cluster and policies.can_edit_members(by, cluster))):
        raise PermissionDenied
    rows = read_table(content, filename)
    importer = _Importer(by, at, cluster)
    try:
        with transaction.atomic():
            importer.run(rows)
            if importer.problems:
                raise ImportHasMistakes(importer.problems)
            if dry_run:
                raise _DryRunDone
    except _DryRunDone:
        pass
    return ImportReport(
        created=tuple(importer.created),
        updated=tuple(importer.updated),
        memberships=importer.memberships,
        is_dry_run=dry_run,
    )


class _Importer:
    """Reads row by row, tries each, and remembers what was wrong."""

    def __init__(self, by: Viewer, at: datetime, cluster: Organisation | None) -> None:
        self.by, self.at, self.cluster = by, at, cluster
        self.known = _Known.load()
        self.problems: list[RowProblem] = []
        self.created: list[str] = []
        self.updated: list[str] = []
        self.memberships = 0

    def run(self, rows: Sequence[Row]) -> None:
        columns = rows[0].values if rows else {}
        if not rows or "name" not in columns or "kind" not in columns:
            self.problems.append(RowProblem(1, "name, kind", ", ".join(columns), _("these two columns")))
            return
        for unknown in sorted(column for column in columns if column and column not in IMPORT_COLUMNS):
            self.problems.append(
                RowProblem(1, unknown, unknown, _("one of: %(names)s") % {"names": ", ".join(IMPORT_COLUMNS)})
            )
        for row in rows:
            before = len(self.problems)
            profile = self._profile(row)
            cluster = self._cluster(row)
            since = self._day(row, "member_since")
            if len(self.problems) == before:
                self._keep(row, profile, cluster, since)

    def _refuse(self, row: Row, column: str, expected: str) -> None:
        self.problems.append(RowProblem(row.number, column, row[column][:200], expected))

    def _profile(self, row: Row) -> Profile:
        country = self._found(
            row, "country", self.known.countries, _("a country by code or name, such as IT")
        )
        profile = Profile(name=row["name"], kind=self._kind(row))
        if not row["name"]:
            self._refuse(row, "name", _("a name"))
        for column, longest in LONGEST.items():
            if len(row[column]) > longest:
                self._refuse(row, column, _("at most %(longest)s characters") % {"longest": longest})
        if row["country"]:
            profile["country"] = country
        if row["region"]:
            profile["region"] = self.known.regions.get(row["region"].upper())
            if profile["region"] is None:
                self._refuse(row, "region", _("a NUTS 2024 code of level 0 to 2, such as ITC1"))
        for column in ("legal_name", "city", "registration_number"):
            if row[column]:
                profile[column] = row[column]  # type: ignore[literal-required]
        if row["website"]:
            profile["website"] = self._website(row)
        if row["vat_number"]:
            profile["vat_number"] = normalised_vat_number(row["vat_number"], country.code if country else "")
        if row["size_class"]:
            profile["size_class"] = self._choice(row, "size_class", SizeClass.values)
        founded_on = self._day(row, "founded_on")
        if founded_on:
            profile["founded_on"] = founded_on
        self._classify(row, profile)
        self._describe(row, profile)
        return profile

    def _classify(self, row: Row, profile: Profile) -> None:
        if row["activity"]:
            revision = row["activity_revision"] or DEFAULT_REVISION
            activity = self.known.activities.get((revision, row["activity"].zfill(2)))
            if activity is None:
                self._refuse(
                    row, "activity", _("a division of %(revision)s, such as 28") % {"revision": revision}
                )
            else:
                profile["activity"] = activity
        if row["ecosystems"]:
            found = [self.known.ecosystems.get(name) for name in _several(row["ecosystems"])]
            if None in found:
                self._refuse(row, "ecosystems", _("names or codes of ecosystems, separated by |"))
            else:
                profile["ecosystems"] = cast(Iterable[Ecosystem], found)
        if row["s3_priorities"]:
            # By code only: strategies of two regions may have a priority of the same name.
            chosen = [self.known.s3_priorities.get(code) for code in _several(row["s3_priorities"])]
            if None in chosen:
                self._refuse(row, "s3_priorities", _("codes of S3 priorities, separated by |"))
            else:
                profile["s3_priorities"] = cast(Iterable[S3Priority], chosen)

    def _describe(self, row: Row, profile: Profile) -> None:
        description = {}
        for language in ("en", "it"):
            column = f"description_{language}"
            if len(row[column]) > LONGEST_DESCRIPTION:
                self._refuse(
                    row, column, _("at most %(longest)s characters") % {"longest": LONGEST_DESCRIPTION}
                )
            elif row[column]:
                description[language] = row[column]
        if description:
            profile["description"] = description

    def _keep(self, row: Row, profile: Profile, cluster: Organisation | None, since: date | None) -> None:
        known = self._same(profile)
        try:
            with transaction.atomic():
                if known is None:
                    organisation = create_organisation(
                        profile=profile, by=self.by, at=self.at, source_url=row["source_url"][:500]
                    )
                    self.created.append(organisation.name)
                else:
                    organisation = self._updated(known, profile)
                if cluster:
                    self._join(organisation, cluster, since)
        except ProfileRefused as refusal:
            for problem in refusal.problems:
                self._refuse(row, problem.field, str(problem.message))
        except LooksLikeDuplicate as refusal:
            names = ", ".join(duplicate.organisation.name for duplicate in refusal.duplicates)
            self._refuse(
                row, "name", _("an organisation that is not known yet; similar: %(names)s") % {"names": names}
            )
        except DomainError as refusal:
            self._refuse(row, "cluster", str(refusal))

    def _same(self, profile: Profile) -> Organisation | None:
        """The organisation with the same number; a name alone identifies nobody."""
        if profile.get("vat_number"):
            return Organisation.objects.filter(vat_number=profile["vat_number"]).first()
        if profile.get("registration_number"):
            return Organisation.objects.filter(
                country=profile.get("country"), registration_number=profile["registration_number"]
            ).first()
        return None

    def _updated(self, organisation: Organisation, profile: Profile) -> Organisation:
        # A cluster may add a known firm to its members, but only the firm's own team edits its profile.
        if policies.can_edit(self.by, organisation):
            organisation = edit_organisation(
                organisation=organisation, profile=profile, by=self.by, at=self.at
            )
            self.updated.append(organisation.name)
        return organisation

    def _join(self, organisation: Organisation, cluster: Organisation, since: date | None) -> None:
        if Membership.objects.current().filter(member=organisation, cluster=cluster).exists():
            return
        start_membership(member=organisation, cluster=cluster, start_on=since, by=self.by, at=self.at)
        self.memberships += 1

    def _cluster(self, row: Row) -> Organisation | None:
        if not row["cluster"]:
            return self.cluster
        found = Organisation.objects.visible_to(self.by).filter(slug=row["cluster"]).first()
        if found is None or not policies.can_edit_members(self.by, found):
            self._refuse(
                row, "cluster", _("the address name of a cluster whose members you keep, such as mesap")
            )
        return found

    def _kind(self, row: Row) -> str:
        asked = row["kind"].casefold().replace("-", "_").replace(" ", "_")
        for kind in OrganisationKind:
            if asked == kind.value or row["kind"].casefold() == str(kind.label).casefold():
                return kind.value
        self._refuse(row, "kind", _("one of: %(names)s") % {"names": ", ".join(OrganisationKind.values)})
        return ""

    def _choice(self, row: Row, column: str, choices: Sequence[str]) -> str:
        if row[column] not in choices:
            self._refuse(row, column, _("one of: %(names)s") % {"names": ", ".join(choices)})
        return row[column]

    def _found(self, row: Row, column: str, known: Mapping[str, Country], expected: str) -> Country | None:
        found = known.get(row[column].casefold())
        if row[column] and found is None:
            self._refuse(row, column, expected)
        return found

    def _website(self, row: Row) -> str:
        address = row["website"] if "://" in row["website"] else f"https://{row['website']}"
        try:
            URLValidator(schemes=["http", "https"])(address)
        except ValidationError:
            self._refuse(row, "website", _("an address such as https://example.org"))
        return address

    def _day(self, row: Row, column: str) -> date | None:
        if not row[column]:
            return None
        try:
            return date.fromisoformat(row[column])
        except ValueError:
            self._refuse(row, column, _("a date such as 2024-01-31"))
            return None


def _several(told: str) -> list[str]:
    return [name.strip().casefold() for name in told.split("|") if name.strip()]
