"""What is made from the sources before anything runs: compiled words, collected files, compiled solvers.

python -m filiera.config.build      quick when nothing has changed
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from filiera.config.terminal import say

PACKAGE_DIR = Path(__file__).resolve().parent.parent
PROJECT_DIR = PACKAGE_DIR.parent.parent
BUILD_DIR = PROJECT_DIR / "build"
_STAMP = ".digest"
_STORED = {".py", ".csv", ".json", ".toml"}


def static_folder(fallback: Path) -> Path:
    """The collected files, brought up to date in the project's folder or, if that is closed, elsewhere."""
    usual = BUILD_DIR / "static"
    digest = _digest_of_static_files()
    if _stamp_of(usual) == digest:
        return usual
    target = usual if os.access(_first_existing(usual), os.W_OK) else fallback
    if _stamp_of(target) != digest:
        collect_static(target, digest)
    return target


def collect_static(target: Path, digest: str) -> None:
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


def compile_messages() -> None:
    # Only when a file is newer: reading the translations needs Django, which is slow to import.
    sources = [file for file in PACKAGE_DIR.glob("*/locale/*/LC_MESSAGES/django.po") if _is_stale(file)]
    if sources:
        say("Compiling translations …")
        subprocess.run([sys.executable, "-m", "filiera.config.messages", "compile"], check=True)


def prepare_solvers() -> None:
    stamp = BUILD_DIR / "solvers.digest"
    digest = _digest_of(sorted((PACKAGE_DIR.parent / "filiera_solvers").rglob("*.py")), by_content=True)
    if not stamp.exists() or stamp.read_text() != digest:
        say("Compiling the solvers …")
        subprocess.run([sys.executable, "-m", "filiera_solvers", "prepare"], check=True, stdout=sys.stderr)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest)


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


def _stamp_of(folder: Path) -> str:
    stamp = folder / _STAMP
    return stamp.read_text() if stamp.exists() and (folder / "staticfiles.json").exists() else ""


def _first_existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def main() -> None:
    compile_messages()
    static_folder(fallback=BUILD_DIR / "static")
    prepare_solvers()


if __name__ == "__main__":
    main()
