"""The pages' own process on the database of a test.

python -m tests.admissions.racing_web            with FILIERA_OVERSELLS=1 the guard of places is taken out
"""

import os

from filiera.config import web


def take_out_the_guard() -> None:
    """Put in its place what one would write first: look whether a place is left, then take it."""
    # Needs the apps, which the pages' process has loaded.
    from django.db.models import F

    from filiera.admissions.actions import session_places
    from filiera.admissions.models import SessionPlace, SessionSignUp

    def take_one(sign_up_id: int) -> bool:
        sign_up = SessionSignUp.objects.get(pk=sign_up_id)
        if SessionPlace.objects.filter(sign_up=sign_up).taken().count() >= sign_up.capacity:
            return False
        more = {"taken": F("taken") + 1, "last_number": F("last_number") + 1}
        return bool(SessionSignUp.objects.filter(pk=sign_up_id).update(**more))

    session_places.take_one = take_one


if __name__ == "__main__":
    if os.environ.get("FILIERA_OVERSELLS"):
        take_out_the_guard()
    web.main()
