"""The real organisations of the demonstration, as far as public sources tell, and a few made-up firms."""

from datetime import date, datetime

from django.db import transaction

from filiera.accounts.viewer import SYSTEM
from filiera.demo.tables import read, words
from filiera.organisations.actions import (
    Profile,
    create_organisation,
    end_membership,
    record_succession,
    start_membership,
)
from filiera.organisations.models import Membership, Organisation, Precision, Succession
from filiera.reference.models import Country, Ecosystem, Region, S3Priority


@transaction.atomic
def load_organisations(at: datetime) -> dict[str, Organisation]:
    """The organisations by slug; what is there already is left as it is."""
    known = {organisation.slug: organisation for organisation in Organisation.objects.all()}
    countries = Country.objects.in_bulk()
    regions = Region.objects.in_bulk()
    ecosystems = Ecosystem.objects.in_bulk()
    priorities = S3Priority.objects.in_bulk()
    for row in read("organisations"):
        if row["slug"] not in known:
            profile = Profile(
                name=row["name"],
                kind=row["kind"],
                legal_name=row["legal_name"],
                description=words(row, "description"),
                country=countries.get(row["country"]),
                region=regions.get(row["region"]),
                city=row["city"],
                website=row["website"],
                size_class=row["size_class"],
                founded_on=_day(row["founded_on"]),
                founded_precision=row["founded_precision"] or Precision.DAY,
                ecosystems=[ecosystems[code] for code in row["ecosystems"].split("|") if code],
                s3_priorities=[priorities[code] for code in row["s3_priorities"].split("|") if code],
            )
            known[row["slug"]] = create_organisation(
                profile=profile,
                slug=row["slug"],
                source_url=row["source_url"],
                source_note=words(row, "source_note"),
                is_demonstration=row["is_demonstration"] == "yes",
                although_similar=True,
                by=SYSTEM,
                at=at,
            )
    _load_memberships(known, at)
    _load_successions(known, at)
    return known


def _load_memberships(known: dict[str, Organisation], at: datetime) -> None:
    present = set(Membership.objects.values_list("member__slug", "cluster__slug", "start_on"))
    for row in read("memberships"):
        start_on = _day(row["start_on"])
        if (row["member"], row["cluster"], start_on) in present:
            continue
        membership = start_membership(
            member=known[row["member"]],
            cluster=known[row["cluster"]],
            start_on=start_on,
            start_precision=row["start_precision"],
            source_url=row["source_url"],
            source_note=words(row, "source_note"),
            is_demonstration=row["is_demonstration"] == "yes",
            by=SYSTEM,
            at=at,
        )
        end_on = _day(row["end_on"])
        if end_on:
            end_membership(
                membership=membership,
                end_on=end_on,
                end_precision=row["end_precision"],
                by=SYSTEM,
                at=at,
            )


def _load_successions(known: dict[str, Organisation], at: datetime) -> None:
    present = set(Succession.objects.values_list("from_organisation__slug", "to_organisation__slug"))
    for row in read("successions"):
        if (row["from_organisation"], row["to_organisation"]) in present:
            continue
        record_succession(
            kind=row["kind"],
            from_organisation=known[row["from_organisation"]],
            to_organisation=known[row["to_organisation"]],
            happened_on=date.fromisoformat(row["happened_on"]),
            precision=row["precision"],
            source_url=row["source_url"],
            source_note=words(row, "source_note"),
            by=SYSTEM,
            at=at,
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
