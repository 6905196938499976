"""What meetings, visits and dinner hear of people and places; a module for each resource."""
