"""The rooms of a new app."""

import shutil
from pathlib import Path

from filiera.config.new_app import PROJECT_DIR, make_app


def test_a_new_app_has_its_rooms_and_is_known(tmp_path: Path) -> None:
    (tmp_path / "src/filiera/config").mkdir(parents=True)
    for name in ("src/filiera/config/settings.py", "pyproject.toml"):
        shutil.copy(PROJECT_DIR / name, tmp_path / name)

    written = make_app("events", tmp_path)
    again = make_app("events", tmp_path)

    assert sorted(written) == [
        "pyproject.toml",
        "src/filiera/config/settings.py",
        "src/filiera/events/__init__.py",
        "src/filiera/events/actions.py",
        "src/filiera/events/apps.py",
        "src/filiera/events/forms.py",
        "src/filiera/events/migrations/__init__.py",
        "src/filiera/events/models.py",
        "src/filiera/events/policies.py",
        "src/filiera/events/queries.py",
        "src/filiera/events/templates/events/.gitkeep",
        "src/filiera/events/urls.py",
        "src/filiera/events/views/__init__.py",
        "tests/events/factories.py",
    ]
    assert again == []
    assert (
        '"filiera.events",\n    "filiera.home",' in (tmp_path / "src/filiera/config/settings.py").read_text()
    )
    assert '  "filiera.events",\n  "filiera.academy"' in (tmp_path / "pyproject.toml").read_text()
