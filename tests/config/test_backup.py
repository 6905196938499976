"""The whole state in one file and back: equal to the last row and byte, or refused with one line."""

import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg import sql

from filiera.config.postgres import connect
from filiera.questionnaires.wall_setting import EVERYTHING, SETTING
from tests.config.serving import Serving, data_folder, run

# Browsers meet the demonstration that the first of these tests starts.
pytestmark = [pytest.mark.slow, pytest.mark.prepares]


def checksums(serving: Serving) -> dict[str, str]:
    """Every table that outlives a crash, with a digest of its rows; sign-in and jobs go on by themselves."""
    found = {}
    with connect(serving.database("owner")) as connection:
        # The wall around sensitive answers holds for the owner of the tables too.
        connection.execute("SELECT set_config(%s, %s, false)", [SETTING, EVERYTHING])
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind = 'r' AND relpersistence = 'p' AND relname NOT LIKE 'procrastinate%'"
        ).fetchall()
        for (name,) in names:
            query = sql.SQL(
                "SELECT md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), '')) FROM {} row"
            )
            row = connection.execute(query.format(sql.Identifier(name))).fetchone()
            assert row is not None
            found[name] = row[0]
    return found


def hashes(serving: Serving) -> dict[str, str]:
    root = serving.installation.files_folder
    files = (file for file in root.rglob("*") if file.is_file())
    return {str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def rights_of_the_app(serving: Serving) -> list[tuple[str, str]]:
    with connect(serving.database("owner")) as connection:
        return connection.execute(
            "SELECT relname, privilege_type FROM pg_class, aclexplode(relacl) right_"
            " JOIN pg_roles ON pg_roles.oid = right_.grantee"
            " WHERE rolname = 'filiera_app' AND relkind IN ('r', 'p', 'S') ORDER BY 1, 2"
        ).fetchall()


@dataclass(frozen=True)
class State:
    """What must be equal before and after."""

    tables: dict[str, str]
    files: dict[str, str]
    rights: list[tuple[str, str]]


def state_of(serving: Serving) -> State:
    return State(checksums(serving), hashes(serving), rights_of_the_app(serving))


@pytest.fixture(scope="module")
def saved() -> Iterator[tuple[Path, State]]:
    """A backup of a running demonstration, and what it held when it was made."""
    with data_folder(prepared="demo") as folder:
        serving = Serving(folder, what="demo")
        uploads = serving.installation.files_folder / "ab"
        uploads.mkdir(exist_ok=True)
        (uploads / "slides.pdf").write_bytes(bytes(range(256)) * 400)
        before = state_of(serving)
        archive = folder.parent / "saved.filiera"
        done = run("backup", archive, "--data", folder)
        assert done.returncode == 0, done.stderr
        serving.stop()
        yield archive, before


def test_what_is_restored_equals_what_was_saved(saved: tuple[Path, State]) -> None:
    archive, before = saved
    assert archive.stat().st_mode & 0o777 == 0o600
    with data_folder() as folder:
        done = run("restore", archive, "--data", folder)

        assert done.returncode == 0, done.stderr
        (folder / "demonstration").write_text("")
        serving = Serving(folder, what="demo")
        after = state_of(serving)
        assert serving.status("/academy/cba-2-torino/schedule/") == 200
        serving.stop()
    assert {name for name in before.tables if before.tables[name] != after.tables.get(name)} == set()
    assert after == before
    assert len(before.tables) > 30


def test_a_target_that_holds_something_is_refused(saved: tuple[Path, State]) -> None:
    with data_folder() as folder:
        folder.mkdir()
        (folder / "letters").write_text("mine")

        refused = run("restore", saved[0], "--data", folder)

        assert (refused.returncode, refused.stderr) == (
            1,
            f"filiera: {folder} is not empty (letters): restore into a new folder.\n",
        )


def with_manifest(archive: Path, target: Path, **changes: object) -> None:
    """The same archive telling something else about itself."""
    with tarfile.open(archive) as source, tarfile.open(target, "w") as changed:
        for member in source.getmembers():
            content = source.extractfile(member)
            if member.name == "manifest.json":
                assert content is not None
                told = json.loads(content.read()) | changes
                rewritten = target.with_suffix(".json")
                rewritten.write_text(json.dumps(told))
                changed.add(rewritten, arcname="manifest.json")
            else:
                changed.addfile(member, content)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"filiera": "9.1.0"}, "was made by Filiera 9.1.0"),
        ({"format": 2}, "has format 2; this Filiera reads 1"),
        ({"postgresql": 99}, "comes from PostgreSQL 99, the target is the older 18"),
        ({"parts": {"files/gone.pdf": "00"}}, "is damaged: files/gone.pdf is missing"),
        ({"parts": {"../../etc/passwd": "00"}}, "is damaged: ../../etc/passwd is missing"),
    ],
)
def test_another_version_is_refused(saved: tuple[Path, State], changes: dict[str, object], said: str) -> None:
    with data_folder() as folder:
        other = folder.parent / "other.filiera"
        with_manifest(saved[0], other, **changes)

        refused = run("restore", other, "--data", folder)

        assert refused.returncode == 1
        assert said in refused.stderr.splitlines()[-1]


def test_a_damaged_archive_is_refused_and_writes_nothing(
    saved: tuple[Path, State],
) -> None:
    with data_folder() as folder:
        damaged = folder.parent / "damaged.filiera"
        content = bytearray(saved[0].read_bytes())
        content[len(content) // 2] ^= 0xFF
        damaged.write_bytes(content)
        cut = folder.parent / "cut.filiera"
        cut.write_bytes(saved[0].read_bytes()[: len(content) // 2])
        letter = folder.parent / "letter.txt"
        shutil.copy(__file__, letter)

        for broken in (damaged, cut, letter):
            refused = run("restore", broken, "--data", folder)

            assert refused.returncode == 1
            assert refused.stderr.splitlines()[-1].startswith("filiera: ")
            assert "Traceback" not in refused.stderr
            assert not folder.exists()


def test_a_backup_is_never_written_over_another(saved: tuple[Path, State]) -> None:
    with data_folder() as folder:
        refused = run("backup", saved[0], "--data", folder)

    assert refused.returncode == 1
    assert refused.stderr == f"filiera: {saved[0]} exists already; a backup is never written over another.\n"
