"""The worker's way to the queue, and that of the jobs in it."""

from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import utils
from procrastinate.psycopg_connector import PsycopgConnector


class WorkerConnector(PsycopgConnector):
    """The worker takes jobs over connections of its own; a job queues others over the one it works on.

    As on a page, what is queued in a transaction is there when that is through: over another connection it
    would be taken before, find nothing of what it is about, and be done.
    """

    def __init__(self, of_jobs: BaseConnector) -> None:
        super().__init__(kwargs=utils.connector_params())
        self.of_jobs = of_jobs

    def get_sync_connector(self) -> BaseConnector:
        return self.of_jobs
