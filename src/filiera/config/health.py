"""Two questions of a balancer: does the process live, and can it work."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def bare_page(request: HttpRequest) -> HttpResponse:
    """Constant HTML through the whole middleware: what any page costs before it has content."""
    return HttpResponse("<!doctype html><title>Filiera</title><p>ok</p>")


def readyz(request: HttpRequest) -> HttpResponse:
    """Ready when the database answers and knows every migration of this code."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    if missing:
        return HttpResponse("migrations are missing\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
