"""The process of the jobs.

python -m filiera.config.worker     started by the supervisor; several may run, also on other machines
"""

import os

import django

from filiera.shared.loading import loading

CONCURRENCY = 4
# The supervisor kills after eight seconds; until then a job may finish, later it is run again.
GRACE_S = 7.0


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
    with loading():
        django.setup()
        from procrastinate.contrib.django import app  # needs Django's apps

        from filiera.config.worker_connector import WorkerConnector

    with app.replace_connector(WorkerConnector(app.connector)) as worker_app:
        worker_app.run_worker(
            concurrency=CONCURRENCY,
            shutdown_graceful_timeout=GRACE_S,
            install_signal_handlers=True,
            delete_jobs="never",
        )


if __name__ == "__main__":
    main()
