"""Documents made of figures."""
