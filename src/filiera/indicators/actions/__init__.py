"""Loading definitions, keeping the scope, computing and refreshing figures, declaring."""
