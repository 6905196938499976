"""The data structure definition of exported figures as SDMX-ML 3.0: dimensions, measure, attributes."""

from collections.abc import Mapping
from datetime import datetime
from xml.etree import ElementTree as Xml

from filiera.indicators.definition import Definition, Unit
from filiera.indicators.engines.forming import Missing
from filiera.indicators.exports.sdmx import AGENCY, ATTRIBUTES, BREAKDOWNS, KEY, TIME, VALUE, VERSION
from filiera.organisations.models import OrganisationKind, SizeClass

_SPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/"
_MESSAGE, _STRUCTURE, _COMMON = (f"{{{_SPACE}{part}}}" for part in ("message", "structure", "common"))
_URN = "urn:sdmx:org.sdmx.infomodel"
Codes = Mapping[str, Mapping[str, str]]

_CONCEPTS = {
    "FREQ": "Frequency of observation",
    "INDICATOR": "Indicator, by the code of its definition",
    "ORGANISATION": "Organisation whose figure it is; _Z for a figure of a region",
    "REF_AREA": "Region whose figure it is, by its NUTS code; _Z for a figure of an organisation",
    "ECOSYSTEM": "Part by industrial ecosystem; _T where not broken down, _U where not told",
    "REGION": "Part by region, by its NUTS code; _T where not broken down, _U where not told",
    "SIZE_CLASS": "Part by size class of companies; _T where not broken down, _U where not told",
    "MEMBER_TYPE": "Part by type of organisation; _T where not broken down, _U where not told",
    "COUNTRY": "Part by country, by its ISO 3166 code; _T where not broken down, _U where not told",
    "EDITION": "Part by edition of an academy, by its number; _T where not broken down, _U where not told",
    "S3_PRIORITY": (
        "Part by priority of smart specialisation; an organisation may have several, so that parts overlap;"
        " _T where not broken down, _U where not told"
    ),
    "TIME_PERIOD": "Calendar period: year, quarter or month",
    "OBS_VALUE": "Value; empty where there is none, with the reason in REASON",
    "UNIT_MEASURE": "Unit",
    "OBS_STATUS": "Observation status, by the codes of the SDMX cross-domain code list",
    "DECIMALS": "Number of decimals that the definition tells",
    "DEFINITION_VERSION": "Version of the definition that the value was computed by",
    "ORIGIN": "Whether the value was computed from facts or declared with evidence",
    "REASON": "Why there is no value",
    "DEMONSTRATION": "Whether people and firms that were made up are counted",
}
_STATUSES = {
    "A": "Normal value",
    "P": "Provisional value: the period is still running",
    "Q": "Missing value; suppressed",
    "L": "Missing value; data exist but were not collected",
    "M": "Missing value; data cannot exist",
    "O": "Missing value",
}
_NO_PART = {"_T": {"en": "Total"}, "_U": {"en": "Not told"}}
_CODED = {"FREQ", "INDICATOR", "SIZE_CLASS", "MEMBER_TYPE", "UNIT_MEASURE", "OBS_STATUS", "ORIGIN", "REASON"}
_MANDATORY = {"UNIT_MEASURE", "OBS_STATUS", "DECIMALS", "DEFINITION_VERSION", "ORIGIN", "DEMONSTRATION"}
_TEXT_TYPES = {"DECIMALS": "Integer", "DEFINITION_VERSION": "Integer", "DEMONSTRATION": "Boolean"}


def structure_xml(definitions: Mapping[str, Definition], at: datetime) -> bytes:
    """The whole structure message; the code list of indicators holds the definitions of today.

    Organisations, regions and editions are not enumerated: the list would tell of some that are not public.
    """
    for prefix in ("message", "structure", "common"):
        Xml.register_namespace(prefix[:3], f"{_SPACE}{prefix}")
    root = Xml.Element(f"{_MESSAGE}Structure")
    header = Xml.SubElement(root, f"{_MESSAGE}Header")
    Xml.SubElement(header, f"{_MESSAGE}ID").text = "FIGURES_STRUCTURE"
    Xml.SubElement(header, f"{_MESSAGE}Test").text = "false"
    Xml.SubElement(header, f"{_MESSAGE}Prepared").text = at.isoformat(timespec="seconds")
    Xml.SubElement(header, f"{_MESSAGE}Sender", id=AGENCY)
    structures = Xml.SubElement(root, f"{_MESSAGE}Structures")
    _add_codelists(structures, definitions)
    _add_concepts(structures)
    _add_dataflow(structures)
    _add_structure(structures)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def codes_of(definitions: Mapping[str, Definition]) -> dict[str, Codes]:
    """The code lists by the concept that they are for."""
    return {
        "FREQ": _named({"A": "Annual", "Q": "Quarterly", "M": "Monthly"}),
        "INDICATOR": {code: definition.names for code, definition in sorted(definitions.items())},
        "SIZE_CLASS": _NO_PART | _named({size.value: str(size.value) for size in SizeClass}),
        "MEMBER_TYPE": _NO_PART | _named({kind.value: str(kind.value) for kind in OrganisationKind}),
        "UNIT_MEASURE": _named({unit.value.upper(): unit.value.replace("_", " ") for unit in Unit}),
        "OBS_STATUS": _named(_STATUSES),
        "ORIGIN": _named({"COMPUTED": "Computed from facts", "DECLARED": "Declared with evidence"}),
        "REASON": _named({missing.value.upper(): missing.value.replace("_", " ") for missing in Missing}),
    }


def _named(names: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    return {code: {"en": name} for code, name in names.items()}


def _add_codelists(structures: Xml.Element, definitions: Mapping[str, Definition]) -> None:
    parent = Xml.SubElement(structures, f"{_STRUCTURE}Codelists")
    for concept, codes in codes_of(definitions).items():
        codelist = _maintained(parent, "Codelist", f"CL_{concept}", {"en": _CONCEPTS[concept]})
        for code, names in codes.items():
            _with_names(Xml.SubElement(codelist, f"{_STRUCTURE}Code", id=code), names)


def _add_concepts(structures: Xml.Element) -> None:
    parent = Xml.SubElement(structures, f"{_STRUCTURE}ConceptSchemes")
    scheme = _maintained(parent, "ConceptScheme", "CS_FIGURES", {"en": "Concepts of figures"})
    for concept, name in _CONCEPTS.items():
        _with_names(Xml.SubElement(scheme, f"{_STRUCTURE}Concept", id=concept), {"en": name})


def _add_dataflow(structures: Xml.Element) -> None:
    parent = Xml.SubElement(structures, f"{_STRUCTURE}Dataflows")
    flow = _maintained(
        parent, "Dataflow", "DF_FIGURES", {"en": "Figures of clusters", "it": "Dati dei cluster"}
    )
    Xml.SubElement(
        flow, f"{_STRUCTURE}Structure"
    ).text = f"{_URN}.datastructure.DataStructure={AGENCY}:DSD_FIGURES({VERSION})"


def _add_structure(structures: Xml.Element) -> None:
    parent = Xml.SubElement(structures, f"{_STRUCTURE}DataStructures")
    told = _maintained(parent, "DataStructure", "DSD_FIGURES", {"en": "Figures", "it": "Dati"})
    components = Xml.SubElement(told, f"{_STRUCTURE}DataStructureComponents")
    dimensions = Xml.SubElement(components, f"{_STRUCTURE}DimensionList", id="DimensionDescriptor")
    for position, name in enumerate((*KEY, *BREAKDOWNS), start=1):
        dimension = Xml.SubElement(dimensions, f"{_STRUCTURE}Dimension", id=name, position=str(position))
        _add_meaning(dimension, name)
    time = Xml.SubElement(dimensions, f"{_STRUCTURE}TimeDimension", id=TIME)
    _add_meaning(time, TIME, "ObservationalTimePeriod")
    attributes = Xml.SubElement(components, f"{_STRUCTURE}AttributeList", id="AttributeDescriptor")
    for name in ATTRIBUTES:
        usage = "mandatory" if name in _MANDATORY else "optional"
        attribute = Xml.SubElement(attributes, f"{_STRUCTURE}Attribute", id=name, usage=usage)
        _add_meaning(attribute, name, _TEXT_TYPES.get(name, "String"))
        relation = Xml.SubElement(attribute, f"{_STRUCTURE}AttributeRelationship")
        Xml.SubElement(relation, f"{_STRUCTURE}Observation")
    measures = Xml.SubElement(components, f"{_STRUCTURE}MeasureList", id="MeasureDescriptor")
    measure = Xml.SubElement(measures, f"{_STRUCTURE}Measure", id=VALUE, usage="optional")
    _add_meaning(measure, VALUE, "Decimal")


def _add_meaning(component: Xml.Element, concept: str, text_type: str = "String") -> None:
    Xml.SubElement(
        component, f"{_STRUCTURE}ConceptIdentity"
    ).text = f"{_URN}.conceptscheme.Concept={AGENCY}:CS_FIGURES({VERSION}).{concept}"
    form = Xml.SubElement(component, f"{_STRUCTURE}LocalRepresentation")
    if concept in _CODED:
        Xml.SubElement(
            form, f"{_STRUCTURE}Enumeration"
        ).text = f"{_URN}.codelist.Codelist={AGENCY}:CL_{concept}({VERSION})"
    else:
        Xml.SubElement(form, f"{_STRUCTURE}TextFormat", textType=text_type)


def _maintained(parent: Xml.Element, kind: str, name: str, names: Mapping[str, str]) -> Xml.Element:
    made = Xml.SubElement(parent, f"{_STRUCTURE}{kind}", id=name, agencyID=AGENCY, version=VERSION)
    return _with_names(made, names)


def _with_names(element: Xml.Element, names: Mapping[str, str]) -> Xml.Element:
    for language, name in sorted(names.items()):
        told = Xml.SubElement(element, f"{_COMMON}Name")
        told.set("{http://www.w3.org/XML/1998/namespace}lang", language)
        told.text = name
    return element
