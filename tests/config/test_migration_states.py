"""Building only what is new leaves the same history as building everything anew."""

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from filiera.config.migration_states import new_models_alone


def model(name: str, bases: tuple[type | str, ...] = (models.Model,), **fields: models.Field) -> ModelState:
    return ModelState("shop", name, [("id", models.AutoField(primary_key=True)), *fields.items()], {}, bases)


def reference(to: str) -> models.Field:
    return models.ForeignKey(to, on_delete=models.CASCADE)


def history() -> ProjectState:
    state = ProjectState()
    state.add_model(model("Shop"))
    assert state.apps.get_model("shop", "Shop")
    state.add_model(model("Shelf", shop=reference("shop.Shop"), above=reference("self")))
    state.add_model(model("Label", shelves=models.ManyToManyField("shop.Shelf")))
    state.add_field("shop", "shop", "best", reference("shop.Shelf"), preserve_default=True)
    state.add_model(
        ModelState("shop", "Branch", [("town", models.TextField())], {}, ("shop.shop", models.Model))
    )
    return state


def told_of(state: ProjectState) -> dict[str, tuple[list[str], list[str]]]:
    return {
        told.__name__: (
            sorted(f"{field.name} -> {field.related_model}" for field in told._meta.get_fields()),
            sorted(f"{relation.name} by {relation.related_model}" for relation in told._meta.related_objects),
        )
        for told in state.apps.get_models(include_auto_created=True)
    }


def test_every_model_knows_the_same_fields_and_ways_back():
    plain = told_of(history())

    with new_models_alone():
        quick = told_of(history())

    assert quick == plain
    assert set(quick) == {"Shop", "Shelf", "Label", "Label_shelves", "Branch"}


def test_a_class_that_is_there_is_not_built_again():
    with new_models_alone():
        state = history()
        before = state.apps.get_model("shop", "Label")
        state.add_model(model("Till", shop=reference("shop.Shop")))

    assert state.apps.get_model("shop", "Label") is before
    assert "till" in {
        relation.name for relation in state.apps.get_model("shop", "Shop")._meta.related_objects
    }
