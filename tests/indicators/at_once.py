"""Two that act at the same time, with real commits."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections, transaction

# Long enough for the second to come to the lock; the outcome is the same if it does not.
MEANWHILE_S = 0.5


def one_after_the_other(first, second):
    """The second begins while the transaction of the first is still open; what each gave or refused."""
    done, goes_on = threading.Event(), threading.Event()

    def begin():
        with transaction.atomic():
            given = tried(first)
            done.set()
            goes_on.wait(MEANWHILE_S)
        return given

    def follow():
        done.wait()
        return tried(second)

    def closing(work):
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return [told.result() for told in [pool.submit(closing, begin), pool.submit(closing, follow)]]


def tried(act):
    try:
        return act()
    except Exception as error:
        return type(error)
