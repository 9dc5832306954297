"""A second verifier of proof files and of the vectors, written from the chapters in spec/ alone."""
