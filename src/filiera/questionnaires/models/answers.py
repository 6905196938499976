"""What people answered. Sensitive answers stand behind a second wall in the database: see `wall.py`."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.questionnaires.permissions import responses_in_hand

from .choices import Audience, ResponseState
from .questionnaire import Question, Questionnaire, read_by


def own_responses(viewer: Viewer) -> Q:
    """Responses of the viewer's account, and those whose link the viewer came by."""
    own = Q(pk__in=responses_in_hand(viewer))
    return own | Q(person_id=viewer.person_id) if viewer.person_id is not None else own


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; submitted ones with a name also for those who may read some of their answers."""
        if viewer.administering:
            return self.all()
        readable = Q(pk__in=[])
        for audience in Audience:
            readable |= read_by(viewer, audience, "questionnaire__")
        return self.filter(
            own_responses(viewer) | (readable & Q(state=ResponseState.SUBMITTED, is_anonymous=False))
        )

    def submitted(self) -> Self:
        return self.filter(state=ResponseState.SUBMITTED)

    def own(self, viewer: Viewer) -> Self:
        return self.filter(own_responses(viewer))


ResponseManager = models.Manager.from_queryset(ResponseQuerySet)


class Response(models.Model):
    """One filling of a questionnaire: by a person, by the holder of a link, or by nobody that is known.

    The key is random and an anonymous response carries a day and no time, so that neither leads from it
    to whoever gave it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="responses")
    # What it is about where one questionnaire serves many things, such as "session:7".
    about = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # Whoever answers without an account, such as "participation:31".
    respondent = models.CharField(max_length=60, blank=True)
    is_anonymous = models.BooleanField(default=False)
    # An anonymous response counts in results from the moment enough of them came together.
    is_released = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=ResponseState, default=ResponseState.DRAFT)
    language = models.CharField(max_length=5, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_on = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ResponseManager["Response"]] = ResponseManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "about", "person"],
                condition=Q(person__isnull=False),
                name="response_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["questionnaire", "about", "respondent"],
                condition=~Q(respondent=""),
                name="response_once_per_respondent",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=False, created_at__isnull=False)
                | Q(
                    is_anonymous=True,
                    state="submitted",
                    person__isnull=True,
                    respondent="",
                    language="",
                    created_at__isnull=True,
                    submitted_at__isnull=True,
                    changed_at__isnull=True,
                ),
                name="response_anonymous_leads_to_nobody",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", submitted_on__isnull=True, submitted_at__isnull=True)
                | Q(state="submitted", submitted_on__isnull=False),
                name="response_times_match_state",
            ),
        ]
        indexes = [models.Index(fields=["questionnaire", "about", "state"], name="response_by_subject")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_submitted(self) -> bool:
        return self.state == ResponseState.SUBMITTED


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; of submitted responses with a name those whose audience the viewer belongs to.

        Sensitive ones come only inside `wall.opened_for_readers` or `wall.opened_for_respondent`.
        """
        readable = Q(pk__in=[])
        for audience in Audience:
            if viewer.administering and audience != Audience.SENSITIVE:
                readable |= Q(audience=audience)
            else:
                readable |= Q(audience=audience) & read_by(viewer, audience, "questionnaire__")
        named = Response.objects.submitted().filter(is_anonymous=False, pk=OuterRef("response_id"))
        own = Response.objects.own(viewer).filter(pk=OuterRef("response_id"))
        return self.filter(Exists(own) | (readable & Exists(named)))


AnswerManager = models.Manager.from_queryset(AnswerQuerySet)


class Answer(models.Model):
    """The answer to one question in one response.

    Questionnaire and audience are the question's: a trigger copies them, because the wall of the database
    judges each row by itself.
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=20, choices=Audience)
    value = models.JSONField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects: ClassVar[AnswerManager["Answer"]] = AnswerManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="answer_once_per_question"),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}: {self.question_id}"


class AnsweredQuerySet(models.QuerySet["Answered"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Nobody reads who answered an anonymous questionnaire; actions ask for one respondent at a time."""
        return self.none()


AnsweredManager = models.Manager.from_queryset(AnsweredQuerySet)


class Answered(models.Model):
    """Who has answered where answers are anonymous, so that nobody answers twice.

    One row holds them all, sorted: rows of their own would lie in the order of the responses.
    """

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=60, blank=True)
    respondents = ArrayField(models.CharField(max_length=60), default=list)

    objects: ClassVar[AnsweredManager["Answered"]] = AnsweredManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "about"], name="answered_one_row_per_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.about}"
