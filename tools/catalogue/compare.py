"""What changed between versions of Keras: the document that `archlang.catalogue.versions` reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

FORMAT = "archlang-versions/1"

# Defaults that are written in another way and mean the same, by name or by `kind/entry.argument`.
SAME = {
    "name",
    "ops/arange.step",
    "ops/numpy.arange.step",
    "ops/rms_normalization.scale",
    "ops/nn.rms_normalization.scale",
}

Snapshot = dict[str, Any]


def compare(snapshots: Sequence[Snapshot]) -> dict[str, Any]:
    """The differences of snapshots, oldest first; the newest is that of the catalogue.

    `since` has, for what the oldest lacks, the first version with it; `until` the version in which
    something left the signature, with its place there; `changed` the versions in which a
    default became another one. Keys are `kind/entry`, `kind/entry.argument`,
    `kind/entry(call argument)` and `words/section/word`. An argument stands in `since` only where
    it is newer than its entry.
    """
    versions = [minor(snapshot["keras"]) for snapshot in snapshots]
    since: dict[str, str] = {}
    until: dict[str, Any] = {}
    changed: dict[str, dict[str, Any]] = {}
    for (version, new), old in zip(
        list(zip(versions, snapshots, strict=True))[1:], snapshots, strict=False
    ):
        before, after = dict(_features(old)), dict(_features(new))
        for key in after.keys() - before.keys():
            if _owner(key) in before or _owner(key) == key:
                since[key] = version
        for key in before.keys() - after.keys():
            if _owner(key) in after or _owner(key) == key:
                until[key] = {"in": version} | (
                    {"at": before[key]} if isinstance(before[key], int) else {}
                )
        for key, (was, now) in _defaults(old, new):
            changed.setdefault(key, {})[version] = {"from": was, "to": now}
    _same_order(snapshots)
    return {
        "format": FORMAT,
        "supported": versions,
        "collected": [snapshot["keras"] for snapshot in snapshots],
        "since": dict(sorted(since.items())),
        "until": dict(sorted(until.items())),
        "changed": dict(sorted(changed.items())),
    }


def minor(version: str) -> str:
    """`3.12` of `3.12.1`."""
    return ".".join(version.split(".")[:2])


def _features(snapshot: Snapshot) -> Iterator[tuple[str, int | None]]:
    """Everything that a version may have or lack; arguments with their place."""
    for name, entry in snapshot["entries"].items():
        yield name, None
        for index, argument in enumerate(entry["arguments"]):
            yield f"{name}.{argument}", index
        for argument in entry["call"]:
            yield f"{name}({argument})", None
    for section, words in snapshot["words"].items():
        for word in words:
            yield f"words/{section}/{word}", None


def _owner(key: str) -> str:
    """The entry that an argument belongs to; anything else belongs to itself."""
    if key.endswith(")"):
        return key[: key.index("(")]
    kind, _, rest = key.partition("/")
    # The names of ops have dots of their own: `ops/numpy.where.x1` and `ops/numpy.where`.
    dots = rest.count(".")
    nested = kind == "ops" and rest.split(".")[0] in ("image", "linalg", "nn", "numpy")
    return key.rpartition(".")[0] if dots > nested else key


def _defaults(old: Snapshot, new: Snapshot) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Arguments of both versions whose defaults differ; `{}` is an argument that has none."""
    for name, entry in new["entries"].items():
        before = old["entries"].get(name, {"arguments": {}})["arguments"]
        for argument, now in entry["arguments"].items():
            was = before.get(argument, now)
            if was != now and not {argument, f"{name}.{argument}"} & SAME:
                yield f"{name}.{argument}", (was, now)


def _same_order(snapshots: Sequence[Snapshot]) -> None:
    """Arguments were put in and taken out, but never changed places: places can be told from that."""
    newest = snapshots[-1]["entries"]
    for snapshot in snapshots[:-1]:
        for name, entry in snapshot["entries"].items():
            now = [
                a
                for a in newest.get(name, {"arguments": {}})["arguments"]
                if a in entry["arguments"]
            ]
            was = [a for a in entry["arguments"] if a in now]
            if now != was:
                raise ValueError(f"{name} has its arguments in another order: {was}, now {now}")
