"""Ties between processes that the kernel keeps: a child ends with its parent, a pid is what it says."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def end_with_parent(signal_number: int = signal.SIGTERM, *, parent: int | None = None) -> None:
    """Ask the kernel to signal this process when the thread that started it ends; call it in the child.

    A parent that has gone before the call was made is noticed too, when its pid is given.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signal_number)


def tied_to_this_process(signal_number: int) -> Callable[[], None]:
    """The `preexec_fn` of a child that shall not outlive us.

    Start such a child from the main thread: the kernel watches the thread, not the process.
    """
    parent = os.getpid()
    # Looked up before the fork: the child of a fork should do as little as possible.
    library = ctypes.CDLL(None, use_errno=True)

    def tie() -> None:
        if sys.platform == "linux":
            library.prctl(_PR_SET_PDEATHSIG, signal_number)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal_number)

    return tie


def command_name(pid: int) -> str | None:
    """The name the kernel has for a living process; None for a dead one, a zombie or a number never used."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    name, _, rest = status.partition("(")[2].rpartition(")")
    return None if rest.split()[0] in {"Z", "X"} else name


def working_directory(pid: int) -> Path | None:
    """Where a living process stands; None where it is dead or not ours to ask."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None
