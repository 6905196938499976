"""The second wall around sensitive answers: row-level security that opens for one transaction.

Without it the database shows no sensitive answer to anybody, whatever the query says. The setting names
what is open: the questionnaires ("q12") of a reader, the responses ("r…") of a respondent, or "all" for
the jobs that delete, export or erase.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from filiera.accounts.viewer import Viewer

from . import policies
from .models import Audience, Questionnaire, Response
from .wall_setting import EVERYTHING, SETTING


@contextmanager
def opened_for_readers(*, questionnaire: Questionnaire, by: Viewer) -> Iterator[None]:
    """Show the sensitive answers of one questionnaire to a role that is named for them.

    Raises PermissionDenied.
    """
    if not policies.can_read(by, questionnaire, Audience.SENSITIVE):
        raise PermissionDenied
    with _opened([f"q{questionnaire.pk}"]):
        yield


@contextmanager
def opened_for_readers_who_may(*, questionnaire: Questionnaire, by: Viewer) -> Iterator[None]:
    """The same for pages that are read by both: closed it stays for all who are not named."""
    if not policies.can_read(by, questionnaire, Audience.SENSITIVE):
        yield
        return
    with _opened([f"q{questionnaire.pk}"]):
        yield


@contextmanager
def opened_for_respondent(*, response: Response, by: Viewer) -> Iterator[None]:
    """Show a response's own sensitive answers to whoever gave them.

    Raises PermissionDenied.
    """
    if not policies.is_own(by, response):
        raise PermissionDenied
    with _opened([f"r{response.pk}"]):
        yield


@contextmanager
def opened_for_response(response_id: UUID) -> Iterator[None]:
    """For actions that have asked their own policy and write one response."""
    with _opened([f"r{response_id}"]):
        yield


@contextmanager
def opened_for_counts(questionnaire: Questionnaire) -> Iterator[None]:
    """For queries that answer with numbers and with nothing that leads to anybody."""
    with _opened([f"q{questionnaire.pk}"]):
        yield


@contextmanager
def opened_for_jobs() -> Iterator[None]:
    """Everything, for deletion, erasure and a person's own archive; never for a page."""
    with _opened([EVERYTHING]):
        yield


@contextmanager
def _opened(names: Collection[str]) -> Iterator[None]:
    # Only ever for the transaction: a setting of the session would serve the next request too.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        [before] = cursor.fetchone()
        held = {*filter(None, before.split(",")), *names}
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, ",".join(sorted(held))])
        yield
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, before])
