"""One definition, three engines: Ibis writes the statement, each engine brings its own tables."""
