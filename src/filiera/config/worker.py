"""The process of the jobs.

python -m filiera.config.worker     started by the supervisor; several may run, also on other machines
"""

import os

import django

CONCURRENCY = 4
# The supervisor kills after eight seconds; until then a job may finish, later it is run again.
GRACE_S = 7.0


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
    django.setup()
    from procrastinate.contrib.django import app  # needs Django's apps

    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        worker_app.run_worker(
            concurrency=CONCURRENCY,
            shutdown_graceful_timeout=GRACE_S,
            install_signal_handlers=True,
            delete_jobs="never",
        )


if __name__ == "__main__":
    main()
