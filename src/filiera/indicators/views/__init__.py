"""Pages of figures in a workspace."""
