"""Bad input at the desk: a message at the field with 422, what was typed is kept, nothing is changed."""

from datetime import date, time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiera.academy import models
from filiera.academy.forms.sessions import MoveForm
from tests.academy.factories import (
    ContributionFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    between,
    moment,
)

HX = {"HX-Request": "true"}


@pytest.fixture
def part(edition):
    return PartFactory(edition=edition)


@pytest.fixture
def session(part):
    return SessionFactory(part=part, title={"en": "Strategy"})


@pytest.fixture
def hall(edition):
    return RoomFactory(edition=edition, name={"en": "Main hall"})


def at(name, session, *arguments):
    return reverse(f"academy:{name}", args=[session.edition.slug, session.pk, *arguments])


def place(session, **changes):
    day = session.part.days.order_by("date").first()
    values = {"day": day.pk, "time": "09:00", "minutes": 60, "room": "", "sequence": session.sequence}
    return {**values, **changes}


def words(**changes):
    values = {"title_en": "Strategy", "title_it": "Strategia", "kind": "lesson", "minutes": 45, "sequence": 0}
    return {**values, **changes}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("minutes", "-5", "Ensure this value is greater than or equal to 5."),
        ("minutes", "0", "Ensure this value is greater than or equal to 5."),
        ("minutes", "99999", "Ensure this value is less than or equal to 960."),
        ("minutes", "an hour", "Enter a whole number."),
        ("time", "25:99", "Enter a valid time."),
        ("time", "", "This field is required."),
        ("day", "999999", "Select a valid choice. That choice is not one of the available choices."),
        ("day", "1' OR 1=1", "Select a valid choice. That choice is not one of the available choices."),
        ("room", "999999", "Select a valid choice. That choice is not one of the available choices."),
    ],
)
def test_a_bad_place_is_told_at_its_field(editor_client, session, field, value, message):
    answer = editor_client.post(at("desk_move", session), place(session, **{field: value}))

    form = answer.context["form"]
    session.refresh_from_db()
    assert (answer.status_code, form.errors[field], form.data[field], session.during) == (
        422,
        [message],
        value,
        None,
    )


def test_a_time_that_clocks_skip_offers_both_around_it(editor_client, edition):
    part = PartFactory(edition=edition, starts_on=date(2023, 3, 25), ends_on=date(2023, 3, 26))
    session = SessionFactory(part=part)
    day = part.days.get(date=date(2023, 3, 26))

    answer = editor_client.post(at("desk_move", session), place(session, day=day.pk, time="02:30"))

    assert (answer.status_code, answer.context["form"].errors["time"]) == (
        422,
        ["Clocks go forward on this day, so 02:30 does not exist. Choose 01:30 or 03:30."],
    )


def test_a_time_that_comes_twice_asks_which_one(editor_client, edition):
    part = PartFactory(edition=edition, starts_on=date(2023, 10, 28), ends_on=date(2023, 10, 29))
    session = SessionFactory(part=part)
    day = part.days.get(date=date(2023, 10, 29))

    asked = editor_client.post(at("desk_move", session), place(session, day=day.pk, time="02:30"))
    answered = editor_client.post(
        at("desk_move", session), place(session, day=day.pk, time="02:30", reading="second")
    )

    session.refresh_from_db()
    assert (asked.status_code, asked.context["form"].errors["time"]) == (
        422,
        ["Clocks go back on this day, so 02:30 comes twice. Say below which one you mean."],
    )
    assert [value for value, _label in asked.context["form"].fields["reading"].choices] == ["first", "second"]
    assert (answered.status_code, session.during.lower.isoformat()) == (302, "2023-10-29T01:30:00+00:00")


def test_a_booked_room_is_told_and_can_be_allowed_by_name(editor_client, part, session, hall):
    lunch = SessionFactory(part=part, room=hall, during=between(moment(9)), title={"en": "Lunch"})

    refused = editor_client.post(at("desk_move", session), place(session, room=hall.pk))
    allowed = editor_client.post(
        at("desk_overlap_new", session),
        {**place(session, room=hall.pk), "other": lunch.pk, "reason": "Groups take turns"},
        headers=HX,
    )

    session.refresh_from_db()
    assert (refused.status_code, refused.context["form"].errors["room"]) == (
        422,
        [
            "“Lunch” is in this room from 09:00 to 10:00. Choose another time or room, "
            "or allow these two sessions to overlap."
        ],
    )
    assert refused.context["overlap_form"].initial == {"other": lunch.pk, "speaker": None}
    assert (allowed.status_code, allowed.headers["HX-Trigger"], session.during) == (
        200,
        "filiera:draft",
        between(moment(9)),
    )


def test_a_permission_needs_a_reason(editor_client, part, session, hall):
    lunch = SessionFactory(part=part, room=hall, during=between(moment(9)))

    answer = editor_client.post(
        at("desk_overlap_new", session), {**place(session, room=hall.pk), "other": lunch.pk, "reason": ""}
    )

    assert (answer.status_code, answer.context["overlap_form"].errors) == (
        422,
        {"reason": ["This field is required."]},
    )


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title_en": "", "title_it": ""}, "title", "This field is required."),
        (
            {"title_en": "a" * 201},
            "title",
            "English: at most 200 characters are possible; this has 201.",
        ),
        (
            {"title_en": "Line\x00feed"},
            "title",
            "English: This text contains invisible control characters; remove them.",
        ),
        ({"kind": "party"}, "kind", "Select a valid choice. party is not one of the available choices."),
        ({"online_url": "javascript:alert(1)"}, "online_url", "Enter a valid URL."),
        ({"capacity": "-1"}, "capacity", "Ensure this value is greater than or equal to 1."),
    ],
)
def test_bad_words_are_told_at_their_field(editor_client, session, changes, field, message):
    answer = editor_client.post(at("desk_session", session), words(**changes))

    session.refresh_from_db()
    assert (answer.status_code, answer.context["form"].errors[field], session.title) == (
        422,
        [message],
        {"en": "Strategy"},
    )


def test_ten_megabytes_of_text_are_refused_at_the_field(editor_client, session):
    answer = editor_client.post(at("desk_session", session), words(abstract_en="a" * 10_000_000))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["abstract"])


def test_markup_in_a_title_stays_text(editor_client, session):
    title = '<script>alert("x")</script>'

    editor_client.post(at("desk_session", session), words(title_en=title, title_it=""))
    page = editor_client.get(reverse("academy:desk_programme", args=[session.edition.slug]))

    session.refresh_from_db()
    body = page.content.decode()
    assert session.title == {"en": title}
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in body


def test_a_stale_form_keeps_the_input_and_shows_the_present_state(editor_client, session):
    editor_client.post(at("desk_session", session), words(title_en="By somebody else"))

    stale = editor_client.post(at("desk_session", session), words(title_en="Mine"))
    again = editor_client.post(
        at("desk_session", session), words(title_en="Mine", sequence=stale.context["form"].data["sequence"])
    )

    session.refresh_from_db()
    assert (
        stale.status_code,
        stale.context["form"].data["title_en"],
        stale.context["session"].title["en"],
    ) == (
        422,
        "Mine",
        "By somebody else",
    )
    assert (again.status_code, session.title["en"]) == (302, "Mine")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("slides.exe", b"MZ\x90\x00", "This kind of file is not accepted here"),
        ("slides.pdf", b"<html>", "The content of this file is not what its name says (.pdf)."),
        ("slides.pdf", b"", "The submitted file is empty."),
    ],
)
def test_a_wrong_file_is_told_at_the_field(editor_client, session, name, content, message):
    answer = editor_client.post(
        at("desk_material_new", session),
        {
            "title_en": "Slides",
            "upload": SimpleUploadedFile(name, content),
            "audience": "public",
            "moment": "before",
        },
    )

    errors = answer.context["material_form"].errors["upload"]
    assert (answer.status_code, errors[0].startswith(message), models.Material.objects.count()) == (
        422,
        True,
        0,
    )


def test_a_material_is_either_file_or_link(editor_client, session):
    answer = editor_client.post(
        at("desk_material_new", session), {"title_en": "Slides", "audience": "public", "moment": "before"}
    )

    assert (answer.status_code, answer.context["material_form"].errors) == (
        422,
        {"upload": ["Give either a file or a link."]},
    )


def test_a_good_file_is_added(editor_client, session):
    answer = editor_client.post(
        at("desk_material_new", session),
        {
            "title_en": "Slides",
            "upload": SimpleUploadedFile("slides.pdf", b"%PDF-1.7 some words"),
            "audience": "participants",
            "moment": "after",
        },
        headers=HX,
    )

    kept = models.Material.objects.values_list("session", "audience", "moment", "file__name")
    assert (answer.status_code, list(kept)) == (200, [(session.pk, "participants", "after", "slides.pdf")])


def test_a_booked_speaker_is_told_in_the_panel(editor_client, part):
    speaker = SpeakerFactory(edition=part.edition, name="Bianca")
    ContributionFactory(
        session=SessionFactory(part=part, during=between(moment(9)), title={"en": "Keynote"}), speaker=speaker
    )
    other = SessionFactory(part=part, during=between(moment(9, 30)))

    answer = editor_client.post(
        at("desk_contribution_new", other), {"speaker": speaker.pk, "role": "speaker"}
    )

    assert (answer.status_code, answer.context["contribution_form"].non_field_errors()) == (
        422,
        [
            "Bianca is in “Keynote” from 09:00 to 10:00. Choose another time, take the speaker out of one "
            "of the two, or allow these two sessions to overlap."
        ],
    )


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        (
            {"ends_on": "2023-09-20"},
            "ends_on",
            "The last day comes before the first. Choose the same day or a later one.",
        ),
        ({"ends_on": "2024-09-20"}, "ends_on", "A part lasts at most thirty days; make several parts."),
        (
            {"time_zone": "Europe/Torino"},
            "time_zone",
            "This time zone is not known. Choose one such as Europe/Rome.",
        ),
        ({"starts_on": "yesterday"}, "starts_on", "Enter a valid date."),
        ({"opens_at": "18:00", "closes_at": "09:00"}, "closes_at", "The day closes before it opens."),
    ],
)
def test_a_bad_part_is_told_at_its_field(editor_client, edition, changes, field, message):
    values = {
        "title_en": "Part",
        "mode": "online",
        "starts_on": "2023-09-21",
        "ends_on": "2023-09-22",
        "time_zone": "Europe/Rome",
        "opens_at": "09:00",
        "closes_at": "18:00",
    }

    answer = editor_client.post(reverse("academy:desk_part_new", args=[edition.slug]), {**values, **changes})

    assert (answer.status_code, answer.context["form"].errors, models.Part.objects.count()) == (
        422,
        {field: [message]},
        0,
    )


def test_a_good_part_has_its_days(editor_client, edition):
    answer = editor_client.post(
        reverse("academy:desk_part_new", args=[edition.slug]),
        {
            "title_en": "Two days",
            "mode": "online",
            "starts_on": "2023-09-21",
            "ends_on": "2023-09-22",
            "time_zone": "Europe/Rome",
            "opens_at": "09:30",
            "closes_at": "13:00",
        },
    )

    days = models.Day.objects.order_by("date").values_list("date", "opens_at", "closes_at")
    assert (answer.status_code, list(days)) == (
        302,
        [
            (date(2023, 9, 21), time(9, 30), time(13, 0)),
            (date(2023, 9, 22), time(9, 30), time(13, 0)),
        ],
    )


def test_the_move_form_shows_where_the_session_is(part, hall):
    session = SessionFactory(part=part, room=hall, during=between(moment(14, 30), 45), minutes=45)

    form = MoveForm(session=session)

    assert form.initial == {
        "minutes": 45,
        "room": hall.pk,
        "sequence": 0,
        "time": time(14, 30),
        "day": part.days.get(date=date(2023, 9, 21)),
    }


def test_a_speaker_may_be_in_two_sessions_by_name(editor_client, part):
    speaker = SpeakerFactory(edition=part.edition)
    keynote = SessionFactory(part=part, during=between(moment(9)), title={"en": "Keynote"})
    ContributionFactory(session=keynote, speaker=speaker)
    other = SessionFactory(part=part, during=between(moment(9, 30)))
    wish = {"speaker": speaker.pk, "role": "speaker"}

    refused = editor_client.post(at("desk_contribution_new", other), wish)
    unexplained = editor_client.post(at("desk_contribution_new", other), {**wish, "allowed_with": keynote.pk})
    allowed = editor_client.post(
        at("desk_contribution_new", other), {**wish, "allowed_with": keynote.pk, "reason": "Leaves early"}
    )

    kept = models.OverlapAllowance.objects.values_list("first", "second", "speaker", "reason")
    assert (refused.context["speaker_elsewhere"], list(unexplained.context["contribution_form"].errors)) == (
        keynote,
        ["reason"],
    )
    assert (allowed.status_code, list(kept)) == (302, [(other.pk, keynote.pk, speaker.pk, "Leaves early")])
    assert len(set(speaker.contributions.values_list("overlap_key", flat=True))) == 1
