"""What people type in the rooms where an edition works, as clean values."""
