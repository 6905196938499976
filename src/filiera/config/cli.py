"""The `filiera` command: exit code 0 done, 1 could not be done (one line says why), 2 wrong usage."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from filiera.config.database import is_empty
from filiera.config.errors import CannotRun
from filiera.config.installation import FOLDER_VARIABLE, Installation
from filiera.config.supervisor import LOOPBACK, Address, Supervisor
from filiera.config.terminal import say


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["solve"]:
        # The solver library has a command of its own, which needs neither data nor Django.
        os.execv(sys.executable, [sys.executable, "-m", "filiera_solvers", *given[1:]])  # noqa: S606
    chosen = parser().parse_args(given)
    try:
        chosen.run(chosen)
    except CannotRun as error:
        say(f"filiera: {error}")
        return 1
    except KeyboardInterrupt:
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    main_parser = argparse.ArgumentParser(
        prog="filiera", description="Runs academies and the network that keeps working after them."
    )
    commands = main_parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    with_data = argparse.ArgumentParser(add_help=False)
    with_data.add_argument(
        "--data", type=Path, metavar="DIR", help="data folder (default: the platform's own)"
    )
    with_port = argparse.ArgumentParser(add_help=False)
    with_port.add_argument("--port", type=_port, default=8000)

    command = commands.add_parser(
        "serve", parents=[with_data, with_port], help="database, jobs, live push, pages"
    )
    command.add_argument("--host", help="where to listen (default: this machine only)")
    command.add_argument("--workers", type=_count, default=2, metavar="N", help="processes for pages")
    command.add_argument("--tls-cert", type=Path, metavar="FILE")
    command.add_argument("--tls-key", type=Path, metavar="FILE")
    command.set_defaults(run=_serve)

    command = commands.add_parser(
        "demo", parents=[with_data, with_port], help="the same with the demonstration"
    )
    command.set_defaults(run=_demo)

    command = commands.add_parser("backup", parents=[with_data], help="the whole state in one file")
    command.add_argument("file", type=Path)
    command.set_defaults(run=_backup)

    command = commands.add_parser("restore", parents=[with_data], help="into an empty data folder")
    command.add_argument("file", type=Path)
    command.set_defaults(run=_restore)

    commands.add_parser("solve", help="optimise a problem from a file (filiera solve --help)", add_help=False)

    command = commands.add_parser("import", parents=[with_data], help="rows from a file, all or nothing")
    command.add_argument("what", choices=["programme", "organisations", "participants", "facts", "reference"])
    command.add_argument("file", type=Path)
    command.add_argument(
        "--edition", metavar="SLUG", help="the edition that a programme or participants belong to"
    )
    command.add_argument("--by", metavar="EMAIL", help="in whose name; without it the platform's own")
    command.add_argument("--organisation", metavar="SLUG", help="the organisation whose facts they are")
    command.add_argument("--mapping", metavar="NAME", help="the organisation's kept choice of columns")
    command.add_argument("--reverse", action="store_true", help="take the import of these facts back")
    command.add_argument("--table", metavar="NAME", help="the reference table that the file replaces")
    command.add_argument("--source", metavar="TEXT", help="who published the reference table")
    command.add_argument("--date", metavar="YYYY-MM-DD", help="the date of the reference table")
    command.add_argument("--licence", metavar="TEXT", help="the licence of the reference table")
    command.add_argument("--dry-run", action="store_true", help="only say what would happen")
    command.set_defaults(run=_import)

    command = commands.add_parser(
        "indicators", parents=[with_data], help="figures: compute, explain, or export what they are made of"
    )
    command.add_argument("what", choices=["compute", "explain", "export"])
    command.add_argument("--organisation", metavar="SLUG", help="of this organisation only")
    command.add_argument("--period", metavar="PERIOD", help="2023, 2023-Q2 or 2023-05 (default: every year)")
    command.add_argument("--indicator", metavar="CODE", action="append", help="of this indicator only")
    command.add_argument(
        "--breakdown", metavar="NAME", default="", help="by ecosystem, s3_priority, region, size_class, …"
    )
    command.add_argument("--engine", choices=["postgres", "duckdb", "spark"], default="postgres")
    formats = ["json", "csv", "sdmx-csv", "xlsx", "parquet"]
    command.add_argument("--format", choices=formats, default="json")
    command.add_argument("--to", type=Path, metavar="PATH", help="where to write (default: standard output)")
    command.add_argument("--tables", type=Path, metavar="DIR", help="read these exported tables as they are")
    command.set_defaults(run=_indicators)

    command = commands.add_parser("invite", parents=[with_data], help="a one-time link by mail and on screen")
    command.add_argument("email")
    command.add_argument("--administrator", action="store_true", required=True)
    command.set_defaults(run=_invite)

    command = commands.add_parser("doctor", parents=[with_data, with_port], help="look at the installation")
    command.set_defaults(run=_doctor)
    return main_parser


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65_535:
        raise argparse.ArgumentTypeError("a port lies between 1 and 65535")
    return port


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 64:
        raise argparse.ArgumentTypeError("between 1 and 64")
    return count


def _installation(chosen: argparse.Namespace) -> Installation:
    installation = Installation.at(chosen.data)
    # Whatever this command starts or imports reads the same folder.
    os.environ[FOLDER_VARIABLE] = str(installation.folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
    return installation


def _serve(chosen: argparse.Namespace) -> None:
    installation = _installation(chosen)
    settings = installation.settings
    if installation.is_demonstration:
        raise CannotRun(
            f"{installation.folder} holds a demonstration, where everybody may take every role: "
            "give serve a folder of its own with --data."
        )
    if bool(chosen.tls_cert) != bool(chosen.tls_key):
        raise CannotRun("--tls-cert and --tls-key belong together.")
    for file in (chosen.tls_cert, chosen.tls_key):
        if file is not None and not os.access(file, os.R_OK):
            raise CannotRun(f"{file} cannot be read.")
    address = Address(chosen.host or LOOPBACK, chosen.port, chosen.tls_cert, chosen.tls_key)
    if not address.is_loopback and not settings.public_url:
        say("Warning: open to the network without a public address; set public_url in filiera.toml.")
    if settings.is_https and not settings.trusted_proxies and not chosen.tls_cert:
        say("Warning: public_url is https, but neither trusted_proxies nor --tls-cert says who speaks it.")
    installation.make_folders()
    Supervisor(installation, address, workers=chosen.workers).run()


def _demo(chosen: argparse.Namespace) -> None:
    installation = _installation(chosen)
    if installation.settings.public_url:
        raise CannotRun("A demonstration is for this machine alone: take public_url out of its settings.")
    if not installation.is_demonstration and not is_empty(installation):
        raise CannotRun(
            f"{installation.folder} holds a real installation: give demo a folder of its own with --data."
        )
    installation.make_folders()
    installation.mark_as_demonstration()
    Supervisor(installation, Address(port=chosen.port)).run()


def _backup(chosen: argparse.Namespace) -> None:
    from filiera.config.backup import make_backup

    make_backup(_installation(chosen), chosen.file)


def _restore(chosen: argparse.Namespace) -> None:
    from filiera.config.backup import restore_backup

    restore_backup(_installation(chosen), chosen.file)


def _import(chosen: argparse.Namespace) -> None:
    from filiera.config.imports import ImportRequest, import_file

    request = ImportRequest(
        what=chosen.what,
        file=chosen.file,
        edition=chosen.edition,
        email=chosen.by,
        is_dry_run=chosen.dry_run,
        table=chosen.table,
        source=chosen.source,
        source_date=chosen.date,
        licence=chosen.licence,
        organisation=chosen.organisation,
        mapping=chosen.mapping,
        is_reversal=chosen.reverse,
    )
    import_file(_installation(chosen), request)


def _indicators(chosen: argparse.Namespace) -> None:
    from filiera.config.indicators import FiguresRequest, run_indicators

    request = FiguresRequest(
        what=chosen.what,
        organisation=chosen.organisation,
        period=chosen.period,
        indicators=tuple(chosen.indicator or ()),
        breakdown=chosen.breakdown,
        engine=chosen.engine,
        format=chosen.format,
        to=chosen.to,
        tables=chosen.tables,
    )
    run_indicators(_installation(chosen), request)


def _invite(chosen: argparse.Namespace) -> None:
    from filiera.config.invitations import invite_administrator

    invite_administrator(_installation(chosen), chosen.email)


def _doctor(chosen: argparse.Namespace) -> None:
    from filiera.config.doctor import examine

    examine(_installation(chosen), chosen.port)


if __name__ == "__main__":
    sys.exit(main())
