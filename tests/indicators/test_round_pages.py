"""The pages of rounds: who comes in, what stays hidden, and a round from its draft to its report."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiera.indicators.actions import round_freezing, round_parts
from filiera.indicators.models import CollectionFirm, CollectionPart, CollectionRound, PartState
from filiera.indicators.queries.round_links import token_of
from tests.indicators.factories import NOW
from tests.indicators.readiness_factories import browser_of, colleague
from tests.indicators.round_factories import answered, drafted, firm_in, network, opened, part_of
from tests.organisations.factories import OrganisationFactory

LATER = NOW + timedelta(hours=1)

pytestmark = pytest.mark.django_db
FAR = "2099-12-31"


@pytest.fixture
def made():
    return network()


@pytest.fixture
def officer(made):
    return browser_of(made.officer.person)


@pytest.fixture
def pole(made):
    return browser_of(made.managers[0].person)


def address(name, *arguments, slug="network"):
    return reverse(f"indicators:{name}", args=[slug, *arguments])


def frozen(made):
    round_ = opened(made)
    for number, manager in enumerate(made.managers):
        part = round_parts.submit_part(part=part_of(round_, made.poles[number]), by=manager, at=NOW)
        round_parts.accept_part(part=part, by=made.officer, at=NOW)
    return round_freezing.freeze_round(round_=round_, by=made.officer, at=NOW)


def addresses(round_, part, firm):
    """Every address of a round, with how it is asked."""
    key = round_.pk
    return [
        ("get", address("rounds")),
        ("get", address("round_create")),
        ("get", address("round", key)),
        ("get", address("round_edit", key)),
        ("post", address("round_question_create", key)),
        ("post", address("round_question_remove", key, round_.questions.get().pk)),
        ("post", address("round_opening", key)),
        ("post", address("round_reminders", key)),
        ("post", address("round_freezing", key)),
        ("post", address("round_deletion", key)),
        ("get", address("round_report", key)),
        ("get", address("round_report_csv", key)),
        ("get", address("round_firms", key)),
        ("get", address("round_firms_csv", key)),
        ("post", address("round_addresses", key)),
        ("get", address("round_firm_address", key, firm.pk)),
        ("get", address("round_part", key, part.pk)),
        ("post", address("round_submission", key, part.pk)),
        ("post", address("round_acceptance", key, part.pk)),
        ("post", address("round_comment", key, part.pk, "members_total")),
    ]


def test_a_visitor_signs_in_and_strangers_are_refused(made, pole):
    round_ = opened(made)
    told = addresses(round_, part_of(round_, made.poles[0]), firm_in(round_, made.both))
    contact = browser_of(colleague(made.organisation, "contact").person)
    stranger = browser_of(colleague(OrganisationFactory()).person)

    for verb, path in told:
        visitor = getattr(browser_of(None), verb)(path)
        assert (visitor.status_code, "/accounts/" in visitor["Location"]) == (302, True), path
        for client in (contact, stranger, pole):
            assert getattr(client, verb)(path).status_code == 403, path
    round_.refresh_from_db()
    assert round_.is_open


def test_a_round_of_others_is_not_found(made, officer):
    round_ = opened(made)
    other = OrganisationFactory(slug="other")
    stranger = browser_of(colleague(other).person)
    part, firm = part_of(round_, made.poles[0]), firm_in(round_, made.both)

    for verb, path in addresses(round_, part, firm):
        own = path.replace("/o/network/", "/o/other/")
        expected = 200 if own.endswith(("/rounds/", "/new/")) else 404
        assert getattr(stranger, verb)(own).status_code == expected, own
    draft = drafted(made)
    at_pole = browser_of(made.managers[0].person)
    assert at_pole.get(address("round", draft.pk, slug="pole-0")).status_code == 404


def test_a_pole_sees_its_own_part_alone(made, pole):
    round_ = opened(made)
    parts = [part_of(round_, each) for each in made.poles]
    round_parts.submit_part(part=parts[1], by=made.managers[1], at=NOW)

    assert pole.get(address("round_part", round_.pk, parts[0].pk, slug="pole-0")).status_code == 200
    assert pole.get(address("round_part", round_.pk, parts[1].pk, slug="pole-0")).status_code == 404
    assert pole.get(address("round_report", round_.pk, slug="pole-0")).status_code == 404
    assert pole.post(address("round_acceptance", round_.pk, parts[0].pk, slug="pole-0")).status_code == 403
    assert pole.get(address("round", round_.pk, slug="pole-0")).status_code == 302
    firms = pole.get(address("round_firms", round_.pk, slug="pole-0")).text
    own, others = made.firms[1], made.firms[4]
    assert own.name in firms
    assert others.name not in firms
    assert firm_in(round_, own).email not in firms
    assert pole.get(address("round_firms_csv", round_.pk, slug="pole-0")).status_code == 404


def test_the_opener_sees_figures_only_once_they_are_submitted(made, officer):
    round_ = opened(made)
    part = part_of(round_, made.poles[0])
    before = officer.get(address("round_part", round_.pk, part.pk)).text
    round_parts.submit_part(part=part, by=made.managers[0], at=NOW)
    after = officer.get(address("round_part", round_.pk, part.pk)).text

    assert "Nothing is submitted yet" in before
    assert "Accept these figures" not in before
    assert "Accept these figures" in after


def test_a_round_from_its_draft_to_its_report(made, officer, pole):
    answer = officer.post(
        address("round_create"),
        {
            "title_en": "Figures of 2025",
            "title_it": "Cifre del 2025",
            "period": "2025",
            "deadline_on": FAR,
            "codes": ["members_total"],
            "poles": [each.pk for each in made.poles],
        },
    )
    round_ = CollectionRound.objects.get()
    assert answer["Location"] == address("round", round_.pk)
    asked = officer.post(
        address("round_question_create", round_.pk),
        {"label_en": "How many people?", "answer": "number_sum", "unit_en": "people"},
    )
    assert asked.status_code == 302
    assert "One question to firms" in officer.get(address("round", round_.pk)).text
    officer.post(address("round_opening", round_.pk))
    assert "2 of 2 poles are missing" in officer.get(address("round", round_.pk)).text

    for number, manager in enumerate(made.managers):
        client, part = browser_of(manager.person), part_of(round_, made.poles[number])
        slug = made.poles[number].slug
        page = client.get(address("round_part", round_.pk, part.pk, slug=slug)).text
        assert "One figure to submit" in page
        client.post(address("round_submission", round_.pk, part.pk, slug=slug))
    first = part_of(round_, made.poles[0])
    empty = officer.post(address("round_comment", round_.pk, first.pk, "members_total"), {"text": ""})
    assert empty.status_code == 422
    officer.post(address("round_comment", round_.pk, first.pk, "members_total"), {"text": "Sure?"})
    assert (
        "One question at your figures"
        in pole.get(address("round_part", round_.pk, first.pk, slug="pole-0")).text
    )
    pole.post(address("round_comment", round_.pk, first.pk, "members_total", slug="pole-0"), {"text": "Yes"})
    pole.post(address("round_submission", round_.pk, first.pk, slug="pole-0"))
    for each in made.poles:
        waiting = part_of(round_, each)
        shown = {"submitted_at": waiting.submitted_at.isoformat()}
        officer.post(address("round_acceptance", round_.pk, waiting.pk), shown)
    for firm in made.firms[:5]:
        client = browser_of(None)
        link = reverse("indicators:round_answer", args=[token_of(firm_in(round_, firm))])
        assert "How many people?" in client.get(link).text
        assert client.post(link, {"q-how_many_people": "10"}).status_code == 302
        assert "Your answers have arrived" in client.get(link).text
    frozen_answer = officer.post(address("round_freezing", round_.pk))
    assert frozen_answer["Location"] == address("round_report", round_.pk)

    report = officer.get(address("round_report", round_.pk)).text
    assert "what stands here no longer changes" in report
    assert "5 of 6, 83\N{NO-BREAK SPACE}%" in report
    assert made.officer.person.shown_name in report
    table = officer.get(address("round_report_csv", round_.pk)).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    whole = {row["Code"]: row for row in rows if row["Of"] == "all poles together"}
    assert whole["members_total"]["Value"] == "6.0"
    assert (whole["how_many_people"]["Value"], whole["how_many_people"]["Firms asked"]) == ("50.0", "6")
    assert pole.get(address("round_report", round_.pk, slug="pole-0")).status_code == 200


def test_forms_keep_what_was_typed_and_say_what_is_wrong(made, officer):
    told = officer.post(address("round_create"), {"title_en": "Kept", "period": "2025", "deadline_on": "x"})
    draft = drafted(made)
    question = officer.post(address("round_question_create", draft.pk), {"unit_en": "metres"})
    round_ = opened(made)
    missing = officer.post(address("round_freezing", round_.pk))
    wrong = officer.post(
        address("round_addresses", round_.pk),
        {"table": SimpleUploadedFile("a.csv", b"key;email\nnobody;a@example.org\n")},
    )

    assert [answer.status_code for answer in (told, question, missing, wrong)] == [422] * 4
    assert 'value="Kept"' in told.text
    assert 'value="metres"' in question.text
    assert "Not every pole’s figures are accepted" in missing.text
    assert "no firm of this round has the key “nobody”" in wrong.text


def test_whoever_has_no_pole_hears_why_nothing_can_be_asked():
    alone = OrganisationFactory(slug="alone", meta_cluster=True)
    page = browser_of(colleague(alone).person).get(address("round_create", slug="alone")).text

    assert "There is no pole to ask" in page


def test_addresses_go_out_and_come_back():
    made = network(with_addresses=False)
    round_ = opened(made)
    officer = browser_of(made.officer.person)
    table = officer.get(address("round_firms_csv", round_.pk)).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    filled = "key,email\n" + "".join(f"{row['key']},{row['key']}@example.org\n" for row in rows)

    answer = officer.post(
        address("round_addresses", round_.pk), {"table": SimpleUploadedFile("a.csv", filled.encode())}
    )
    one = firm_in(round_, made.both)
    changed = officer.post(
        address("round_firm_address", round_.pk, one.pk), {"email": "Other@Example.org", "language": "it"}
    )

    assert (answer.status_code, changed.status_code) == (302, 302)
    assert not CollectionFirm.objects.filter(email="").exists()
    assert firm_in(round_, made.both).email == "other@example.org"


def test_a_link_that_is_none_says_so_and_a_firm_can_say_no(made):
    round_ = opened(made)
    client = browser_of(None)
    unknown = client.get(reverse("indicators:round_answer", args=["no-such-token"]))
    token = token_of(firm_in(round_, made.both))
    client.post(reverse("indicators:round_stopping", args=[token]))
    wrong = client.post(reverse("indicators:round_answer", args=[token]), {"q-people": "many"})

    assert (unknown.status_code, wrong.status_code) == (404, 422)
    assert firm_in(round_, made.both).stopped_at is not None
    page = client.get(reverse("indicators:round_answer", args=[token]))
    assert "counts for all 2 poles" in page.text
    assert page["Cache-Control"].startswith("max-age=0")


def test_what_can_no_longer_be_done_is_said(made, officer, pole):
    round_ = frozen(made)
    part = part_of(round_, made.poles[0])
    table = SimpleUploadedFile("a.csv", b"key;email\nnobody;a@example.org\n")
    for client, path, data, words in (
        (officer, address("round_edit", round_.pk), None, "open already"),
        (
            officer,
            address("round_question_create", round_.pk),
            {"label_en": "A", "answer": "scale"},
            "already",
        ),
        (officer, address("round_freezing", round_.pk), {}, "is not open"),
        (officer, address("round_addresses", round_.pk), {"table": table}, "is not open"),
        (
            officer,
            address("round_comment", round_.pk, part.pk, "members_total"),
            {"text": "A"},
            "is not open",
        ),
        (
            pole,
            address("round_comment", round_.pk, part.pk, "members_total", slug="pole-0"),
            {"text": "A"},
            "is not open",
        ),
    ):
        answer = client.get(path, follow=True) if data is None else client.post(path, data, follow=True)
        assert (len(answer.redirect_chain), answer.status_code) == (1, 200), path
        assert words in answer.text, path


def test_a_pole_of_a_round_to_firms_alone_has_nothing_to_do(made, pole):
    round_ = opened(made, codes=(), deadline_on=date(2026, 6, 20))
    page = pole.get(address("round_part", round_.pk, part_of(round_, made.poles[0]).pk, slug="pole-0")).text
    listed = pole.get(address("rounds", slug="pole-0")).text

    assert "there is nothing for you to submit" in page
    assert "0 figures to submit" not in page
    assert ">late<" not in listed


def test_days_of_a_table_are_those_of_the_zone(made, officer):
    round_ = frozen(made)
    midnight = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    CollectionPart.objects.filter(round=round_).update(accepted_at=midnight)
    table = officer.get(address("round_report_csv", round_.pk)).content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(table)) if row["Of"] != "all poles together"]

    assert {row["Accepted on"] for row in rows} == {"2026-07-01"}


def test_a_round_that_is_over_takes_nothing(made):
    round_ = frozen(made)
    link = reverse("indicators:round_answer", args=[token_of(firm_in(round_, made.both))])
    client = browser_of(None)

    assert "This round is over" in client.get(link).text
    assert "This round is over" in client.post(link, {"q-people": "3"}).text
    assert not CollectionFirm.objects.filter(answered_at__isnull=False).exists()


@pytest.mark.parametrize("size", [2, 6])
@pytest.mark.parametrize(
    ("name", "count"),
    [("rounds", 8), ("round", 10), ("round_firms", 9), ("round_part", 10), ("round_report", 9)],
)
def test_the_query_count_does_not_grow(django_assert_num_queries, name, count, size):
    made = network(pole_count=size, firms_each=size)
    round_ = frozen(made)
    for _more in range(size):
        drafted(made)
    arguments = [] if name == "rounds" else [round_.pk]
    if name == "round_part":
        arguments.append(part_of(round_, made.poles[0]).pk)
    client = browser_of(made.officer.person)
    client.get(address(name, *arguments))

    with django_assert_num_queries(count):
        client.get(address(name, *arguments))


def test_firms_are_found_filtered_and_paged(made, officer):
    round_ = opened(made)
    answered(round_, made.both, people=4)
    page = officer.get(address("round_firms", round_.pk) + "?state=answered").text
    found = officer.get(address("round_firms", round_.pk) + f"?q={made.firms[1].name}").text

    assert made.both.name in page
    assert made.firms[1].name not in page
    assert made.firms[1].name in found
    assert officer.get(address("round_firms", round_.pk) + "?after=x:1").status_code == 200


def test_what_was_submitted_again_is_not_accepted_unseen(made, officer):
    round_ = opened(made)
    shown = round_parts.submit_part(part=part_of(round_, made.poles[0]), by=made.managers[0], at=NOW)
    round_parts.ask_about_figure(part=shown, code="members_total", text="Sure?", by=made.officer, at=NOW)
    round_parts.submit_part(part=shown, by=made.managers[0], at=LATER)
    acceptance = address("round_acceptance", round_.pk, shown.pk)

    for told in ("", "yesterday", shown.submitted_at.isoformat()):
        answer = officer.post(acceptance, {"submitted_at": told}, follow=True)
        assert "submitted again meanwhile" in answer.text
        assert part_of(round_, made.poles[0]).state == PartState.SUBMITTED
    answer = officer.post(acceptance, {"submitted_at": LATER.isoformat()}, follow=True)

    assert "The figures are accepted." in answer.text
