"""What the made-up participants of the Torino edition do between the parts, marked as demonstration."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Edition, Part
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.actions import assessments, contacts, listings, mailings, practical, tasks
from filiera.admissions.mail_templates import packaged_mail
from filiera.admissions.models import (
    CompetenceItem,
    Contact,
    ContactRequest,
    ContactShare,
    ContactWay,
    HandIn,
    InvitationLetter,
    Mailing,
    MailingRecipient,
    MailingState,
    Participation,
    PracticalNote,
    PracticalTopic,
    SelfAssessment,
    SelfRating,
    Task,
)
from filiera.admissions.placeholders import MailMatter
from filiera.admissions.queries.mailings import write
from filiera.demo.tables import read, words
from filiera.mail.messages import write_message
from filiera.mail.models import MailState, OutgoingMail

SEED = 2023_07
ROME = ZoneInfo("Europe/Rome")
RATED_AT = datetime(2023, 5, 30, 10, 0, tzinfo=ROME)
SET_AT = datetime(2023, 6, 8, 9, 0, tzinfo=ROME)
MAILED_AT = datetime(2023, 9, 12, 9, 0, tzinfo=ROME)
# Most say that they can do it with help, or in simple cases.
LEVELS, HOW_OFTEN = (1, 2, 3, 4, 5), (2, 5, 6, 3, 1)
MET_AT = datetime(2023, 6, 7, 17, 0, tzinfo=ROME)


@transaction.atomic
def load_people_of_torino(edition: Edition, people: dict[str, Person], at: datetime) -> None:
    """Lists, contacts, tasks, mails and self-assessments; what is there already stays as it is."""
    if Task.objects.filter(edition=edition).exists():
        return
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    confirmed = Participation.objects.confirmed().filter(edition=edition, person__isnull=False)
    places = list(confirmed.select_related("person", "application", "edition").order_by("pk"))
    if not places:
        return
    known = [place for place in places if place.person_id == people["participant"].pk]
    others = [place for place in places if place not in known]
    _practical_notes(edition, people, at)
    _listings(known + others[: len(others) * 3 // 4], at)
    _tasks(edition, known, others, people, chance)
    _self_assessments(edition, known + others[: len(others) * 9 // 10], chance, at)
    _mails(edition, known + others, people)
    if known and len(others) > 4:
        _contacts(edition, people["participant"], [place.person for place in others[:5] if place.person])


def _practical_notes(edition: Edition, people: dict[str, Person], at: datetime) -> None:
    parts = {part.slug: part for part in Part.objects.filter(edition=edition)}
    for row in read("generated_practical_notes"):
        practical.save_note(
            edition=edition,
            note=None,
            details=practical.NoteDetails(
                topic=PracticalTopic(row["topic"]),
                text={language: text.replace("\\n", "\n") for language, text in words(row, "text").items()},
                part=parts.get(row["part"]),
                is_public=row["public"] == "yes",
            ),
            by=SYSTEM,
            at=at,
        )
    practical.save_letter(
        edition=edition,
        details=practical.LetterDetails(
            signed_by=people["organiser"].name,
            signed_as={"en": "Director of the edition", "it": "Direttrice dell’edizione"},
            text={
                "en": "Participation is free of charge. Travel and hotel are paid by your organisation.",
                "it": "La partecipazione è gratuita. Viaggio e albergo li paga la Sua organizzazione.",
            },
        ),
        by=SYSTEM,
        at=at,
    )
    PracticalNote.objects.filter(edition=edition).update(is_demonstration=True)
    InvitationLetter.objects.filter(edition=edition).update(is_demonstration=True)


def _listings(places: Sequence[Participation], at: datetime) -> None:
    for place in places:
        listings.join_list(
            participation=place,
            challenge=place.application.challenge_title if place.application else "",
            by=Viewer(person=place.person),
            at=at,
        )


def _tasks(
    edition: Edition,
    known: Sequence[Participation],
    others: Sequence[Participation],
    people: dict[str, Person],
    chance: random.Random,
) -> None:
    parts = {part.slug: part for part in Part.objects.filter(edition=edition)}
    learnt = [row["text"] for row in read("generated_learnt")]
    for row in read("generated_tasks"):
        task = tasks.save_task(
            edition=edition,
            task=None,
            details=tasks.TaskDetails(
                kind=row["kind"],
                title=words(row, "title"),
                text=words(row, "text"),
                due_at=datetime.fromisoformat(row["due_at"]).replace(tzinfo=ROME),
                part=parts.get(row["part"]),
                hand_in=[form for form in row["hand_in"].split() if form],
            ),
            by=SYSTEM,
            at=SET_AT,
        )
        doers = [place for place in others if chance.random() < float(row["share"])]
        doers += [place for place in known if row["known"] == "yes"]
        for place in doers:
            _hand_in(task, place, learnt, people["facilitator"], chance)


def _hand_in(
    task: Task, place: Participation, learnt: Sequence[str], coach: Person, chance: random.Random
) -> None:
    state = chance.choice(("", "seen", "seen", "discuss"))
    handed_in_at = task.due_at - timedelta(hours=chance.randint(2, 400))
    HandIn.objects.create(
        task=task,
        participation=place,
        text=chance.choice(learnt) if "text" in task.hand_in else "",
        link="https://example.org/canvas" if task.hand_in and "text" not in task.hand_in else "",
        learnt=chance.choice(learnt),
        is_shared=bool(task.hand_in) and chance.random() < 0.4,
        handed_in_at=handed_in_at,
        coach_state=state,
        comment="Bring the figures to Torino: the group will ask for them." if state == "discuss" else "",
        commented_by=coach if state else None,
        commented_at=handed_in_at + timedelta(days=1) if state else None,
    )


def _self_assessments(
    edition: Edition, places: Sequence[Participation], chance: random.Random, at: datetime
) -> None:
    assessments.add_packaged_items(edition=edition, by=SYSTEM, at=at)
    items = list(CompetenceItem.objects.filter(edition=edition).order_by("position"))
    for place in places:
        assessment = SelfAssessment.objects.create(participation=place, moment="start", answered_at=RATED_AT)
        SelfRating.objects.bulk_create(
            SelfRating(assessment=assessment, item=item, level=chance.choices(LEVELS, HOW_OFTEN)[0])
            for item in items
        )


def _mails(edition: Edition, places: Sequence[Participation], people: dict[str, Person]) -> None:
    """The practical information as it went out, without sending anything; and a draft that waits."""
    packaged, waiting = packaged_mail("practical"), packaged_mail("tasks-due")
    assert packaged is not None
    assert waiting is not None
    for mail in (packaged, waiting):
        mailings.save_mailing(
            edition=edition,
            mailing=None,
            details=mailings.MailingDetails(
                subject=mail.subject, text=mail.text, recipients_by=mail.recipients_by, template=mail.code
            ),
            by=Viewer(person=people["organiser"], administering=True),
            at=MAILED_AT,
        )
    sent = Mailing.objects.get(edition=edition, template=packaged.code)
    sent.state, sent.checked_at, sent.checked_by, sent.sent_at = (
        MailingState.SENT,
        MAILED_AT,
        people["organiser"],
        MAILED_AT,
    )
    sent.save()
    matter = MailMatter(edition, MAILED_AT)
    for number, place in enumerate(places):
        said = write(sent, place, matter)
        message = write_message(
            template="admissions/mail/mailing.txt",
            context={"subject": said.subject, "text": said.text, "edition": edition, "link": ""},
            language=said.language,
        )
        # One address in twenty does not work, as it is.
        failed = number % 20 == 11
        mail_row = OutgoingMail.objects.create(
            key=f"demonstration:mailing:{sent.pk}:{place.pk}",
            to_person=place.person,
            to_address=place.email,
            subject=message.subject,
            text=message.text,
            html=message.html,
            language=said.language,
            state=MailState.FAILED if failed else MailState.SENT,
            created_at=MAILED_AT,
            send_after=MAILED_AT,
            sent_at=None if failed else MAILED_AT,
            last_error="550 mailbox unavailable" if failed else "",
        )
        MailingRecipient.objects.create(
            mailing=sent, participation=place, mail=mail_row, written_at=MAILED_AT
        )


def _contacts(edition: Edition, known: Person, others: Sequence[Person]) -> None:
    """Some contacts made at the online days, somebody who asks, and somebody who has not answered."""
    shares = [ContactShare.EMAIL.value, ContactShare.ORGANISATION.value]
    for person in (known, *others):
        contacts.card_of(person=person, at=MET_AT)
    for other, way in zip(others, (ContactWay.CODE, ContactWay.REQUEST, ContactWay.REQUEST), strict=False):
        for owner, person in ((known, other), (other, known)):
            Contact.objects.create(
                owner=owner, person=person, edition=edition, shares=shares, way=way, agreed_at=MET_AT
            )
    ContactRequest.objects.create(
        edition=edition,
        sender=others[3],
        receiver=known,
        message="We work on the same problem with silent members. Shall we compare notes?",
        shares=shares,
        requested_at=MET_AT,
    )
    ContactRequest.objects.create(
        edition=edition, sender=known, receiver=others[4], shares=shares, requested_at=MET_AT
    )
