"""Pages of the desk, of the holder and of strangers: what they show, and to whom not."""

import io
from decimal import Decimal

import pikepdf
import pytest
from openbadgeslib.ob3 import OB3Verifier
from openpyxl import load_workbook
from PIL import Image

from filiera.credentials.actions.badges import signed_badge
from filiera.credentials.models import Award, Certificate
from filiera.credentials.queries.holder_links import token_of
from filiera.credentials.views.verify import MOST_MISSES_A_MINUTE
from tests.academy.factories import publish
from tests.admissions.factories import ParticipationFactory
from tests.credentials.factories import AwardFactory, CertificateFactory, attended, contents, held_session

pytestmark = pytest.mark.django_db


def desk_address(edition, rest: str = "") -> str:
    return f"/academy/{edition.slug}/desk/certificates/{rest}"


# The desk


@pytest.fixture
def award(edition) -> Award:
    return AwardFactory(edition=edition, least_hours=Decimal(2))


@pytest.fixture
def able(edition):
    person = ParticipationFactory(edition=edition, name="Giulia Ferrero")
    attended(person, held_session(edition, minutes=120))
    return person


def desk_pages(edition, award, certificate) -> list[str]:
    return [
        desk_address(edition),
        desk_address(edition, f"{award.pk}/"),
        desk_address(edition, f"{award.pk}/specimen.pdf"),
        desk_address(edition, f"issued/{certificate.pk}/"),
    ]


def test_the_desk_opens_for_those_who_see_certificates_and_for_nobody_else(
    client, edition, award, desk_client, director_client, member_client, outsider_client, foreign_client
):
    pages = desk_pages(edition, award, CertificateFactory(award=award))

    def statuses(visitor) -> set[int]:
        return {visitor.get(page).status_code for page in pages}

    assert statuses(desk_client) == statuses(director_client) == {200}
    assert statuses(member_client) == statuses(outsider_client) == statuses(foreign_client) == {403}
    assert statuses(client) == {302}


def test_an_award_of_another_edition_does_not_exist_here(edition, desk_client):
    other = CertificateFactory()

    assert desk_client.get(desk_address(edition, f"{other.award_id}/")).status_code == 404
    assert desk_client.get(desk_address(edition, f"issued/{other.pk}/")).status_code == 404
    assert (
        desk_client.post(desk_address(edition, f"issued/{other.pk}/revocation/"), {"reason": "x"}).status_code
        == 404
    )


def test_an_award_is_added_and_shows_who_would_get_it(edition, able, director_client):
    page = director_client.post(
        desk_address(edition, "new/"), {"name_en": "Academy attended", "least_hours": "2"}, follow=True
    )

    award = Award.objects.get(edition=edition)
    assert page.request["PATH_INFO"] == desk_address(edition, f"{award.pk}/")
    assert "1 person has done enough and has no certificate yet" in page.content.decode()


def test_an_award_that_asks_nothing_is_refused_and_keeps_what_was_typed(edition, director_client):
    page = director_client.post(
        desk_address(edition, "new/"), {"name_en": "Everybody", "alignments": "not one"}
    )

    text = page.content.decode()
    assert (page.status_code, Award.objects.count()) == (422, 0)
    assert "Everybody" in text
    assert "“not one” is not of the form" in text


def test_the_desk_issues_and_does_not_change_conditions(edition, award, able, desk_client):
    assert desk_client.get(desk_address(edition, f"{award.pk}/conditions/")).status_code == 403

    desk_client.post(desk_address(edition, f"{award.pk}/all/"))

    assert [row.holder_name for row in Certificate.objects.all()] == ["Giulia Ferrero"]


def test_issuing_to_somebody_who_misses_something_asks_for_the_reason(edition, award, desk_client):
    short = ParticipationFactory(edition=edition, name="Anna Nowak")
    address = desk_address(edition, f"{award.pk}/")

    refused = desk_client.post(address, {"chosen": [short.pk], "exception_reason": ""})
    issued = desk_client.post(address, {"chosen": [short.pk], "exception_reason": "Taught the workshop."})

    assert (refused.status_code, issued.status_code) == (422, 302)
    assert "Say why they get the certificate all the same" in refused.content.decode()
    assert f'value="{short.pk}" id="chosen-{short.pk}" checked' in refused.content.decode()
    assert Certificate.objects.get().exception_reason == "Taught the workshop."


def test_nobody_ticked_is_told(edition, award, able, desk_client):
    page = desk_client.post(desk_address(edition, f"{award.pk}/"), {"exception_reason": ""})

    assert page.status_code == 422
    assert "Tick at least one person." in page.content.decode()


def test_a_person_of_another_edition_cannot_be_ticked(edition, award, desk_client):
    stranger = ParticipationFactory()

    page = desk_client.post(
        desk_address(edition, f"{award.pk}/"), {"chosen": [stranger.pk], "exception_reason": "x"}
    )

    assert (page.status_code, Certificate.objects.count()) == (422, 0)


def test_a_participant_can_issue_nothing(edition, award, able, member_client, foreign_client):
    certificate = CertificateFactory(award=award)
    for rest in (
        f"{award.pk}/all/",
        "badges/",
        f"issued/{certificate.pk}/revocation/",
        f"issued/{certificate.pk}/correction/",
        f"issued/{certificate.pk}/replacement/",
        f"{award.pk}/deletion/",
    ):
        assert member_client.post(desk_address(edition, rest), {"reason": "x"}).status_code == 403
        assert foreign_client.post(desk_address(edition, rest), {"reason": "x"}).status_code == 403


def test_revoking_without_a_reason_stays_on_the_page(edition, award, desk_client):
    certificate = CertificateFactory(award=award)
    address = desk_address(edition, f"issued/{certificate.pk}/revocation/")

    assert desk_client.post(address, {"reason": ""}).status_code == 422

    certificate.refresh_from_db()
    assert certificate.revoked_at is None


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_of_certificates_asks_the_same_questions(
    edition, award, desk_client, count, django_assert_num_queries
):
    CertificateFactory.create_batch(count, award=award)
    desk_client.get(desk_address(edition))

    with django_assert_num_queries(7):
        desk_client.get(desk_address(edition))


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_of_an_award_asks_the_same_questions(
    edition, award, desk_client, count, django_assert_num_queries
):
    session = held_session(edition, minutes=120)
    for person in ParticipationFactory.create_batch(count, edition=edition):
        attended(person, session)
    CertificateFactory.create_batch(count, award=award)
    desk_client.get(desk_address(edition, f"{award.pk}/"))

    with django_assert_num_queries(12):
        desk_client.get(desk_address(edition, f"{award.pk}/"))


def test_the_table_for_europass_holds_the_holders_of_this_award_alone(
    edition, award, desk_client, member_client
):
    CertificateFactory(award=award, holder_name="Maria del Carmen García")
    CertificateFactory(award=award, revoked=True)
    CertificateFactory()
    address = desk_address(edition, f"{award.pk}/europass.xlsx")

    sheet = load_workbook(io.BytesIO(desk_client.get(address).content)).active

    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[:3] for row in rows] == [
        ["First name(s)", "Last name(s)", "Full name"],
        ["Maria del Carmen", "García", "Maria del Carmen García"],
    ]
    assert member_client.get(address).status_code == 403


def test_the_desk_says_that_filiera_does_not_issue_europass_seals(edition, award, desk_client):
    CertificateFactory(award=award)

    text = desk_client.get(desk_address(edition, f"{award.pk}/")).content.decode()

    assert "Filiera does not issue Europass seals." in text


def test_the_desk_is_told_why_badges_cannot_be_signed(edition, desk_client):
    page = desk_client.get(desk_address(edition)).content.decode()

    assert "the platform has no public address that begins with https" in page


# The holder


def test_my_certificates_are_mine_alone(edition, member, member_client, outsider_client, client):
    publish(edition)
    own = CertificateFactory(
        award__edition=edition, participation__person=member.person, holder_name="Own Name"
    )
    CertificateFactory(award__edition=edition, holder_name="Other Name")
    address = f"/academy/{edition.slug}/my/certificate/"

    page = member_client.get(address).content.decode()

    assert ("Own Name" in page, "Other Name" in page, token_of(own) in page) == (True, False, True)
    assert "No certificate yet" in outsider_client.get(address).content.decode()
    assert client.get(address).status_code == 302


def test_my_page_stands_before_a_programme_is_published(edition, member_client):
    assert member_client.get(f"/academy/{edition.slug}/my/certificate/").status_code == 200


def test_the_link_of_a_certificate_opens_it_without_an_account_and_no_other(client):
    certificate, other = CertificateFactory(), CertificateFactory()
    token = token_of(certificate)
    mark = token.partition("-")[2]

    assert client.get(f"/certificate/{token}/").status_code == 200
    for forged in (
        f"{other.pk}-{mark}",
        token[:-1] + "0x",
        certificate.code,
        "9" * 30 + "-" + mark,
        "-",
        "x-y",
    ):
        assert client.get(f"/certificate/{forged}/").status_code == 404


def test_a_removed_holders_link_is_dead(client):
    certificate = CertificateFactory()
    address = f"/certificate/{token_of(certificate)}/"
    Certificate.objects.filter(pk=certificate.pk).update(
        forgotten_at=certificate.issued_at, holder_name="", badge=""
    )

    assert client.get(address).status_code == 404
    assert client.get(f"{address}certificate-en.pdf").status_code == 404


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize(
    "name",
    [
        "Κωνσταντίνος Παπαδόπουλος",
        "Александра Преображенская",
        "Łukasz Żółć-Grześkowiak",
        "Maximiliane " * 16,
        "# [injected](x) *name* $x$ \\ #panic()",
    ],
)
def test_the_certificate_is_one_accessible_page_whatever_the_name(client, language, name):
    certificate = CertificateFactory(holder_name=name.strip())

    response = client.get(f"/certificate/{token_of(certificate)}/certificate-{language}.pdf")

    with pikepdf.open(io.BytesIO(response.content)) as document:
        marked = document.Root.MarkInfo.Marked
        told = (len(document.pages), bool(marked), str(document.Root.Lang)[:2])
        with document.open_metadata() as metadata:
            conforms, title = metadata["pdfuaid:part"], metadata["dc:title"]
    assert (told, conforms) == ((1, True, language), "1")
    assert name.strip() in title


def test_a_language_that_the_platform_does_not_speak_is_404(client):
    certificate = CertificateFactory()

    assert client.get(f"/certificate/{token_of(certificate)}/certificate-xx.pdf").status_code == 404


def test_without_a_badge_there_is_nothing_to_download(client):
    token = token_of(CertificateFactory())

    for form in ("jwt", "json", "png", "svg"):
        assert client.get(f"/certificate/{token}/badge.{form}").status_code == 404


def test_every_form_of_the_badge_carries_the_same_signed_token(client, public_address):
    certificate = CertificateFactory()
    certificate.badge = signed_badge(certificate, certificate.award, "holder@example.org")
    certificate.save(update_fields=["badge"])

    def form(name: str):
        return client.get(f"/certificate/{token_of(certificate)}/badge.{name}", secure=True)

    picture = form("png").content
    assert form("jwt").content.decode() == certificate.badge
    assert form("json").json()["jti"].endswith(f"/verify/{certificate.code}/")
    assert OB3Verifier.extract_token_from_png(picture) == certificate.badge
    assert OB3Verifier.extract_token_from_svg(form("svg").content) == certificate.badge
    with Image.open(io.BytesIO(picture)) as read:
        read.load()
        assert read.size == (1020, 1020)


# Strangers


def test_a_stranger_sees_what_the_certificate_says_and_no_more(client):
    certificate = CertificateFactory(holder_name="Giulia Ferrero", exception_reason="Ill on the second day.")

    response = client.get(f"/verify/{certificate.code}/")

    text = response.content.decode()
    assert ("This certificate is valid" in text, "Giulia Ferrero" in text) == (True, True)
    assert certificate.participation.email not in text
    assert certificate.participation.organisation.name not in text
    assert "Ill on the second day." not in text
    assert (response["X-Robots-Tag"], response["Cache-Control"]) == ("noindex", "private, no-store")
    assert token_of(certificate) not in text


@pytest.mark.parametrize(
    "write", [str.lower, lambda code: f"{code[:4]}-{code[4:8]}-{code[8:]}", lambda c: f" {c} "]
)
def test_a_code_is_read_in_any_case_with_spaces_and_dashes(client, write):
    certificate = CertificateFactory(code="0123ABCD45EF")

    typed = client.get("/verify/", {"code": write(certificate.code)})
    there = client.get(f"/verify/{write(certificate.code)}/", follow=True)

    assert typed["Location"] == "/verify/0123ABCD45EF/"
    assert there.redirect_chain[-1][0] == "/verify/0123ABCD45EF/"
    assert "This certificate is valid" in there.content.decode()


def test_letters_that_look_like_digits_are_read_as_digits(client):
    CertificateFactory(code="0123ABCD45E1")

    assert client.get("/verify/OI23abcd45eL/")["Location"] == "/verify/0123ABCD45E1/"


def test_a_revoked_certificate_says_so_and_keeps_its_reason(client):
    certificate = CertificateFactory(revoked=True)

    text = client.get(f"/verify/{certificate.code}/").content.decode()

    assert "This certificate was revoked" in text
    assert certificate.revocation_reason not in text
    assert "This certificate is valid" not in text


def test_a_replaced_certificate_says_so_and_does_not_tell_the_new_code(client):
    old = CertificateFactory()
    Certificate.objects.filter(pk=old.pk).update(superseded_at=old.issued_at)
    new = CertificateFactory(award=old.award, participation=old.participation, supersedes=old)

    text = client.get(f"/verify/{old.code}/").content.decode()

    assert "This certificate was replaced by a newer one" in text
    assert new.code[:4] not in text


def test_a_removed_holder_is_not_named_and_nothing_is_revoked(client):
    certificate = CertificateFactory(forgotten=True)

    text = client.get(f"/verify/{certificate.code}/").content.decode()

    assert "its holder has been removed" in text
    assert "120" not in text


@pytest.mark.parametrize("code", ["AAAABBBBCCCC", "nonsense", "%3Cscript%3E", "A" * 400, "IIIIIIIIIIII"])
def test_a_forged_code_is_unknown(client, code):
    CertificateFactory()

    response = client.get(f"/verify/{code}/", follow=True)

    assert response.status_code == 404
    assert "No certificate has this code" in response.content.decode()


def test_guessing_is_stopped_and_hides_also_what_exists(client):
    certificate = CertificateFactory()
    for number in range(MOST_MISSES_A_MINUTE):
        assert client.get(f"/verify/AAAABBBB{number:04d}/").status_code == 404

    blocked = client.get(f"/verify/{certificate.code}/")
    elsewhere = client.get(f"/verify/{certificate.code}/", REMOTE_ADDR="192.0.2.7")

    assert (blocked.status_code, blocked["Retry-After"], elsewhere.status_code) == (429, "60", 200)


def test_reading_valid_codes_is_never_stopped(client):
    certificate = CertificateFactory()

    statuses = {
        client.get(f"/verify/{certificate.code}/").status_code for _ in range(MOST_MISSES_A_MINUTE + 5)
    }

    assert statuses == {200}


def test_what_stands_on_a_certificate_is_shown_as_text(client):
    certificate = CertificateFactory(
        holder_name="<b>Bold</b>", contents=contents(award={"en": "<script>alert(1)</script>"})
    )

    text = client.get(f"/verify/{certificate.code}/").content.decode()

    assert "<b>Bold</b>" not in text
    assert "<script>alert" not in text
