"""What the runs of these tests leave behind: nothing, also when one is killed."""

from pathlib import Path

import pytest

from tests import run_folder
from tests.run_folder import RunFolder


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(run_folder.VARIABLE, "")
    monkeypatch.setattr(run_folder, "MEMORY", tmp_path)
    monkeypatch.setattr(run_folder, "ENOUGH", 0)
    return tmp_path


def test_what_a_killed_run_left_is_removed_and_what_a_living_one_uses_stays(memory: Path) -> None:
    left = memory / "filiera-run-left"
    left.mkdir()
    (left / "alive").touch()
    living = RunFolder()

    other = RunFolder()

    assert sorted(memory.iterdir()) == sorted([living.path, other.path])
    other.remove()
    assert list(memory.iterdir()) == [living.path]
    living.remove()


def test_with_little_memory_it_stands_on_the_disk(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "ENOUGH", 2**62)
    monkeypatch.setattr("tempfile.tempdir", str(memory.parent))

    folder = RunFolder()

    assert folder.path.parent == memory.parent
    folder.remove()
