"""The one error of the library: data that no solver can make sense of."""


class InvalidInstance(ValueError):
    """A shape, range or reference in the input is broken; the message names the argument and the value."""
