"""The server under load; `python -m tests.load` records it."""
