"""Draws again, from nothing but what the page of a draw offers: `python redraw.py draw.json`.

Knows neither the platform nor its solvers. Prints who gets which place, and whether it is what was published.
"""

import hashlib
import json
import sys
from pathlib import Path


def tickets(codes, seed):
    """The smallest ticket is first."""
    return sorted(codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())


def redraw(wishes, places, seed):
    """Whoever's turn it is takes the best that is left."""
    left, given = dict(places), {}
    for code in tickets(wishes, seed):
        given[code] = next((wish for wish in wishes[code] if left[wish]), None)
        if given[code]:
            left[given[code]] -= 1
    return given


def check(told):
    promised = hashlib.sha256(told["seed"].encode()).hexdigest() == told["seed_sha256"]
    return promised and redraw(told["wishes"], told["places"], told["seed"]) == told["allocation"]


if __name__ == "__main__":
    published = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for code, place in redraw(published["wishes"], published["places"], published["seed"]).items():
        print(code, place or "-")
    sys.exit(0 if check(published) else 1)
