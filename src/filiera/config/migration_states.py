"""Django's migrations on a new database in two thirds of the time.

For every model that a migration creates, Django builds anew the classes of all models that are related to it
by any path: of nearly all there are. Nothing refers yet to a model that is new, so its own class is enough;
those that it refers to get their way back to it when it is built.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.migrations.state import ModelState, ProjectState


@contextmanager
def new_models_alone() -> Iterator[None]:
    """Migrations that run inside build only the class of a model that they create."""
    add_model = ProjectState.add_model

    def add_alone(self: ProjectState, model_state: ModelState) -> None:
        rests_on_models = any(isinstance(base, str) for base in model_state.bases)
        if rests_on_models or "apps" not in self.__dict__:
            add_model(self, model_state)
            return
        apps = self.__dict__.pop("apps")
        add_model(self, model_state)
        self.__dict__["apps"] = apps
        apps.render_multiple([model_state])

    ProjectState.add_model = add_alone  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState.add_model = add_model  # type: ignore[method-assign]
