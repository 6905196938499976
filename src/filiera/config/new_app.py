"""The rooms of a new app, and the lines that make it known.

python -m filiera.config.new_app events
"""

import re
import sys
from pathlib import Path

from filiera.config.terminal import say, tell

PROJECT_DIR = Path(__file__).resolve().parents[3]

_CONFIG = """from django.apps import AppConfig


class {title}Config(AppConfig):
    name = "filiera.{name}"
    label = "{name}"
"""
_ROOMS = {
    "__init__.py": "",
    "apps.py": _CONFIG,
    "models.py": '"""What is stored, and what the database itself guarantees."""\n',
    "policies.py": '"""Who may do what: plain yes and no."""\n',
    "queries.py": '"""Reads that pages or other apps share."""\n',
    "actions.py": '"""Use cases that change state, their errors and their background jobs."""\n',
    "forms.py": '"""Input to clean values."""\n',
    "views/__init__.py": "",
    "urls.py": 'app_name = "{name}"\nurlpatterns = []\n',
    "migrations/__init__.py": "",
    "templates/{name}/.gitkeep": "",
}


def make_app(name: str, project: Path) -> list[str]:
    """Write what is missing; what is there stays. Answers the paths that were written."""
    written = []
    rooms = {f"src/filiera/{name}/{room}": text for room, text in _ROOMS.items()}
    factories = f'"""The smallest valid rows of {name}."""\n'
    for place, text in {**rooms, f"tests/{name}/factories.py": factories}.items():
        file = project / place.format(name=name)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.format(name=name, title=name.title()))
            written.append(str(file.relative_to(project)))
    settings, project_file = project / "src/filiera/config/settings.py", project / "pyproject.toml"
    if _insert(settings, before='    "filiera.home",\n', line=f'    "filiera.{name}",\n'):
        written.append(str(settings.relative_to(project)))
    if _insert(project_file, before='  "filiera.academy", ', line=f'  "filiera.{name}",\n'):
        written.append(str(project_file.relative_to(project)))
    return written


def _insert(file: Path, *, before: str, line: str) -> bool:
    text = file.read_text()
    if line in text or before not in text:
        return False
    file.write_text(text.replace(before, line + before, 1))
    return True


def main() -> int:
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if not re.fullmatch(r"[a-z]{3,30}", name):
        say("Give the app's name in small letters: make app name=events")
        return 2
    for place in make_app(name, PROJECT_DIR):
        tell(place)
    tell("Now: its words in docs/glossary.md, its place in the layers of pyproject.toml, its models.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
