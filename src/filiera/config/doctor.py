"""A look at the installation: each line says what is well, or what to do."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg

from filiera.config.build import PROJECT_DIR
from filiera.config.database import FolderLock, check_operators_server, cluster_of, running_database
from filiera.config.database_roles import role_state
from filiera.config.database_settings import connection_parameters
from filiera.config.errors import CannotRun
from filiera.config.installation import Installation
from filiera.config.postgres import Binaries, connect
from filiera.config.supervisor import LOOPBACK, is_free
from filiera.config.terminal import tell

_ENOUGH_SPACE_GB = 2.0
_ENOUGH_MEMORY_GB = 1.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; with a remedy when it is not well."""

    what: str
    remedy: str = ""


def examine(installation: Installation, port: int) -> None:
    """Print all findings.

    Raises CannotRun when one of them needs the operator.
    """
    findings = [finding for look in _LOOKS for finding in _careful(look, installation, port)]
    for finding in findings:
        tell(f"TO DO  {finding.what}: {finding.remedy}" if finding.remedy else f"well   {finding.what}")
    open_points = sum(bool(finding.remedy) for finding in findings)
    if open_points:
        raise CannotRun(f"{open_points} of {len(findings)} points need you.")


Look = Callable[[Installation, int], Iterator[Finding]]


def _careful(look: Look, installation: Installation, port: int) -> Iterator[Finding]:
    try:
        yield from look(installation, port)
    except CannotRun as error:
        yield Finding(look.__doc__ or look.__name__, str(error))
    except (OSError, psycopg.Error) as error:
        yield Finding(look.__doc__ or look.__name__, str(error).splitlines()[0])


def _settings(installation: Installation, port: int) -> Iterator[Finding]:
    """settings"""
    told = installation.settings
    yield Finding(f"settings of {installation.folder}")
    if told.is_https and not told.trusted_proxies:
        yield Finding(
            "public_url is https", "set trusted_proxies to 1, or start with --tls-cert and --tls-key"
        )
    if told.public_url and told.mail.backend != "smtp":
        yield Finding("a public address, but mail stays here", "set [mail] backend = 'smtp' in filiera.toml")


def _folder(installation: Installation, port: int) -> Iterator[Finding]:
    """data folder"""
    folder = installation.folder
    if not folder.exists():
        yield Finding(f"the data folder {folder} will be made by the first start")
        return
    kind = "a demonstration" if installation.is_demonstration else "an installation"
    yield Finding(f"the data folder {folder} holds {kind}")
    for secret in (folder / "keys").glob("*"):
        if stat.S_IMODE(secret.stat().st_mode) & 0o077:
            yield Finding(f"others may read {secret}", f"chmod 600 {secret}")
    if not os.access(installation.files_folder, os.W_OK):
        yield Finding(f"uploads in {installation.files_folder}", "cannot be written there")


def _machine(installation: Installation, port: int) -> Iterator[Finding]:
    """machine"""
    place = next(folder for folder in (installation.folder, *installation.folder.parents) if folder.exists())
    free_gb = shutil.disk_usage(place).free / 1e9
    remedy = "" if free_gb > _ENOUGH_SPACE_GB else f"make room: at least {_ENOUGH_SPACE_GB:.0f} GB"
    yield Finding(f"{free_gb:.1f} GB free on the disk of {place}", remedy)
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    remedy = "" if memory_gb > _ENOUGH_MEMORY_GB else f"at least {_ENOUGH_MEMORY_GB:.0f} GB are needed"
    yield Finding(f"{memory_gb:.1f} GB of memory, {os.cpu_count()} processors", remedy)


def _port(installation: Installation, port: int) -> Iterator[Finding]:
    """port"""
    address = FolderLock(installation).address()
    if address:
        yield Finding(f"Filiera runs at {address}")
    elif is_free(LOOPBACK, port):
        yield Finding(f"port {port} is free")
    else:
        yield Finding(f"port {port} is taken", "choose another with --port")


def _database(installation: Installation, port: int) -> Iterator[Finding]:
    """database"""
    if installation.settings.database_url:
        warnings = check_operators_server(installation)
        yield Finding("the server of DATABASE_URL answers", " ".join(warnings))
    elif not installation.has_database:
        yield Finding(f"PostgreSQL {Binaries.of_wheel().version} is at hand; its cluster will be made")
        return
    else:
        cluster = cluster_of(installation)
        yield Finding(f"PostgreSQL {cluster.binaries.version}, socket in {cluster.socket_directory}")
    with running_database(installation), connect(connection_parameters(installation, "app")) as connection:
        state = role_state(connection)
        too_mighty = state.is_superuser or state.bypasses_row_security
        remedy = "give the pages a role that is neither superuser nor BYPASSRLS" if too_mighty else ""
        yield Finding(f"the pages act as {state.name}", remedy)
        stalled = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE status = 'todo' AND scheduled_at < now() - '1 hour'::interval"
        ).fetchone()
        waiting = stalled[0] if stalled else 0
        yield Finding(f"{waiting} jobs wait longer than an hour", "is the worker running?" if waiting else "")


def _built(installation: Installation, port: int) -> Iterator[Finding]:
    """built files"""
    words = list((PROJECT_DIR / "src" / "filiera").glob("*/locale/*/LC_MESSAGES/django.po"))
    missing = [source for source in words if not source.with_suffix(".mo").exists()]
    yield Finding(f"{len(words)} translation files compiled", "run make setup" if missing else "")


_LOOKS: tuple[Look, ...] = (_settings, _folder, _machine, _port, _database, _built)
