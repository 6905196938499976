"""Cancelling a search from a test, and seeing how soon it ends."""

import time


class Cancellation:
    """Asks a search to stop after a while and notes when it was first heard."""

    def __init__(self, after_s: float) -> None:
        self.began = time.perf_counter()
        self.after_s = after_s
        self.heard_at: float | None = None

    def __call__(self) -> bool:
        if time.perf_counter() - self.began < self.after_s:
            return False
        if self.heard_at is None:
            self.heard_at = time.perf_counter()
        return True

    def seconds_since_heard(self) -> float:
        assert self.heard_at is not None, "the search never asked after it should have stopped"
        return time.perf_counter() - self.heard_at
