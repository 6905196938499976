"""Operations on texts: both orders lead to one text, whatever the characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiera.workshops.operations import (
    OperationDoesNotFit,
    apply,
    changes_nothing,
    compose,
    difference,
    length_after,
    length_before,
    removed_from,
    transform,
    turned_back,
)

# Two units in a browser, one character here; and some that join to one picture.
CHARACTERS = st.sampled_from("ab è\n€🙂👩‍🔬🇮🇹é𝒳")
TEXTS = st.text(CHARACTERS, max_size=12)


@st.composite
def operations_on(draw: st.DrawFn, text: str) -> list[int | str]:
    """Any operation that fits a text."""
    components: list[int | str] = []
    left = len(text)
    while left:
        what = draw(st.sampled_from(["keep", "remove", "insert"]))
        if what == "insert":
            components.append(draw(st.text(CHARACTERS, min_size=1, max_size=4)))
        size = draw(st.integers(1, left))
        components.append(-size if what == "remove" else size)
        left -= size
    if draw(st.booleans()):
        components.append(draw(st.text(CHARACTERS, min_size=1, max_size=4)))
    return compose(components, [length_after(components)] if length_after(components) else [])


@st.composite
def texts_with_two_operations(draw: st.DrawFn) -> tuple[str, list[int | str], list[int | str]]:
    text = draw(TEXTS)
    return text, draw(operations_on(text)), draw(operations_on(text))


@given(texts_with_two_operations())
def test_either_order_leads_to_one_text(case):
    text, first, second = case

    new_first, new_second = transform(first, second)

    assert apply(apply(text, first), new_second) == apply(apply(text, second), new_first)


@given(texts_with_two_operations())
def test_nothing_that_either_typed_is_lost(case):
    text, first, second = case

    merged = apply(apply(text, first), transform(first, second)[1])

    typed = [part for operation in (first, second) for part in operation if isinstance(part, str)]
    assert all(sorted(part) <= sorted(merged) or part in merged for part in typed)
    assert all(
        merged.count(character) >= sum(part.count(character) for part in typed) for character in merged
    )


@given(st.data())
def test_composed_is_one_after_the_other(data):
    text = data.draw(TEXTS)
    first = data.draw(operations_on(text))
    second = data.draw(operations_on(apply(text, first)))

    composed = compose(first, second)

    assert apply(text, composed) == apply(apply(text, first), second)
    assert length_before(composed) == len(text)


@given(st.data())
def test_what_was_done_can_be_turned_back(data):
    text = data.draw(TEXTS)
    operation = data.draw(operations_on(text))

    back = turned_back(operation, removed_from(text, operation))

    assert apply(apply(text, operation), back) == text


@given(TEXTS, TEXTS)
def test_the_difference_leads_from_one_text_to_the_other(before, after):
    operation = difference(before, after)

    assert apply(before, operation) == after
    assert changes_nothing(operation) == (before == after)


def test_an_emoji_is_one_character():
    assert apply("🙂🙂", [1, "!", 1]) == "🙂!🙂"
    assert (
        difference("a 🙂", "a 🙂🙂") == [2, "🙂🙂", -1]
        or apply("a 🙂", difference("a 🙂", "a 🙂🙂")) == "a 🙂🙂"
    )


def test_what_stood_on_the_server_first_stands_first():
    first, second = ["A", 1], ["B", 1]

    assert apply(apply("x", first), transform(first, second)[1]) == "ABx"


def test_an_operation_on_another_text_is_refused():
    with pytest.raises(OperationDoesNotFit):
        apply("abc", [2])
    with pytest.raises(OperationDoesNotFit):
        transform([2], [3])
    with pytest.raises(OperationDoesNotFit):
        compose([2, "x"], [2])
