"""How figures are written on pages and in files."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from filiera.academy.models import Edition
from filiera.indicators.definition import (
    Breakdown,
    Change,
    Composite,
    Definition,
    Duration,
    Mean,
    Median,
    Ratio,
    Score,
    Share,
    Stock,
    Tally,
    Unit,
)
from filiera.indicators.engines.forming import Missing
from filiera.ledger.kinds import name_of
from filiera.organisations.models import OrganisationKind, SizeClass
from filiera.reference.models import Country, Ecosystem, Region, S3Priority
from filiera.texts.languages import translated

_UNITS_NOT_WRITTEN = {Unit.COUNT, Unit.PER_ONE}
_ONE = {
    Unit.ORGANISATION: pgettext_lazy("unit after the figure 1", "organisation"),
    Unit.PERSON: pgettext_lazy("unit after the figure 1", "person"),
    Unit.HOUR: pgettext_lazy("unit after the figure 1", "hour"),
    Unit.DAY: pgettext_lazy("unit after the figure 1", "day"),
    Unit.YEAR: pgettext_lazy("unit after the figure 1", "year"),
    Unit.FTE: pgettext_lazy("unit after the figure 1", "full-time equivalent"),
    Unit.SCORE: pgettext_lazy("unit after the figure 1", "point"),
}


def value_words(value: Decimal, definition: Definition) -> str:
    """A value in the page's language with its unit, such as "43.5 %" or "275 organisations"."""
    number = number_words(value, definition)
    if definition.unit in _UNITS_NOT_WRITTEN:
        return number
    is_one = value == 1 and definition.precision == 0
    unit = _ONE.get(definition.unit, definition.unit.label) if is_one else definition.unit.label
    return f"{number}\N{NO-BREAK SPACE}{unit}"


def number_words(value: Decimal, definition: Definition) -> str:
    """A value in the page's language without its unit; with a minus, not a hyphen."""
    number = number_format(value, definition.precision, use_l10n=True, force_grouping=True)
    return number.replace("-", "−", 1)


def typed(value: Decimal) -> str:
    """A value as somebody types it: no zeros at its end, no exponent."""
    return f"{value.normalize():f}"


def missing_words(missing: str, *, over_life: bool = False) -> str | Promise:
    """Why there is no value; over the whole life of an edition there is no before."""
    if over_life and missing == Missing.BEFORE_RECORDS:
        return _("nothing recorded so far")
    return Missing(missing).label if missing in Missing.values else missing


def measure_words(definition: Definition, known: Mapping[str, Definition]) -> str:
    """In one sentence how a figure is measured, from the definition itself.

    `known` has the names of the figures that it is formed from; one that is not there is told by its code.
    """
    measure = definition.measure
    kinds = _list([str(name_of(kind)) for kind in definition.kinds])
    match measure:
        case Tally(what="count"):
            said = _("The number of facts: %(kinds)s.")
        case Tally(what="distinct", of="person"):
            said = _("Different people in the facts: %(kinds)s. Each counts once.")
        case Tally(what="distinct", of="subject"):
            said = _("Different records behind the facts: %(kinds)s. Each counts once.")
        case Tally(what="distinct"):
            said = _("Different organisations in the facts: %(kinds)s. Each counts once.")
        case Tally():
            said = _("The sum over the facts: %(kinds)s.")
        case Mean() | Score():
            said = _("The mean over the facts: %(kinds)s.")
        case Median():
            said = _("The median over the facts: %(kinds)s.")
        case Share():
            said = _("A share of the facts: %(kinds)s.")
        case Stock():
            said = _("What has started and not ended at the end of the period: %(kinds)s. Each counts once.")
        case Duration(as_median=True):
            said = _("The median of the days from the first to the second: %(kinds)s.")
        case Duration():
            said = _("The mean of the days from the first to the second: %(kinds)s.")
        case Ratio(denominator_before=True):
            said = _("The first figure by the second one at the beginning of the period: %(kinds)s.")
        case Ratio():
            said = _("The first figure by the second: %(kinds)s.")
        case Change():
            said = _("What the figure gained since the period before: %(kinds)s.")
        case Composite():
            said = _("A weighed mean of figures, each brought to 0 to 100: %(kinds)s.")
        case _:
            said = _("Declared by the organisation with evidence; nothing is computed.")
    needed = (f"“{translated(known[code].names)}”" if code in known else code for code in definition.needs)
    return said % {"kinds": kinds or _list(needed)}


def part_names(dimension: str, parts: Iterable[str]) -> dict[str, str]:
    """The parts of a breakdown by name; an empty one is what nobody told."""
    found = list(parts)
    match dimension:
        case "size_class":
            names = {value: str(label) for value, label in SizeClass.choices}
        case "member_type":
            names = {value: str(label) for value, label in OrganisationKind.choices}
        case "country":
            names = {row.code: translated(row.names) for row in Country.objects.filter(pk__in=found)}
        case "region":
            names = {row.code: row.name_latin for row in Region.objects.filter(pk__in=found)}
        case "ecosystem":
            names = {row.code: translated(row.names) for row in Ecosystem.objects.filter(pk__in=found)}
        case "s3_priority":
            names = {row.code: translated(row.names) for row in S3Priority.objects.filter(pk__in=found)}
        case _:
            keys = [part for part in found if part.isdigit()]
            names = {str(row.pk): translated(row.name) for row in Edition.objects.filter(pk__in=keys)}
    return {part: names.get(part, "") or str(_("not told")) for part in found}


def overlap_words(dimension: str) -> str:
    """What is said below the parts of a breakdown that overlap."""
    if dimension != Breakdown.S3_PRIORITY:
        return ""
    return _("Whoever works on several priorities counts in each; the parts can be more than the whole.")


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)
