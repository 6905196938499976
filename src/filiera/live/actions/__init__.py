"""Use cases of the room: channels, questions, polls."""
