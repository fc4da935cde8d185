"""What each archive's sha256 was when it first came: a small JSON beside the data sets."""

import json
from datetime import date
from pathlib import Path

FILE = "checksums.json"  # file name → {"sha256": …, "address": …, "date": …}


def read(cache: Path) -> dict[str, dict[str, str]]:
    """The entries in `cache`, by file name; none where nothing was written down yet.

    Raises ValueError for a record that is damaged.
    """
    file = cache / FILE
    try:
        record = json.loads(file.read_text("utf-8"))
        for entry in record.values():
            _ = entry["sha256"], entry["address"], entry["date"]
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, KeyError, TypeError):
        raise ValueError(f"{file} is damaged; delete it, and it is begun anew") from None
    return record


def check(entry: dict[str, str] | None, name: str, digest: str, origin: str) -> None:
    """Raises ValueError if the `entry` of file `name` has another sha256 than `digest`."""
    if entry and entry["sha256"] != digest:
        raise ValueError(
            f"{origin} has sha256 {digest}, but {name} had {entry['sha256']} on {entry['date']}, "
            f"from {entry['address']}; if you trust the new file, --force accepts it"
        )


def write(cache: Path, name: str, digest: str, origin: str) -> None:
    """Write down today's `digest` of file `name`; other entries stay."""
    record = read(cache)
    record[name] = {"sha256": digest, "address": origin, "date": date.today().isoformat()}
    part = cache / f"{FILE}.part"
    try:
        part.write_text(json.dumps(record, indent=1, ensure_ascii=False), "utf-8")
        part.replace(cache / FILE)
    finally:
        part.unlink(missing_ok=True)
