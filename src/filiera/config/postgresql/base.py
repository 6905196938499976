"""Django's PostgreSQL backend with a health check that costs no round trip, and statements planned once."""

import select
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """A server that has gone has closed its end, which the socket tells; only then is it asked.

        Django asks "SELECT 1" before the first statement of every request, which on a page that needs one
        statement is half of what the database does.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.pgconn.socket, select.POLLIN)
        return True if not poll.poll(0) else super().is_usable()

    def planned_cursor(self) -> CursorWrapper:
        """A cursor whose statements the server plans once for each connection and then only runs."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.connection.prepare_threshold = 0
        bound_by_server: Any = base.ServerBindingCursor
        wrap = self.make_debug_cursor if self.queries_logged else self.make_cursor
        cursor: CursorWrapper = wrap(bound_by_server(self.connection))
        return cursor
