"""What the rooms print; a module for each document."""
