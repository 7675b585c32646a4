"""Writing files: whole or not at all, and never over what someone has edited by hand.

A generated script or picture ends in a comment line with a hash of all that stands above it. A file
that carries the right hash is ours and may be written again; any other is somebody's.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

_STAMP = re.compile(r"(?:#|//|%%|<!--) archlang: ([0-9a-f]{12})(?: -->)?")


class EditedFileError(FileExistsError):
    """A file that would be overwritten was not written by archlang, or was changed since."""

    def __init__(self, path: Path, *, edited: bool) -> None:
        self.path = path
        self.edited = edited
        what = (
            "has been edited since archlang wrote it" if edited else "was not written by archlang"
        )
        super().__init__(f"{path} exists and {what}; --force overwrites it")

    def __str__(self) -> str:
        return str(self.args[0])


def stamp(text: str) -> str:
    """The text of a script with the closing comment line that says who wrote it."""
    if not text.endswith("\n"):
        text += "\n"
    # Two blank lines: what ruff puts behind a definition, and leaves anywhere else.
    return f"{text}\n\n# archlang: {_digest(text)}\n"


def is_stamped(text: str) -> bool:
    """Whether a text claims to come from archlang, edited or not."""
    return _STAMP.fullmatch(_last_line(text)) is not None


def is_untouched(path: Path) -> bool:
    """Whether a file is just as archlang wrote it."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    # An editor or version control may have changed the line breaks; that is no edit.
    text = text.replace("\r\n", "\n")
    found = _STAMP.fullmatch(_last_line(text))
    if found is None:
        return False
    body = text.rstrip("\n")[: -len(found[0])].removesuffix("\n\n")
    return _digest(body) == found[1]


def write_script(path: Path, text: str, *, force: bool = False) -> None:
    """Write a script with its stamp; `EditedFileError` if that would destroy work."""
    _guard(path, force)
    write_text(path, stamp(text))


def write_stamped(path: Path, text: str, comment: str, *, force: bool = False) -> None:
    """Write a text of another kind with its stamp: `comment` is `// {}` and the like; `EditedFileError` as above."""
    _guard(path, force)
    write_text(path, text + comment.format(f"archlang: {_digest(text)}") + "\n")


def _guard(path: Path, force: bool) -> None:
    if not force and _exists(path) and not is_untouched(path):
        raise EditedFileError(path, edited=_claims(path))


def write_text(path: Path, content: str) -> None:
    """Write a text as UTF-8 with `\\n` line breaks, whole or not at all."""
    write_bytes(path, content.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file under another name beside it, then give it its own; a link is followed."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        # `-o /dev/stdout`, a named pipe: there is nothing to replace.
        target.write_bytes(content)
        return
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, _mode(target))
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _mode(target: Path) -> int:
    """The rights of the file that is replaced, or those that a new file gets here."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _exists(path: Path) -> bool:
    # What is not a regular file (a device, a pipe) holds nobody's work.
    return path.is_file()


def _claims(path: Path) -> bool:
    try:
        return is_stamped(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return False


def _last_line(text: str) -> str:
    return text.rstrip("\r\n").rpartition("\n")[2]


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()[:12]
