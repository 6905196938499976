"""What is made from the sources before anything runs: compiled words, collected files, compiled solvers.

python -m filiera.config.build [FOLDER]     files collected there; quick when nothing has changed
"""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from filiera.config.processes import tied_to_this_process
from filiera.config.terminal import say

PACKAGE_DIR = Path(__file__).resolve().parent.parent
PROJECT_DIR = PACKAGE_DIR.parent.parent
BUILD_DIR = PROJECT_DIR / "build"
_SOLVERS = BUILD_DIR / "solvers.digest"
_STAMP = ".digest"
_STORED = {".py", ".csv", ".json", ".toml"}


def static_folder(fallback: Path) -> Path:
    """Where collected files are or are to be: in the project's folder or, if that is closed, elsewhere."""
    usual = BUILD_DIR / "static"
    is_current = _stamp_of(usual) == _digest_of_static_files()
    return usual if is_current or _may_write(usual) else fallback


def begin(static: Path, lock: Path) -> "subprocess.Popen[bytes] | None":
    """Make what is missing in a process that holds the lock until it ends; None where nothing is missing."""
    if not (stale_messages() or _stamp_of(static) != _digest_of_static_files() or are_solvers_stale()):
        return None
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        # The child has the same open file: it stays locked when ours is closed.
        return subprocess.Popen(
            [sys.executable, "-m", "filiera.config.build", str(static)],
            pass_fds=[held.fileno()],
            start_new_session=True,
            preexec_fn=tied_to_this_process(signal.SIGKILL),
        )


def wait_until_made(lock: Path) -> None:
    """Return once nobody holds the lock that `begin` was given."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_SH)


def collect_static(target: Path) -> None:
    digest = _digest_of_static_files()
    if _stamp_of(target) == digest:
        return
    say("Collecting style sheets, scripts and fonts …")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "django",
            "collectstatic",
            "--noinput",
            "--clear",
            "--ignore=django_htmx",
            "--verbosity=0",
        ],
        env={
            **{name: value for name, value in os.environ.items() if name != "FILIERA_DATA"},
            "DJANGO_SETTINGS_MODULE": "filiera.config.settings",
            "FILIERA_STATIC": str(target),
            "FILIERA_PROCESS": "collect",
        },
        check=True,
    )
    (target / _STAMP).write_text(digest)


def stale_messages() -> list[Path]:
    return [file for file in PACKAGE_DIR.glob("*/locale/*/LC_MESSAGES/django.po") if _is_stale(file)]


def compile_messages() -> None:
    # Only when a file is newer: reading the translations needs Django, which is slow to import.
    if stale_messages():
        say("Compiling translations …")
        subprocess.run([sys.executable, "-m", "filiera.config.messages", "compile"], check=True)


def are_solvers_stale() -> bool:
    """Where the project's folder is closed their code is compiled in memory, by whoever needs it."""
    is_current = _SOLVERS.exists() and _SOLVERS.read_text() == _digest_of_solvers()
    return not is_current and _may_write(_SOLVERS)


def prepare_solvers() -> None:
    if are_solvers_stale():
        say("Compiling the solvers …")
        subprocess.run([sys.executable, "-m", "filiera_solvers", "prepare"], check=True, stdout=sys.stderr)
        _SOLVERS.parent.mkdir(exist_ok=True)
        _SOLVERS.write_text(_digest_of_solvers())


def digest_of_what_is_stored() -> str:
    """Changes with every file that decides what stands in the database before pages open."""
    locked = PROJECT_DIR / "requirements" / "locked.txt"
    folders = [*PACKAGE_DIR.glob("*/migrations"), PACKAGE_DIR / "demo", PACKAGE_DIR / "reference"]
    own = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in _STORED)
    return _digest_of([file for file in [locked] if file.exists()] + own, by_content=False)


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _digest_of_static_files() -> str:
    # The libraries' own files change only with their versions, which the lock file names.
    locked = PROJECT_DIR / "requirements" / "locked.txt"
    own = sorted(file for file in PACKAGE_DIR.glob("*/static/**/*") if file.is_file())
    return _digest_of([file for file in [locked, Path(__file__)] if file.exists()] + own, by_content=False)


def _digest_of(files: Iterable[Path], *, by_content: bool) -> str:
    digest = sha256()
    for file in files:
        status = file.stat()
        told = file.read_bytes() if by_content else f"{status.st_size} {status.st_mtime_ns}".encode()
        digest.update(str(file).encode() + b"\0" + told + b"\0")
    return digest.hexdigest()


def _digest_of_solvers() -> str:
    return _digest_of(sorted((PACKAGE_DIR.parent / "filiera_solvers").rglob("*.py")), by_content=True)


def _may_write(path: Path) -> bool:
    return os.access(_first_existing(path), os.W_OK)


def _stamp_of(folder: Path) -> str:
    stamp = folder / _STAMP
    return stamp.read_text() if stamp.exists() and (folder / "staticfiles.json").exists() else ""


def _first_existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def main() -> None:
    static = Path(sys.argv[1]) if len(sys.argv) > 1 else static_folder(fallback=BUILD_DIR / "static")
    # The compiler works alone for as long as the rest takes, on a core of its own where there is one.
    with ThreadPoolExecutor(max_workers=1) as beside:
        solvers = beside.submit(prepare_solvers)
        compile_messages()
        collect_static(static)
        solvers.result()


if __name__ == "__main__":
    main()
