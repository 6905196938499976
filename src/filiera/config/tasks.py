"""Jobs about jobs: bring back what a killed worker left, and sweep out what is done."""

from procrastinate import builtin_tasks, exceptions
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

# A draining worker no longer beats; no supervisor of ours lets it drain for so long.
STALLED_AFTER_S = 45


@app.periodic(cron="* * * * *")
@app.task(name="config.recover_jobs", queueing_lock="config.recover_jobs", pass_context=True)
async def recover_jobs(context: JobContext, timestamp: int) -> int:
    """Run again what a worker that no longer beats has left behind; every job is safe to repeat."""
    return await recover_stalled(context.app.job_manager)


async def recover_stalled(manager: JobManager) -> int:
    stalled: list[Job] = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S))
    for job in stalled:
        try:
            await manager.retry_job(job)
        except exceptions.UniqueViolation:
            # The same work waits already under its lock: this attempt has nothing left to do.
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
    return len(stalled)


@app.periodic(cron="17 3 * * *")
@app.task(name="config.remove_finished_jobs", queueing_lock="config.remove_finished_jobs", pass_context=True)
async def remove_finished_jobs(context: JobContext, timestamp: int) -> None:
    await builtin_tasks.remove_old_jobs(context, max_hours=24 * 7, remove_failed=False)
