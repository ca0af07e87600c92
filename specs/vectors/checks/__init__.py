"""One module for each vector file; `KINDS` of each maps the kind of a vector to its check."""
