"""The programme on paper, read back by a reader that knows nothing of Filiera."""

from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse

from tests.academy.factories import ContributionFactory, PartFactory, SessionFactory, between, moment, publish

HOSTILE = '#panic() #read("/etc/passwd") *not bold* $x$ <b>no tag</b> \\ @end'


@pytest.fixture
def edition(db):
    part = PartFactory(
        edition__name={"en": "Academy", "it": "Accademia"}, title={"en": "Torino"}, edition__public=True
    )
    session = SessionFactory(
        part=part, during=between(moment(9)), title={"en": HOSTILE, "it": "Apertura"}, kind="welcome"
    )
    ContributionFactory(session=session, speaker__name="Łucja Żółć")
    SessionFactory(part=part, during=between(moment(11)), title={"en": "Πλατφόρμα, платформа"})
    publish(part.edition)
    return part.edition


def pdf_of(client, edition, language):
    answer = client.get(reverse("academy:programme_pdf", args=[edition.slug]), {"lang": language})
    assert answer["Content-Type"] == "application/pdf"
    return pikepdf.open(BytesIO(answer.content))


@pytest.mark.parametrize(("language", "title"), [("en", "Academy"), ("it", "Accademia")])
def test_the_document_names_its_title_language_and_standard(client, edition, language, title):
    with pdf_of(client, edition, language) as pdf, pdf.open_metadata() as metadata:
        assert (
            metadata["dc:title"],
            str(pdf.Root.Lang)[:2],
            metadata["pdfuaid:part"],
            bool(pdf.Root.MarkInfo.Marked),
            bool(pdf.Root.ViewerPreferences.DisplayDocTitle),
        ) == (title, language, "1", True, True)


def test_headings_are_tagged_in_their_order(client, edition):
    with pdf_of(client, edition, "en") as pdf:
        headings = [
            tag for tag in tags(pdf.Root.StructTreeRoot) if tag.startswith("/H") and tag[2:].isdigit()
        ]

    assert headings == ["/H1", "/H2", "/H3", "/H3"]


def test_a_reader_who_has_the_version_gets_no_second_copy(client, edition):
    address = reverse("academy:programme_pdf", args=[edition.slug])
    etag = client.get(address)["ETag"]

    answer = client.get(address, headers={"if-none-match": etag})

    assert (answer.status_code, answer.content) == (304, b"")


def tags(element):
    """The types of all structure elements, in reading order."""
    if isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield str(element.S)
        if "/K" in element:
            yield from tags(element.K)
    elif isinstance(element, pikepdf.Array):
        for child in element:
            yield from tags(child)
