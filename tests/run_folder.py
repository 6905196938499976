"""Where a run of the tests keeps its databases: in memory where the machine has plenty, else on its disk.

What stands there is thrown away within minutes; some disks take longer to remove it than to write it.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 8 * 2**30
VARIABLE = "FILIERA_TEST_FOLDER"
"""The folder of this run; workers are told by their controller."""
_PREFIX = "filiera-run-"
_ALIVE = "alive"


class RunFolder:
    """Leaves with its run; what a killed run left is removed by the next."""

    def __init__(self) -> None:
        parent = MEMORY if _has_plenty() else Path(tempfile.gettempdir())
        _remove_what_nobody_uses(parent)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        # The account of the database passes through it.
        self.path.chmod(0o711)
        self._held = (self.path / _ALIVE).open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX)
        os.environ[VARIABLE] = str(self.path)

    def remove(self) -> None:
        os.environ.pop(VARIABLE, None)
        shutil.rmtree(self.path)
        self._held.close()


def run_folder() -> str | None:
    """For the `dir` of what is made inside; None outside of a run, where it goes where such things go."""
    return os.environ.get(VARIABLE)


def _has_plenty() -> bool:
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return False
    status = os.statvfs(MEMORY)
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    available = int(told["MemAvailable"].split()[0]) * 1024
    # The server's programs are copied there where its account cannot reach them.
    may_execute = not status.f_flag & os.ST_NOEXEC
    return may_execute and min(available, status.f_bavail * status.f_frsize) >= ENOUGH


def _remove_what_nobody_uses(parent: Path) -> None:
    for left in parent.glob(f"{_PREFIX}*"):
        # Another run may remove it at the same time, or belong to somebody else.
        with suppress(OSError), (left / _ALIVE).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left)
