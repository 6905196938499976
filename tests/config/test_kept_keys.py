"""Which secrets are in a backup: those that things in people's hands are signed with."""

from pathlib import Path

from filiera.config.backup import _parts_of_folders, _take_over_folders
from filiera.config.installation import BADGE_KEY, Installation


def installation_in(folder: Path) -> Installation:
    installation = Installation(folder)
    installation.make_folders()
    installation.secret_key()
    installation.database_passwords()
    return installation


def test_the_key_of_badges_is_saved_once_there_is_one(tmp_path: Path) -> None:
    installation = installation_in(tmp_path / "data")
    before = [part.name for part in _parts_of_folders(installation)]

    (installation.folder / "keys" / BADGE_KEY).write_text("{}")

    after = [part.name for part in _parts_of_folders(installation)]
    assert (before, after) == (["keys/secret.key"], ["keys/secret.key", "keys/badges.json"])


def test_keys_come_back_readable_by_their_owner_alone(tmp_path: Path) -> None:
    scratch = tmp_path / "unpacked"
    (scratch / "keys").mkdir(parents=True)
    (scratch / "keys" / "secret.key").write_text("secret")
    (scratch / "keys" / BADGE_KEY).write_text('{"d": "…"}')
    installation = Installation(tmp_path / "restored")
    installation.make_folders()

    _take_over_folders(installation, scratch)

    restored = {file.name: file for file in (installation.folder / "keys").iterdir()}
    assert {name: file.read_text() for name, file in restored.items()} == {
        "secret.key": "secret",
        "badges.json": '{"d": "…"}',
    }
    assert {file.stat().st_mode & 0o777 for file in restored.values()} == {0o600}
