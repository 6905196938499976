"""Pages that write one text, as `text_session.js` does, and a server that puts their changes in order."""

from dataclasses import dataclass, field
from typing import Any

from filiera.workshops.operations import (
    Operation,
    apply,
    changes_nothing,
    compose,
    meet,
    stroke,
)


@dataclass
class Server:
    """What `write_text` does, without a database."""

    text: str = ""
    done: list[dict[str, Any]] = field(default_factory=list)

    def put(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        key = (message["client"], message["number"])
        if all((each["client"], each["number"]) != key for each in self.done):
            components = message["operation"]
            for earlier in self.done[message["revision"] :]:
                is_first = earlier["client"] <= message["client"]
                _earlier, components = meet(earlier["operation"], components, other_first=is_first)
            self.text = apply(self.text, components)
            self.done.append({**message, "operation": components, "revision": len(self.done) + 1})
        return self.after(message["revision"])

    def after(self, revision: int) -> list[dict[str, Any]]:
        return self.done[revision:]


@dataclass
class PageOfText:
    """One open page: what it shows, what is on its way, what waits behind it."""

    client: str
    text: str
    revision: int = 0
    number: int = 0
    sent: Operation | None = None
    waiting: Operation | None = None

    @property
    def is_saved(self) -> bool:
        return self.sent is None and self.waiting is None

    def type(self, after: str) -> None:
        operation = stroke(self.text, after)
        if changes_nothing(operation):
            return
        self.text = after
        self.waiting = operation if self.waiting is None else compose(self.waiting, operation)

    def message(self) -> dict[str, Any] | None:
        """What the page sends now, again where no answer came."""
        if self.sent is None:
            if self.waiting is None:
                return None
            self.number += 1
            self.sent, self.waiting = self.waiting, None
        return {
            "client": self.client,
            "number": self.number,
            "revision": self.revision,
            "operation": self.sent,
        }

    def receive(self, operations: list[dict[str, Any]]) -> None:
        for each in operations:
            if each["revision"] != self.revision + 1:
                continue
            self.revision += 1
            if self.sent is not None and (each["client"], each["number"]) == (self.client, self.number):
                self.sent = None
                continue
            foreign, is_first = each["operation"], each["client"] <= self.client
            if self.sent is not None:
                foreign, self.sent = meet(foreign, self.sent, other_first=is_first)
            if self.waiting is not None:
                foreign, self.waiting = meet(foreign, self.waiting, other_first=is_first)
            self.text = apply(self.text, foreign)
