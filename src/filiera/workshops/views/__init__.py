"""Pages of the rooms where an edition works; a module for each resource."""
