"""Who looks at the places of an edition; the people of the academy's tests, and those who check in."""

from tests.academy.conftest import *  # noqa: F403
