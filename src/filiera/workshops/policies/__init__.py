"""Who may do what in the rooms where an edition works; a module for each resource."""
