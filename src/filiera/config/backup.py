"""The whole state in one file, and back: database, uploads, keys, and a list that proves them unbroken.

The file is a plain tar: `manifest.json` first, then `database.dump` (pg_dump's own format), `keys/…` and
`files/…`. The manifest names each part with its digest and each table with its count of rows.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypedDict, cast

from psycopg import Connection, IsolationLevel, sql
from psycopg.rows import TupleRow

import filiera
from filiera.config.database import FolderLock, is_empty, running_database, start_cluster
from filiera.config.database_roles import role_state, withhold_future_tables
from filiera.config.database_settings import connection_parameters
from filiera.config.errors import CannotRun
from filiera.config.installation import BADGE_KEY, Installation
from filiera.config.postgres import Binaries, connect
from filiera.config.terminal import say, tell
from filiera.questionnaires.wall_setting import EVERYTHING, SETTING

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
# Passwords of database roles are made anew where the backup is restored; the secret key is kept, because
# links and tokens in people's hands are signed with it, and so is the key of badges, once there is one.
_KEPT_KEYS = ("secret.key", BADGE_KEY)


class Manifest(TypedDict):
    """What the archive says about itself."""

    format: int
    filiera: str
    postgresql: int
    made_at: str
    migrations: list[str]
    rows: dict[str, int]
    parts: dict[str, str]


@dataclass(frozen=True)
class Part:
    """A file of the backup: where it lies in the archive and where it comes from."""

    name: str
    source: Path

    def digest(self) -> str:
        with self.source.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()


def make_backup(installation: Installation, target: Path) -> None:
    """Write the state of a running or resting installation; the pages stay open meanwhile.

    Raises CannotRun.
    """
    if target.exists():
        raise CannotRun(f"{target} exists already; a backup is never written over another.")
    if not target.absolute().parent.is_dir():
        raise CannotRun(f"The folder {target.absolute().parent} does not exist.")
    with running_database(installation), tempfile.TemporaryDirectory(prefix="filiera-backup-") as scratch:
        dump = Path(scratch) / DUMP
        _refuse_a_role_that_sees_too_little(connection_parameters(installation, "backup"))
        say("Copying the database …")
        manifest = _copy_database(connection_parameters(installation, "backup"), dump)
        parts = [Part(DUMP, dump), *_parts_of_folders(installation)]
        say(f"Writing {len(parts)} files …")
        manifest["parts"] = {part.name: part.digest() for part in parts}
        unfinished = target.with_name(target.name + ".unfinished")
        # It holds everybody's data: nobody else may read it.
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            _write_archive(file, manifest, parts)
        unfinished.rename(target)
    tell(f"{target}: {len(manifest['rows'])} tables, {len(parts) - 1} files")


def _refuse_a_role_that_sees_too_little(parameters: Mapping[str, str]) -> None:
    """Sensitive answers stand behind row-level security: a role that it binds would leave them out."""
    with connect(parameters) as connection:
        state = role_state(connection)
    if not (state.is_superuser or state.bypasses_row_security):
        raise CannotRun(
            f"The role {state.name} does not see sensitive answers, so its copy would not be whole: "
            "give one with BYPASSRLS as DATABASE_BACKUP_URL."
        )


def _copy_database(parameters: Mapping[str, str], dump: Path) -> Manifest:
    """Dump and count in one snapshot, so that the counts hold whatever is written meanwhile."""
    with connect(parameters, autocommit=False) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        options = ("--format=custom", "--compress=1", f"--snapshot={snapshot[0]}", f"--file={dump}")
        _run_tool("pg_dump", *options, parameters=parameters)
        applied = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return Manifest(
            format=FORMAT,
            filiera=filiera.__version__,
            postgresql=connection.info.server_version // 10_000,
            made_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            migrations=[name for (name,) in applied.fetchall()],
            rows=_rows_of_tables(connection),
            parts={},
        )


def _rows_of_tables(connection: Connection[TupleRow]) -> dict[str, int]:
    """The rows of every table that outlives a crash; the parts of a divided table each for itself."""
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'r' AND relpersistence = 'p' ORDER BY relname"
    ).fetchall()
    counts = {}
    for (name,) in names:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
        found = connection.execute(query).fetchone()
        counts[name] = found[0] if found else 0
    return counts


def _parts_of_folders(installation: Installation) -> Iterator[Part]:
    for name in _KEPT_KEYS:
        key = installation.folder / "keys" / name
        if key.exists():
            yield Part(f"keys/{name}", key)
    root = installation.files_folder
    for file in sorted(root.rglob("*")):
        if file.is_file():
            yield Part(f"files/{file.relative_to(root).as_posix()}", file)


def _write_archive(file: IO[bytes], manifest: Manifest, parts: list[Part]) -> None:
    with tarfile.open(fileobj=file, mode="w") as archive:
        content = json.dumps(manifest, indent=1).encode()
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(content)
        archive.addfile(head, io.BytesIO(content))
        for part in parts:
            archive.add(part.source, arcname=part.name, recursive=False)


def restore_backup(installation: Installation, source: Path) -> None:
    """Bring a backup into an empty folder; nothing is written before the whole archive is proven.

    Raises CannotRun.
    """
    if not source.is_file():
        raise CannotRun(f"{source} does not exist.")
    _refuse_what_is_not_empty(installation)
    with tempfile.TemporaryDirectory(prefix="filiera-restore-") as name:
        scratch = Path(name)
        say("Reading and proving the backup …")
        manifest = _unpack(source, scratch)
        _refuse_other_versions(manifest)
        installation.make_folders()
        lock = FolderLock(installation)
        if not lock.take():
            raise CannotRun(f"A Filiera already runs on {installation.folder} ({lock.holder()}).")
        try:
            _take_over_folders(installation, scratch)
            _take_over_database(installation, scratch / DUMP, manifest)
        finally:
            lock.release()
    tell(f"{installation.folder}: restored the state of {manifest['made_at']}")


def _refuse_what_is_not_empty(installation: Installation) -> None:
    folder = installation.folder
    # The operator's settings may be there before the data are: they are not state.
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.name != "filiera.toml":
            raise CannotRun(f"{folder} is not empty ({entry.name}): restore into a new folder.")
    if installation.settings.database_url and not is_empty(installation):
        raise CannotRun("The database of DATABASE_URL is not empty: restore into a new one.")


def _unpack(source: Path, scratch: Path) -> Manifest:
    try:
        with tarfile.open(source) as archive:
            if MANIFEST not in archive.getnames():
                raise CannotRun(f"{source} is not a backup of Filiera.")
            archive.extractall(scratch, filter="data")
        manifest = cast(Manifest, json.loads((scratch / MANIFEST).read_text()))
        parts = dict(manifest["parts"])
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise CannotRun(f"{source} is not a readable backup: {str(error).splitlines()[0]}") from error
    for name, digest in parts.items():
        # What lies outside was not unpacked: names from the manifest lead no further than the archive did.
        found = (scratch / name).resolve()
        if not found.is_relative_to(scratch.resolve()) or not found.is_file():
            raise CannotRun(f"{source} is damaged: {name} is missing.")
        if Part(name, found).digest() != digest:
            raise CannotRun(f"{source} is damaged: {name} is not what was saved.")
    return manifest


def _refuse_other_versions(manifest: Manifest) -> None:
    if manifest["format"] != FORMAT:
        raise CannotRun(f"The backup has format {manifest['format']}; this Filiera reads {FORMAT}.")
    if manifest["filiera"].split(".")[:2] != filiera.__version__.split(".")[:2]:
        raise CannotRun(
            f"The backup was made by Filiera {manifest['filiera']}, this is {filiera.__version__}: "
            "restore it with the version that made it, then upgrade."
        )


def _take_over_folders(installation: Installation, scratch: Path) -> None:
    for name in _KEPT_KEYS:
        saved = scratch / "keys" / name
        if saved.exists():
            kept = installation.folder / "keys" / name
            kept.touch(mode=0o600)
            kept.write_bytes(saved.read_bytes())
    if (scratch / "files").exists():
        shutil.copytree(scratch / "files", installation.files_folder, dirs_exist_ok=True)


def _take_over_database(installation: Installation, dump: Path, manifest: Manifest) -> None:
    say("Restoring the database …")
    cluster = None if installation.settings.database_url else start_cluster(installation)
    try:
        parameters = connection_parameters(installation, "owner")
        with connect(parameters) as connection:
            major = connection.info.server_version // 10_000
        if major < manifest["postgresql"]:
            raise CannotRun(
                f"The backup comes from PostgreSQL {manifest['postgresql']}, the target is the older {major}."
            )
        # The dump names every right itself; what new tables are granted by default would come on top.
        with connect(parameters) as connection:
            withhold_future_tables(connection, app=connection_parameters(installation, "app")["user"])
        options = ("--no-owner", "--exit-on-error", "--single-transaction")
        _run_tool("pg_restore", *options, str(dump), parameters=parameters)
        with connect(parameters) as connection:
            # The owner of the tables does not pass the wall around sensitive answers, but counts them.
            connection.execute("SELECT set_config(%s, %s, false)", [SETTING, EVERYTHING])
            found = _rows_of_tables(connection)
        if found != manifest["rows"]:
            raise CannotRun("The tables did not come back with the rows that were saved.")
    finally:
        if cluster is not None:
            cluster.stop()


_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def _run_tool(name: str, *arguments: str, parameters: Mapping[str, str]) -> None:
    """One of PostgreSQL's own programs; it is told the password where `ps` does not show it."""
    told = {_VARIABLES[key]: value for key, value in parameters.items() if key in _VARIABLES}
    done = subprocess.run(
        [Binaries.of_wheel().program(name), f"--dbname={parameters['dbname']}", *arguments],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise CannotRun(f"{name}: {lines[0]}")
