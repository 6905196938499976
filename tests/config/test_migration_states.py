"""Building only what is new leaves the same history as building everything anew."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from filiera.config.migration_states import quick_states


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
    change(state)
    return state


def change(state: ProjectState) -> None:
    """One step of each kind, on models that others refer to."""
    state.add_field("shop", "shop", "name", models.TextField(unique=True), preserve_default=True)
    state.add_field("shop", "label", "near", reference("shop.Branch"), preserve_default=True)
    state.add_field(
        "shop", "shelf", "sizes", ArrayField(models.IntegerField(), default=list), preserve_default=False
    )
    state.alter_field("shop", "shop", "id", models.BigAutoField(primary_key=True), preserve_default=True)
    state.alter_field("shop", "label", "near", reference("shop.Shop"), preserve_default=True)
    named = models.CheckConstraint(condition=~models.Q(name=""), name="shop_has_a_name")
    state.add_constraint("shop", "shop", named)
    state.remove_field("shop", "shop", "best")


def told_of(state: ProjectState) -> dict[str, tuple[list[str], ...]]:
    return {
        told.__name__: (
            [field.name for field in told._meta.concrete_fields],
            sorted(f"{field.name} -> {field.related_model}" for field in told._meta.get_fields()),
            sorted(f"{relation.name} by {relation.related_model}" for relation in told._meta.related_objects),
        )
        for told in state.apps.get_models(include_auto_created=True)
    }


def test_every_model_knows_the_same_fields_and_ways_back():
    plain = told_of(history())

    with quick_states():
        quick = told_of(history())

    assert quick == plain
    assert set(quick) == {"Shop", "Shelf", "Label", "Label_shelves", "Branch"}


def test_no_model_holds_a_class_that_was_replaced():
    with quick_states():
        state = history()

    known = set(state.apps.get_models(include_auto_created=True))
    held = {
        field.related_model
        for told in known
        for field in told._meta.get_fields(include_hidden=True)
        if field.is_relation
    }
    parents = {parent for told in known for parent in told._meta.parents}
    assert held | parents <= known
    assert len(held) > 3


def test_a_field_is_a_copy_with_nothing_of_its_first_class():
    array = ArrayField(models.IntegerField())
    shop = reference("shop.Shop")
    assert shop.related_model == "shop.Shop"

    with quick_states():
        copies = [field.clone() for field in (array, shop)]

    assert copies[0].base_field is not array.base_field
    assert copies[1].remote_field is not shop.remote_field
    assert copies[1].remote_field.field is copies[1]
    assert "related_model" not in vars(copies[1])
    assert copies[0].creation_counter < copies[1].creation_counter


def test_a_class_that_is_there_is_not_built_again():
    with quick_states():
        state = history()
        before = state.apps.get_model("shop", "Label")
        state.add_model(model("Till", shop=reference("shop.Shop")))

    assert state.apps.get_model("shop", "Label") is before
    assert "till" in {
        relation.name for relation in state.apps.get_model("shop", "Shop")._meta.related_objects
    }
