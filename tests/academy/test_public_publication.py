"""Publishing: what a version keeps, what changed, who is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from filiera.academy.actions.materials import MaterialDetails, add_material
from filiera.academy.actions.publication import (
    NothingToPublish,
    prepare_again,
    prepare_old_versions,
    publish_programme,
    tell_starrers,
)
from filiera.academy.changes import in_words
from filiera.academy.models import (
    MaterialAudience,
    MaterialMoment,
    PublishedSession,
    Session,
    SessionState,
)
from filiera.academy.prepared import PREPARED_FORMAT
from filiera.accounts.viewer import SYSTEM
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from tests.academy.factories import (
    NOW,
    ContributionFactory,
    EditionFactory,
    MaterialFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    StarFactory,
    between,
    moment,
    publish,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def edit(session: Session, **values: object) -> None:
    """A change of the draft as the editor makes it."""
    Session.objects.filter(pk=session.pk).update(**values, sequence=session.sequence + 1, updated_at=LATER)


def sentences(changes: list) -> list[str]:
    return [in_words(change) for change in changes]


def test_publishing_shows_the_scheduled_sessions(edition, editor):
    part = PartFactory(edition=edition)
    scheduled = SessionFactory(part=part, scheduled=True)
    SessionFactory(part=part)

    version = publish_programme(edition=edition, note={"en": "First"}, by=editor, at=NOW)

    edition.refresh_from_db()
    assert edition.current_version == version
    assert list(version.sessions.values_list("session_id", "slug")) == [(scheduled.pk, scheduled.slug)]
    assert (version.number, version.note, version.changes) == (1, {"en": "First"}, [])


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_publishing_is_refused_to_others(edition, who, request):
    with pytest.raises(PermissionDenied):
        publish_programme(edition=edition, note={}, by=request.getfixturevalue(who), at=NOW)


def test_publishing_is_refused_to_the_team_of_another_edition(editor):
    with pytest.raises(PermissionDenied):
        publish_programme(edition=EditionFactory(), note={}, by=editor, at=NOW)


def test_publishing_the_same_again_is_refused(edition, editor):
    session = SessionFactory(part__edition=edition, scheduled=True)
    publish(edition)
    edit(session, title=session.title)

    with pytest.raises(NothingToPublish):
        publish_programme(edition=edition, note={}, by=editor, at=LATER)


def test_versions_stay_when_the_draft_changes(edition):
    session = SessionFactory(part__edition=edition, scheduled=True, title={"en": "As it was"})
    version = publish(edition)

    edit(session, title={"en": "As it is"})

    assert version.sessions.get().data["title"] == {"en": "As it was"}


def test_changes_are_told_in_plain_words(edition):
    part = PartFactory(edition=edition)
    moved, roomed, renamed, cancelled, removed, spoken = (
        SessionFactory(part=part, scheduled=True, title={"en": title})
        for title in ("Moved", "Roomed", "Renamed", "Cancelled", "Removed", "Spoken")
    )
    old = ContributionFactory(session=spoken, speaker=SpeakerFactory(edition=edition, name="Ada Old"))
    publish(edition)
    edit(moved, during=between(moment(15), 90))
    edit(roomed, room=RoomFactory(edition=edition, name={"en": "Galileo"}))
    edit(renamed, title={"en": "New name"})
    edit(cancelled, state=SessionState.CANCELLED)
    removed.delete()
    old.delete()
    ContributionFactory(session=spoken, speaker=SpeakerFactory(edition=edition, name="Eva New"))
    SessionFactory(part=part, scheduled=True, title={"en": "Added"}, during=between(moment(17)))

    version = publish(edition, at=LATER)

    assert sentences(version.changes) == [
        "“Renamed” is now called “New name”.",
        "“Cancelled” is cancelled.",
        "Eva New joins “Spoken”.",
        "Ada Old no longer speaks in “Spoken”.",
        "“Roomed” is now in Galileo.",
        "“Moved” moves from 21 September, 09:00–10:00 to 21 September, 15:00–16:30.",
        "“Added” is new in the programme.",
        "“Removed” is no longer in the programme.",
    ]


def test_a_cancelled_session_stays_as_cancelled_if_it_had_been_announced(edition):
    part = PartFactory(edition=edition)
    announced = SessionFactory(part=part, scheduled=True)
    publish(edition)
    edit(announced, state=SessionState.CANCELLED)
    SessionFactory(part=part, scheduled=True, cancelled=True)

    version = publish(edition, at=LATER)

    assert [(row.session_id, row.data["is_cancelled"]) for row in version.sessions.all()] == [
        (announced.pk, True)
    ]


def test_what_did_not_change_keeps_its_number_for_calendars(edition):
    part = PartFactory(edition=edition)
    same, other = (SessionFactory(part=part, scheduled=True, sequence=1) for _ in range(2))
    first = publish(edition)
    edit(same, title=same.title)
    edit(other, title={"en": "Another"})

    second = publish(edition, at=LATER)

    assert _stamps(first) == {same.slug: (1, NOW), other.slug: (1, NOW)}
    assert _stamps(second) == {same.slug: (1, NOW), other.slug: (2, LATER)}


def _stamps(version):
    from datetime import datetime

    return {
        row.slug: (row.data["sequence"], datetime.fromisoformat(row.data["updated_at"]))
        for row in version.sessions.all()
    }


def test_members_things_are_in_no_version(edition):
    session = SessionFactory(
        part__edition=edition, part__online=True, scheduled=True, online_url="https://secret.example.org/x"
    )
    MaterialFactory(session=session, url="https://members.example.org/slides")
    public = MaterialFactory(session=session, public=True, url="https://public.example.org/slides")

    version = publish(edition)

    row = PublishedSession.objects.get(version=version)
    exports = list(version.exports.values_list("entries", flat=True))
    everything = f"{row.data}{row.rows}{row.bodies}{row.words}{version.data}{exports}"
    assert [material["url"] for material in row.data["materials"]] == [public.url]
    assert [
        secret for secret in ("secret.example", "members.example", "video.example") if secret in everything
    ] == []


def test_biography_and_photograph_need_consent(edition):
    session = SessionFactory(part__edition=edition, scheduled=True)
    silent = SpeakerFactory(edition=edition, name="A", biography={"en": "Silent"})
    consenting = SpeakerFactory(edition=edition, name="B", biography={"en": "Told"}, consenting=True)
    gone = SpeakerFactory(edition=edition, name="C", declined_at=NOW)
    for speaker in (silent, consenting, gone):
        ContributionFactory(session=session, speaker=speaker)

    version = publish(edition)

    told = [(row.slug, row.data["biography"]) for row in version.speakers.order_by("position")]
    assert told == [(silent.slug, {}), (consenting.slug, {"en": "Told"})]
    assert [speaker["name"] for speaker in version.sessions.get().data["speakers"]] == ["A", "B"]


def test_the_first_publication_is_a_fact_once(edition):
    session = SessionFactory(part__edition=edition, scheduled=True)
    publish(edition)
    edit(session, title={"en": "Another"})

    publish(edition, at=LATER)

    facts = Fact.objects.filter(kind="edition.published").values_list("organisation_id", "happened_at")
    assert list(facts) == [(edition.organiser_id, NOW)]


def test_materials_for_others_than_the_team_are_facts(edition):
    session = SessionFactory(part__edition=edition, scheduled=True)
    given = [MaterialFactory(session=session), MaterialFactory(session=session, public=True)]
    MaterialFactory(session=session, for_team=True)

    publish(edition)

    recorded = Fact.objects.filter(kind="material.published").values_list("subject_key", flat=True)
    assert sorted(recorded) == sorted(str(material.pk) for material in given)


def test_starrers_of_changed_sessions_are_told_once(edition):
    part = PartFactory(edition=edition)
    moved, same = (
        SessionFactory(part=part, scheduled=True, title={"en": name}) for name in ("Moved", "Same")
    )
    publish(edition)
    concerned, unconcerned = StarFactory(session=moved).person, StarFactory(session=same).person
    edit(moved, during=between(moment(15)))
    version = publish(edition, at=LATER)

    tell_starrers(version.pk)
    tell_starrers(version.pk)

    mails = list(OutgoingMail.objects.filter(to_person__in=[concerned.pk, unconcerned.pk]))
    assert [mail.to_person_id for mail in mails] == [concerned.pk]
    assert "“Moved” moves from 21 September, 09:00–10:00 to 21 September, 15:00–16:00." in mails[0].text
    assert f"/academy/{edition.slug}/changes/" in mails[0].text


def test_a_rewritten_description_is_told_to_nobody(edition, django_capture_on_commit_callbacks):
    session = StarFactory(session=SessionFactory(part__edition=edition, scheduled=True)).session
    publish(edition)
    edit(session, abstract={"en": "Longer"})

    with django_capture_on_commit_callbacks() as callbacks:
        version = publish(edition, at=LATER)

    assert sentences(version.changes) == [f"The description of “{session.title['en']}” was rewritten."]
    assert [callback for callback in callbacks if "tell_starrers" in repr(callback)] == []


@pytest.mark.parametrize("count", [1, 4])
def test_publishing_asks_as_much_for_many_sessions_as_for_one(edition, count, django_assert_num_queries):
    part = PartFactory(edition=edition)
    for _ in range(count):
        ContributionFactory(session=SessionFactory(part=part, scheduled=True))

    with django_assert_num_queries(26):
        publish_programme(edition=edition, note={}, by=SYSTEM, at=NOW)


def test_a_material_added_later_is_a_fact_at_once(edition, editor):
    session = SessionFactory(part__edition=edition, scheduled=True)
    publish(edition)
    waiting = SessionFactory(part=session.part, scheduled=True)

    added = [
        add_material(
            session=each,
            details=MaterialDetails(
                title={"en": "Slides"},
                url="https://example.org/x",
                audience=MaterialAudience.PUBLIC,
                moment=MaterialMoment.BEFORE,
            ),
            upload=None,
            by=editor,
            at=LATER,
        )
        for each in (session, waiting)
    ]

    recorded = Fact.objects.filter(kind="material.published").values_list("subject_key", flat=True)
    assert list(recorded) == [str(added[0].pk)]


def test_a_version_is_prepared_again_without_saying_anything_else(edition):
    ContributionFactory(session=SessionFactory(part__edition=edition, scheduled=True))
    version = publish(edition)
    before = _prepared(version)
    version.sessions.update(rows={}, bodies={}, words="")
    version.speakers.update(rows={})
    version.exports.all().delete()
    version.prepared_format = 0
    version.save()

    prepare_again(version=version)

    version.refresh_from_db()
    assert (_prepared(version), version.prepared_format) == (before, PREPARED_FORMAT)


def test_after_an_upgrade_current_versions_of_an_old_shape_are_prepared(edition):
    session = SessionFactory(part__edition=edition, scheduled=True)
    superseded = publish(edition)
    Session.objects.filter(pk=session.pk).update(title={"en": "Another title"})
    current = publish(edition)
    edition.versions.update(prepared_format=0)

    prepared = [prepare_old_versions(), prepare_old_versions()]

    superseded.refresh_from_db()
    current.refresh_from_db()
    shapes = (superseded.prepared_format, current.prepared_format)
    assert (prepared, shapes) == ([1, 0], (0, PREPARED_FORMAT))


def test_only_publishers_prepare_again(edition, member):
    with pytest.raises(PermissionDenied):
        prepare_again(version=publish(edition), by=member)


def _prepared(version):
    return [
        list(version.sessions.order_by("position").values_list("data", "rows", "bodies", "words")),
        list(version.speakers.order_by("position").values_list("data", "rows")),
        list(version.exports.order_by("language", "form").values_list("language", "form", "entries")),
    ]
