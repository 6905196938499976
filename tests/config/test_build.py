"""What is made from the sources is made beside what does not need it, and waited for by what does."""

import fcntl

import pytest

from filiera.config import build

pytestmark = pytest.mark.slow


def test_files_are_made_in_a_process_that_can_be_waited_for(tmp_path):
    static, lock = tmp_path / "static", tmp_path / "build.lock"

    making = build.begin(static, lock)

    assert making is not None
    with lock.open("w") as held, pytest.raises(BlockingIOError):
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    build.wait_until_made(lock)
    assert (static / "staticfiles.json").exists()
    assert making.wait(10) == 0
    assert build.begin(static, lock) is None


def test_a_closed_folder_is_no_place_for_files(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "BUILD_DIR", tmp_path / "closed")
    monkeypatch.setattr(build.os, "access", lambda path, _mode: "elsewhere" in str(path))

    assert build.static_folder(fallback=tmp_path / "elsewhere") == tmp_path / "elsewhere"
