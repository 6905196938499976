"""The process of the pages: granian's master with its workers.

python -m filiera.config.web        started by the supervisor, which says where and how in the environment
"""

import gc
import os
import signal
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.checks.urls import check_url_config
from django.core.handlers.wsgi import WSGIHandler
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import override
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from filiera.config.processes import end_with_parent
from filiera.config.wsgi import application
from filiera.shared.loading import loading

THREADS = 3


def load_application(master: int) -> WSGIHandler:
    """Called in each worker after the fork; a worker whose master is killed would keep the port."""
    end_with_parent(signal.SIGKILL, parent=master)
    return application


def main() -> None:
    master = os.getpid()
    certificate, key = os.environ.get("FILIERA_TLS_CERT"), os.environ.get("FILIERA_TLS_KEY")
    server = Server(
        "filiera.config.wsgi:application",
        address=os.environ["FILIERA_HOST"],
        port=int(os.environ["FILIERA_PORT"]),
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("FILIERA_WORKERS", "2")),
        blocking_threads=THREADS,
        # A thread that ends takes its database connection with it.
        blocking_threads_idle_timeout=600,
        http=HTTPModes.auto,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=4,
        ssl_cert=Path(certificate) if certificate else None,
        ssl_key=Path(key) if key else None,
    )
    # Loaded before the fork, with every view, the libraries of templates, what models know of each other, the
    # texts of every language and what addresses are found by: workers share this memory as long as nobody
    # touches it.
    with loading():
        check_url_config(None)
        get_template("base.html")
        for model in apps.get_models(include_auto_created=True):
            model._meta.get_fields(include_hidden=True)
        for code, _name in settings.LANGUAGES:
            with override(code):
                reverse("home:home")
        # What loading left behind is room for what comes: each worker would ask for as much again.
        gc.unfreeze()
        gc.collect()
    server.serve(target_loader=lambda _target: load_application(master))


if __name__ == "__main__":
    main()
