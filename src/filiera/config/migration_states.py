"""Django's migrations on a new database in a tenth of the time.

Django keeps classes of all models as they are after each step, and builds anew those that a step may have
changed. Three things make that cheap here:

- For a new model Django builds the classes of all models that are related to it by any path: of nearly all
  there are. Nothing refers yet to a model that is new, so its own class is enough; those that it refers to
  get their way back to it when it is built.
- A changed model is built anew with those that refer to it, directly or by others: they hold its old class.
  Those that it refers to hold nothing of it.
- A field of a class is a copy of the migration's; Django writes it out in full and reads that again.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Field, Model
from django.utils.functional import cached_property

_Key = tuple[str, str | None]


@contextmanager
def quick_states() -> Iterator[None]:
    """Migrations that run inside build only what a step changes."""
    before = ProjectState.add_model, ProjectState.reload_model, Field.clone
    add_model, reload_model, clone = before

    def add_alone(self: ProjectState, model_state: ModelState) -> None:
        rests_on_models = any(isinstance(base, str) for base in model_state.bases)
        if rests_on_models or "apps" not in self.__dict__:
            add_model(self, model_state)
            return
        apps = self.__dict__.pop("apps")
        add_model(self, model_state)
        self.__dict__["apps"] = apps
        apps.render_multiple([model_state])

    def reload_with_referring(
        self: ProjectState, app_label: str, model_name: str, delay: bool = False
    ) -> None:
        apps = self.__dict__.get("apps")
        model = apps and apps.all_models[app_label].get(model_name)
        if model is None:
            reload_model(self, app_label, model_name, delay)
            return
        # Code that a migration runs is given all classes anew.
        self.is_delayed = True
        self._reload({(app_label, model_name), *_referring_to(model)})  # type: ignore[attr-defined]

    def copied(self: "Field[Any, Any]") -> "Field[Any, Any]":
        if any(hasattr(value, "contribute_to_class") for value in vars(self).values()):
            return clone(self)
        made = copy.deepcopy(self)
        for name in _computed_once(type(made)):  # type: ignore[arg-type]
            vars(made).pop(name, None)
        # Fields stand in the order in which they were made.
        made.creation_counter = Field.creation_counter
        Field.creation_counter += 1
        return made

    ProjectState.add_model = add_alone  # type: ignore[method-assign]
    ProjectState.reload_model = reload_with_referring  # type: ignore[method-assign]
    Field.clone = copied  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        ProjectState.add_model, ProjectState.reload_model, Field.clone = before  # type: ignore[method-assign]


def _referring_to(model: type[Model]) -> set[_Key]:
    """The models that hold the class of this one or of one that holds it: by a relation or as its child."""
    found: set[_Key] = set()
    waiting = [model]
    while waiting:
        now = waiting.pop()
        relations = now._meta.get_fields(include_parents=False, include_hidden=True)
        back = [field.related_model for field in relations if field.auto_created and not field.concrete]
        children = [child for child in now.__subclasses__() if child._meta.apps is now._meta.apps]
        for other in filter(None, (*back, *children)):
            key = (other._meta.app_label, other._meta.model_name)
            if key not in found:
                found.add(key)
                waiting.append(other)
    return found


@cache
def _computed_once(of: type) -> frozenset[str]:
    return frozenset(
        name
        for base in of.__mro__
        for name, value in vars(base).items()
        if isinstance(value, cached_property)
    )
