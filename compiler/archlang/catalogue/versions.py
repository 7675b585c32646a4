"""Which version of Keras has what: the catalogue is of one, `grammar/versions.json` knows others.

A target, `keras==3.12` or `keras>=3.12`, is the oldest version that a spec's script is to run on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from archlang.catalogue.codes import NEEDS_NEWER
from archlang.catalogue.loader import from_json, load
from archlang.catalogue.model import Entry
from archlang.grammar_files import grammar_file
from archlang.records import record

FORMAT = "archlang-versions/1"
OTHER_DEFAULT = "W1204"

_TARGET = re.compile(r"\s*keras\s*(==|>=)\s*(\d+\.\d+)(\.\d+|\.\*)?\s*", re.ASCII)


class TargetError(ValueError):
    """A target that cannot be read, or a version that is not supported."""


@record
class VersionProblem:
    """What a target lacks or does otherwise; `argument` is None where it is the entry itself.

    The code is NEEDS_NEWER, an error, or OTHER_DEFAULT, a warning.
    """

    argument: str | None
    message: str
    label: str
    help: str
    code: str = NEEDS_NEWER


def supported() -> tuple[str, ...]:
    """The versions that a target may name, oldest first; the last is the catalogue's."""
    return tuple(_document()["supported"])


def parse_target(text: str) -> str:
    """`3.12` of `keras==3.12`, `keras==3.12.1` or `keras>=3.12`; TargetError where it is none of these."""
    known = ", ".join(supported())
    found = _TARGET.fullmatch(text)
    if found is None:
        raise TargetError(
            f"{text!r} is not a target; write keras==VERSION or keras>=VERSION, with one of {known}"
        )
    version = found[2]
    if version not in supported():
        raise TargetError(f"Keras {version} is not supported as a target; those that are: {known}")
    return version


def newest(target: str | None) -> bool:
    """Whether a target is the catalogue's own version, of which nothing is missing."""
    return target is None or target == supported()[-1]


def missing(
    entry: Entry,
    arguments: Iterable[str],
    target: str,
    *,
    at_call: Iterable[str] = (),
    by_position: int = 0,
) -> list[VersionProblem]:
    """What of an entry and the arguments it is given the target lacks, or understands otherwise.

    `at_call` are the arguments for a layer's `call`; the first `by_position` of `arguments` are
    given by position.
    """
    key = f"{entry.kind}/{entry.name}"
    says = _shown(entry)
    since = _since(key, target)
    if since is not None:
        return [_needs(None, f"`{says}`", since, target)]
    given = list(arguments)
    problems: list[VersionProblem] = []
    for name in given:
        since = _since(f"{key}.{name}", target)
        if since is not None:
            problems.append(_needs(name, f"`{name}` of `{says}`", since, target))
    for name in at_call:
        since = _since(f"{key}({name})", target)
        if since is not None:
            problems.append(_needs(name, f"`{name}` of `{says}`", since, target))
    refused = {problem.argument for problem in problems}
    places = _places(entry, key, target)
    for place, name in enumerate(given[:by_position]):
        if name not in refused and places[place : place + 1] != [name]:
            problems.append(_moved(name, says, target))
    return problems + _defaults(key, says, given, target)


def missing_word(section: str, word: str, target: str) -> VersionProblem | None:
    """What is wrong with a word such as `sparse_sigmoid` of a section such as `activations`."""
    since = _since(f"words/{section}/{word}", target)
    return None if since is None else _needs(None, f"the word `{word}`", since, target)


def sections_of_newer(word: str) -> tuple[str, ...]:
    """The sections in which not every supported version knows a word."""
    found = (key.split("/") for key in _document()["since"] if key.endswith(f"/{word}"))
    return tuple(parts[1] for parts in found if parts[0] == "words")


@cache
def _document() -> Mapping[str, Any]:
    document: dict[str, Any] = json.loads(grammar_file("versions.json").read_bytes())
    if document.get("format") != FORMAT:
        raise ValueError(f"not a document of format {FORMAT}: {document.get('format')!r}")
    newest_one = ".".join(load().keras_version.split(".")[:2])
    if document["supported"][-1] != newest_one:
        raise ValueError(
            f"versions.json ends with {document['supported'][-1]}, the catalogue is of {newest_one}"
        )
    return document


def _since(key: str, target: str) -> str | None:
    """The version that something came with, if the target is older."""
    since = _document()["since"].get(key)
    return since if since is not None and _older(target, since) else None


def _older(a: str, b: str) -> bool:
    return _number(a) < _number(b)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _shown(entry: Entry) -> str:
    return f"ops.{entry.name}" if entry.kind == "ops" else entry.name


def _needs(argument: str | None, what: str, since: str, target: str) -> VersionProblem:
    raise_it = f"the target to `keras>={since}`"
    return VersionProblem(
        argument,
        f"{what} needs Keras {since}, but the target is {target}",
        f"new in Keras {since}",
        f"leave it out, or raise {raise_it}" if argument is not None else f"raise {raise_it}",
    )


def _moved(name: str, says: str, target: str) -> VersionProblem:
    return VersionProblem(
        name,
        f"`{name}` of `{says}` has another place in Keras {target}",
        "by position",
        f"write it by name: `{name}=…`",
    )


def _places(entry: Entry, key: str, target: str) -> list[str]:
    """The arguments in the order in which the target takes them."""
    places = [p.name for p in entry.parameters if _since(f"{key}.{p.name}", target) is None]
    for removed, what in _document()["until"].items():
        if removed.startswith(f"{key}.") and "at" in what and _older(target, what["in"]):
            places.insert(what["at"], removed.removeprefix(f"{key}."))
    return places


def _defaults(key: str, says: str, given: list[str], target: str) -> list[VersionProblem]:
    """Arguments left to their defaults, where the target has others or none."""
    problems: list[VersionProblem] = []
    there: list[str] = []
    here: list[str] = []
    for changed, steps in _document()["changed"].items():
        name = changed.removeprefix(f"{key}.")
        # The oldest of the steps after the target says what the target has.
        later = sorted((v for v in steps if _older(target, v)), key=_number)
        if name == changed or name in given or not later:
            continue
        was, now = steps[later[0]]["from"], from_json(steps[later[-1]]["to"].get("default"))
        if "default" not in was:
            problems.append(_required(name, says, later[0], target, now))
        else:
            there.append(f"{name}={from_json(was['default'])}")
            here.append(f"{name}={now}")
    if there:
        problems.append(
            VersionProblem(
                None,
                f"`{says}` has other defaults in Keras {target}: {', '.join(there)}",
                "left to the defaults",
                f"write `{', '.join(here)}` to have the newest ones in both",
                OTHER_DEFAULT,
            )
        )
    return problems


def _required(name: str, says: str, since: str, target: str, default: Any) -> VersionProblem:
    return VersionProblem(
        None,
        f"`{says}` needs `{name}` before Keras {since}, and the target is {target}",
        f"`{name}` has no default yet",
        f"write `{name}={default}`",
    )
