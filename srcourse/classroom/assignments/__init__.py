"""The judges of the graded assignments, a module for each notebook in notebooks/assignments."""
