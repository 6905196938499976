"""Loading the platform into a process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """What is loaded inside stays for as long as the process: nothing looks for rubbish among it.

    Not now, which would take a quarter of the time, and not later, when memory is shared with forks.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
