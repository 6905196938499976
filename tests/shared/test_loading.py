"""What is loaded into a process is out of the way of the collector."""

import gc

import pytest

from filiera.shared.loading import loading


@pytest.fixture(autouse=True)
def _as_before():
    yield
    gc.enable()


def test_nothing_is_collected_while_loading_and_what_was_loaded_is_left_alone():
    frozen = gc.get_freeze_count()

    with loading():
        assert not gc.isenabled()
        loaded = [[number] for number in range(1000)]

    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(loaded)


def test_the_collector_works_again_where_loading_failed():
    with pytest.raises(ImportError), loading():
        raise ImportError

    assert gc.isenabled()
