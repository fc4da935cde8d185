"""The exercises' judges, one file per lesson."""
