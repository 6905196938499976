import pytest

from filiera.organisations.dates import known_date_as_typed, known_date_in_words, parse_known_date
from filiera.organisations.identity import (
    comparable_name,
    domain_of,
    normalised_vat_number,
    vat_number_is_well_formed,
)


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("00743110157", "IT", "IT00743110157"),
        ("it 007 431 101 57", "IT", "IT00743110157"),
        ("094014201", "GR", "EL094014201"),
        ("EL094014201", "GR", "EL094014201"),
        ("FR 40.303.265.045", "", "FR40303265045"),
        ("", "IT", ""),
    ],
)
def test_a_vat_number_is_kept_as_the_register_writes_it(typed, country, kept):
    assert normalised_vat_number(typed, country) == kept


@pytest.mark.parametrize(
    ("number", "is_well_formed"),
    [
        ("IT00743110157", True),
        ("IT00743110158", False),
        ("IT0074311015", False),
        ("ATU12345678", True),
        ("AT12345678", False),
        ("DE136695976", True),
        ("ESB58378431", True),
        ("NL123456789B01", True),
        ("NL123456789", False),
        ("EL094014201", True),
        ("GR094014201", False),
        ("12345678901", False),
    ],
)
def test_the_form_of_a_vat_number_is_that_of_its_country(number, is_well_formed):
    assert vat_number_is_well_formed(number) is is_well_formed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Officina Rossi S.r.l.", "OFFICINA ROSSI SRL"),
        ("Müller GmbH", "Muller"),
        ("Consorzio Proplast", "Proplast"),
        ("Łódź Sp. Energia SA", "Lodz Sp. Energia"),
    ],
)
def test_names_are_compared_without_accents_and_legal_forms(one, other):
    assert comparable_name(one) == comparable_name(other)


def test_a_name_of_legal_forms_only_still_compares():
    assert comparable_name("Cluster") == "cluster"


@pytest.mark.parametrize(
    ("website", "domain"),
    [("https://www.mesap.it/about", "mesap.it"), ("http://Example.ORG", "example.org"), ("", "")],
)
def test_the_domain_of_a_website(website, domain):
    assert domain_of(website) == domain


@pytest.mark.parametrize(
    ("typed", "as_typed", "in_words"),
    [
        ("2009", "2009", "2009"),
        ("2009-03", "2009-03", "March 2009"),
        ("2009-03-31", "2009-03-31", "31 March 2009"),
        ("31/03/2009", "2009-03-31", "31 March 2009"),
        ("31.3.2009", "2009-03-31", "31 March 2009"),
        ("3/2009", "2009-03", "March 2009"),
    ],
)
def test_a_date_is_read_and_told_as_far_as_it_is_known(typed, as_typed, in_words):
    known = parse_known_date(typed)

    assert (known_date_as_typed(*known), known_date_in_words(*known)) == (as_typed, in_words)


@pytest.mark.parametrize("typed", ["", "yesterday", "2009-13", "2009-02-30", "09", "0000"])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_known_date(typed)
