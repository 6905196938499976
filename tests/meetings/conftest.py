"""Who looks at meetings, visits and dinner: the people of admission's tests."""

from tests.admissions.conftest import *  # noqa: F403
