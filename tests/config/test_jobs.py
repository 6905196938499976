"""A job that a killed worker left behind is run again; nobody else's is."""

import asyncio
from contextlib import closing
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from filiera.config import tasks
from filiera.config.worker_connector import WorkerConnector

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_other_jobs() -> None:
    # Tables that Django does not manage are not emptied between tests.
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def left_behind(*, silent_for: timedelta | None = None, lock: str = "some work") -> int:
    """A job that some worker took and did not end; without a time its worker is forgotten."""
    job_id = app.configure_task("config.remove_finished_jobs", queueing_lock=lock).defer(timestamp=0)
    with connection.cursor() as cursor:
        worker = None
        if silent_for is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
                [timezone.now() - silent_for],
            )
            (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job_id]
        )
    return job_id


def recover() -> int:
    async def work() -> int:
        try:
            return await tasks.recover_stalled(app.job_manager)
        finally:
            await sync_to_async(connections.close_all)()

    return asyncio.run(work())


def status_of(job_id: int) -> str:
    return str(ProcrastinateJob.objects.get(pk=job_id).status)


def test_the_job_of_a_silent_worker_comes_back() -> None:
    job_id = left_behind(silent_for=timedelta(seconds=tasks.STALLED_AFTER_S + 30))

    assert recover() == 1
    assert status_of(job_id) == "todo"


def test_the_job_of_a_worker_that_beats_is_left_to_it() -> None:
    job_id = left_behind(silent_for=timedelta(seconds=5))

    assert recover() == 0
    assert status_of(job_id) == "doing"


def test_a_job_whose_worker_was_forgotten_comes_back() -> None:
    job_id = left_behind()

    assert recover() == 1
    assert status_of(job_id) == "todo"


def test_a_job_whose_work_waits_already_ends_and_holds_up_no_other() -> None:
    stale = left_behind(lock="sweep")
    waiting = app.configure_task("config.remove_finished_jobs", queueing_lock="sweep").defer(timestamp=0)
    other = left_behind(lock="other work")

    assert recover() == 2
    assert [status_of(job) for job in (stale, waiting, other)] == ["failed", "todo", "todo"]


def test_what_a_job_queues_is_seen_when_its_transaction_is_through() -> None:
    """Taken before, it would find nothing of what it is about: a mail would never leave."""
    with connection.cursor() as cursor, closing(connection.copy()) as other, other.cursor() as elsewhere:
        with app.replace_connector(WorkerConnector(app.connector)), transaction.atomic():
            app.configure_task("config.remove_finished_jobs").defer(timestamp=0)

            assert seen_by(cursor) == 1
            assert seen_by(elsewhere) == 0

        assert seen_by(elsewhere) == 1


def seen_by(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT count(*) FROM procrastinate_jobs")
    return int(cursor.fetchone()[0])
