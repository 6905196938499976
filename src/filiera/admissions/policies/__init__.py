"""Who may do what from call to certificate; a module for each resource."""
