"""Dragging with the mouse, as the browser does it."""

import time
from typing import Any

from playwright.sync_api import Locator

BEGINS_WITHIN_S = 5.0


def drag(source: Locator, target: Locator) -> None:
    """Press on the one, move, and let go on the other; both fit into the window.

    The driver's own way takes it that nothing is dragged where the page hears of it a moment after the
    mouse moved, and the browser then goes on dragging for ever; here its word that a drag began is awaited.
    """
    target.scroll_into_view_if_needed()
    source.scroll_into_view_if_needed()
    (x, y), end = _middle(source), _middle(target)
    session = source.page.context.new_cdp_session(source.page)
    begun: list[Any] = []
    session.on("Input.dragIntercepted", lambda told: begun.append(told["data"]))
    session.send("Input.setInterceptDrags", {"enabled": True})

    def mouse(kind: str, x: float, y: float) -> None:
        told = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        session.send("Input.dispatchMouseEvent", told)

    mouse("mousePressed", x, y)
    mouse("mouseMoved", x + 4, y + 4)
    mouse("mouseMoved", x + 12, y + 12)
    deadline = time.monotonic() + BEGINS_WITHIN_S
    while not begun and time.monotonic() < deadline:
        source.page.wait_for_timeout(20)
    assert begun, "nothing was dragged"
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": end[0], "y": end[1], "data": begun[0]})
    session.send("Input.setInterceptDrags", {"enabled": False})
    session.detach()


def _middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None, "not on the page"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
