"""The holders of an award, for the builder in which an organisation seals Europass credentials itself."""

from collections.abc import Iterable

from filiera.accounts.viewer import Viewer
from filiera.credentials.codes import shown_code
from filiera.credentials.models import Award, Certificate
from filiera.credentials.queries.verification import verify_address
from filiera.shared.tables import Cell
from filiera.texts.languages import DEFAULT_LANGUAGE, translated

HEADER = (
    "First name(s)", "Last name(s)", "Full name", "Email", "Citizenship or country", "Organisation",
    "Title of achievement", "Awarding body", "Awarding date", "Start date", "End date", "Workload in hours",
    "Mode of learning", "Place", "Learning outcomes", "Identifier", "Verification address",
)  # fmt: skip


def europass_table(viewer: Viewer, award: Award) -> tuple[tuple[str, ...], Iterable[list[Cell]]]:
    """Heading and one row for each certificate that stands and has a holder; words in English.

    The builder makes its own template for each credential: names are split at the last space, to be checked.
    """
    standing = Certificate.objects.visible_to(viewer).standing()
    holders = standing.filter(award=award, forgotten_at__isnull=True).order_by("holder_name", "pk")
    return HEADER, (
        _row(certificate)
        for certificate in holders.select_related("participation__organisation", "participation__country")
    )


def _row(certificate: Certificate) -> list[Cell]:
    contents, place = certificate.contents, certificate.participation
    first, _space, last = certificate.holder_name.rpartition(" ")
    country = place.country if place is not None else None
    organisation = place.organisation if place is not None else None
    modes = {mode for day in contents["days"] for mode in day["modes"]}
    return [
        first,
        last,
        certificate.holder_name,
        place.email if place is not None else "",
        country.code if country is not None else "",
        organisation.name if organisation is not None else (place.organisation_name if place else ""),
        translated(contents["award"], DEFAULT_LANGUAGE),
        contents["organiser"],
        certificate.issued_at.date().isoformat(),
        contents["starts_on"],
        contents["ends_on"],
        round(contents["minutes"] / 60, 2),
        "blended" if len(modes) > 1 else "online" if "online" in modes else "presential",
        contents["place"],
        "\n".join(translated(outcome, DEFAULT_LANGUAGE) for outcome in contents["outcomes"]),
        shown_code(certificate.code),
        verify_address(certificate.code),
    ]
