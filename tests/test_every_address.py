"""Every address, asked by everybody: nobody meets a fault, and nobody enters where they do not belong."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from filiera.academy.models import (
    ChecklistTask,
    Contribution,
    Day,
    Edition,
    EditionMember,
    Part,
    Room,
    Session,
    Speaker,
    Venue,
)
from filiera.admissions.models import Application, Survey, SurveySubject
from filiera.credentials.models import Award
from filiera.demo.people import PEOPLE
from filiera.indicators.models import (
    CollectionPart,
    Declaration,
    DeclarationRequest,
    FigureNote,
    SetProposal,
)
from filiera.indicators.queries.declaration_links import token_of
from filiera.ledger.models import Fact
from filiera.live.models import AudienceQuestion, Ballot, Channel, Poll
from filiera.meetings.models import Attendee, Meeting, MeetingRound, MeetingWish
from filiera.organisations.models import AgreementStep, Membership, Position
from filiera.questionnaires.models import Question, Questionnaire
from filiera.workshops.models import Challenge, Group, GroupSeries, MethodCard, MethodRun, Trend
from tests.credentials.factories import CertificateFactory

pytestmark = pytest.mark.slow
NOW = datetime(2026, 3, 2, tzinfo=UTC)
EDITION = "cba-2-torino"
WORKSPACE = "mesap"
VISITOR = "visitor"
# Who belongs to the edition's team, and who works for the organisation, in the demonstration.
DESK_ROLES = {"organiser", "facilitator"}
WORKSPACE_ROLES = {"organiser"}
# The key is what an address begins with, the value the slug that stands there.
SLUGS = {
    "academy/<slug:edition_slug>/speakers/": "bianca-dragomir",
    "academy/": "keynote-avaesen",
    "organisations/": WORKSPACE,
    "o/": WORKSPACE,
    "indicators/": WORKSPACE,
    "api/v1/editions/": EDITION,
    "api/v1/organisations/": WORKSPACE,
}


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)


def real_values() -> dict[str, object]:
    """A row of the demonstration for every key in an address."""
    edition = Edition.objects.get(slug=EDITION)
    session = Session.objects.get(edition=edition, slug="keynote-avaesen")
    task = ChecklistTask.objects.create(edition=edition, title={"en": "Book the hall"})
    fact = Fact.objects.filter(organisation__slug=WORKSPACE).first() or Fact.objects.all()[0]
    form = Questionnaire.objects.filter(
        workspace=f"edition:{edition.pk}"
    ).first() or Questionnaire.objects.create(
        workspace=f"edition:{edition.pk}", purpose="admissions.survey", title={"en": "Survey"}, created_at=NOW
    )
    question = form.questions.first() or Question.objects.create(
        questionnaire=form, code="useful", position=1, kind="short", label={"en": "Useful"}
    )
    survey, _is_new = Survey.objects.get_or_create(
        edition=edition, subject=SurveySubject.SESSIONS, defaults={"questionnaire": form}
    )
    of_edition = {"edition": edition}
    award = Award.objects.create(**of_edition, name={"en": "Attended"}, least_days=1, created_at=NOW)
    certificate = CertificateFactory(award=award)
    return {
        "<slug:edition_slug>": EDITION,
        "<int:session_id>": session.pk,
        "<int:speaker_id>": Speaker.objects.filter(**of_edition)[0].pk,
        "<int:room_id>": Room.objects.filter(**of_edition)[0].pk,
        "<slug:room_slug>": Room.objects.filter(**of_edition)[0].slug,
        "<int:venue_id>": Venue.objects.filter(**of_edition)[0].pk,
        "<int:part_id>": Part.objects.filter(**of_edition)[0].pk,
        "<int:day_id>": Day.objects.filter(part__edition=edition)[0].pk,
        "<int:member_id>": EditionMember.objects.filter(**of_edition)[0].pk,
        "<int:contribution_id>": Contribution.objects.filter(session=session)[0].pk,
        "<int:task_id>": task.pk,
        "<int:membership_id>": Membership.objects.filter(cluster__slug=WORKSPACE)[0].pk,
        "<int:position_id>": Position.objects.filter(organisation__slug=WORKSPACE)[0].pk,
        "<int:award_id>": award.pk,
        "<uuid:award_id>": award.public_id,
        "<int:certificate_id>": certificate.pk,
        "<str:code>": certificate.code,
        "<int:number>": 1,
        "<slug:language>": "en",
        "<int:year>": fact.year,
        "<uuid:fact_id>": fact.id,
        "<int:application_id>": Application.objects.filter(call__edition=edition)[0].pk,
        "<slug:step>": "challenge",
        "<str:token>": "no-such-token",
        "<int:questionnaire_id>": form.pk,
        "<int:survey_id>": survey.pk,
        "<int:question_id>": question.pk,
        "<slug:kind>": question.kind,
        "<session>": session.slug,
        "<slug:role>": "nobody",
        "<slug:purpose>": "nothing",
        "<slug:name>": "languages",
        "<str:label_code>": "1.1.2",
        "<int:evidence_id>": 1,
        "<int:plan_id>": 1,
        "<int:measure_id>": 1,
        "<int:revision>": 1,
        "<slug:state>": "done",
        "<slug:text_kind>": "plan",
        "<slug:text_name>": "aim",
        "<int:row_id>": 1,
        "<slug:code>": Channel.objects.get(edition=edition).code.lower(),
        "<int:poll_id>": Poll.objects.filter(channel__edition=edition)[0].pk,
        "<int:ballot_id>": Ballot.objects.filter(poll__channel__edition=edition)[0].pk,
        **values_of_methods(edition),
        "<int:trend_id>": Trend.objects.filter(edition=edition)[0].pk,
        "<int:challenge_id>": Challenge.objects.filter(edition=edition)[0].pk,
        "<int:run_id>": 1,
        "<int:series_id>": GroupSeries.objects.filter(edition=edition)[0].pk,
        "<int:group_id>": Group.objects.filter(round__series__edition=edition)[0].pk,
        "<int:rule_id>": 1,
        "<int:position>": 1,
        "<int:visit_round_id>": 1,
        "<int:visit_id>": 1,
        "<int:visit_slot_id>": 1,
        "<int:visit_place_id>": 1,
        "<int:dinner_id>": 1,
        "<int:table_id>": 1,
        "<int:guest_id>": 1,
        "<int:pair_id>": 1,
        "<int:seating_run_id>": 1,
        "<slug:printed>": "table-plan",
        "<slug:decision>": "selected",
        **values_of_meetings(edition),
        **values_of_rounds(),
        **values_of_sets(),
        # These exist only once somebody has made one; the address must still answer.
        "<slug:indicator>": "members_total",
        "<slug:period>": "2022",
        "<slug:file_format>": "csv",
        "<int:report_id>": 1,
        "<int:section_id>": 1,
        "<int:form_id>": 1,
        "<int:cell_id>": 1,
        "<slug:section_kind>": "text",
        "<slug:nuts>": "ITC1",
        "<int:allowance_id>": 1,
        "<int:broadcast_id>": 1,
        "<int:countdown_id>": 1,
        "<int:code_id>": 1,
        "<int:review_id>": 1,
        "<int:criterion_id>": 1,
        "<int:material_id>": 1,
        "<int:talk_id>": 1,
        "<int:closure_id>": 1,
        "<int:presence_id>": 1,
        "<int:sign_up_id>": 1,
        "<int:place_id>": 1,
        "<int:upload_id>": 1,
        "<int:import_id>": 1,
        "<int:participation_id>": 1,
        "<int:station_id>": 1,
        "<int:invitation_id>": 1,
        "<int:token_id>": 1,
        "<int:panel_id>": 1,
        "<int:history_id>": 1,
        "<int:study_id>": 1,
        "<int:mail_id>": 1,
        "<int:pk>": 1,
        "<int:note_id>": 1,
        "<int:mailing_id>": 1,
        "<int:recipient_id>": 1,
        "<int:hand_in_id>": 1,
        "<int:contact_id>": 1,
        "<int:comment_id>": 1,
        "<int:contact_request_id>": 1,
        "<int:listing_id>": 1,
        "<int:item_id>": 1,
        "<slug:template_code>": "practical",
        "<slug:contact_code>": "no-such-code",
        "<slug:moment>": "start",
        "<uuid:public_id>": "00000000-0000-4000-8000-000000000000",
        "<uuid:uuid>": "00000000-0000-4000-8000-000000000000",
    }


def values_of_rounds() -> dict[str, object]:
    """The round of the demonstration that is open with the workspace in it, and what it declares."""
    part = CollectionPart.objects.get(organisation__slug=WORKSPACE, round__state="open")
    outside = DeclarationRequest.objects.filter(organisation__slug=WORKSPACE).exclude(owner_email="").get()
    return {
        "<str:figure_token>": token_of(outside),
        "<int:collection_id>": part.round_id,
        "<int:asked_id>": part.pk,
        "<int:asked_question_id>": part.round.questions.all()[0].pk,
        "<int:firm_id>": part.firms.all()[0].pk,
        "<int:declaration_id>": Declaration.objects.filter(organisation__slug=WORKSPACE)[0].pk,
        "<int:figure_request_id>": outside.pk,
        "<int:figure_note_id>": FigureNote.objects.filter(organisation__slug=WORKSPACE)[0].pk,
    }


def values_of_sets() -> dict[str, object]:
    """The set of the demonstration that the workspace uses, with the change that is proposed."""
    proposal = SetProposal.objects.open().get()
    return {
        "<int:set_id>": proposal.indicator_set_id,
        "<set_id>": proposal.indicator_set_id,
        "<int:set_version>": 1,
        "<int:set_item_id>": 1,
        "<int:set_proposal_id>": proposal.pk,
    }


def values_of_methods(edition: Edition) -> dict[str, object]:
    """The method of the demonstration that is going on, in one circle of everybody."""
    run = MethodRun.objects.running().get(edition=edition)
    card = MethodCard.objects.filter(board__run=run)[0]
    return {
        "<int:method_run_id>": run.pk,
        "<int:board_id>": card.board_id,
        "<int:card_id>": card.pk,
        "<int:pile_id>": 1,
        "<slug:method_key>": "swot",
        "<slug:block>": "canvas",
        "<slug:step_code>": "fields",
    }


def values_of_meetings(edition: Edition) -> dict[str, object]:
    """A round of the demonstration, with a meeting of the person who takes part."""
    round_ = MeetingRound.objects.get(edition=edition)
    own = Attendee.objects.get(round=round_, person__email="participant@demonstration.invalid")
    meeting = Meeting.objects.standing().of_person(own.person_id).first()
    step = AgreementStep.objects.first()
    return {
        "<int:round_id>": round_.pk,
        "<int:attendee_id>": Attendee.objects.filter(round=round_).exclude(pk=own.pk)[0].pk,
        "<int:wish_id>": MeetingWish.objects.filter(wisher=own)[0].pk,
        "<int:meeting_id>": meeting.pk if meeting else 1,
        "<int:slot_id>": round_.slots.first().pk,
        "<int:block_id>": 1,
        "<int:step_id>": step.pk if step else 1,
        "<int:agreement_id>": step.agreement_id if step else 1,
    }


def address(route: str, values: dict[str, object]) -> str | None:
    """The route with real values; None for the sign-in library's own regular expressions."""
    if "^" in route:
        return None
    for beginning, slug in SLUGS.items():
        if route.startswith(beginning):
            route = route.replace("<slug:slug>", slug).replace("<slug>", slug)
    if "/live/" in route:
        values = {**values, "<int:question_id>": AudienceQuestion.objects.all()[0].pk}
    for name, value in values.items():
        route = route.replace(name, str(value))
    assert "<" not in route, f"{route}: this test knows no value for a part of this address"
    return f"/{route}"


@pytest.fixture
def addresses(loaded_demonstration: None, db: None) -> list[str]:
    values = real_values()
    found = {address(route, values) for route in routes(get_resolver())}
    return sorted(filter(None, found))


def client_in(role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role != VISITOR:
        person = get_user_model().objects.get(email=f"{role}@demonstration.invalid")
        client.force_login(person)
    return client


def status(client: Client, path: str) -> int:
    answer = client.get(path)
    if answer.streaming:
        # A file is closed when it was read to its end.
        list(answer.streaming_content)
    return answer.status_code


def test_every_address_answers_everybody_and_lets_in_only_its_own(addresses):
    desk = {path for path in addresses if f"/academy/{EDITION}/desk/" in path}
    workspace = {path for path in addresses if path.startswith(f"/o/{WORKSPACE}/")}
    faults, at_desk, in_workspace = {}, set(), set()

    for role in (VISITOR, *(told.role for told in PEOPLE)):
        client = client_in(role)
        statuses = {path: status(client, path) for path in addresses}
        entered = {path for path, status in statuses.items() if status == 200}
        faults |= {(role, path): status for path, status in statuses.items() if status >= 500}
        at_desk |= {role} if entered & desk else set()
        in_workspace |= {role} if entered & workspace else set()

    assert (faults, at_desk, in_workspace) == ({}, DESK_ROLES, WORKSPACE_ROLES)
