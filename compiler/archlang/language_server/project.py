"""The documents that are open, each with its last check, and the files beside them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from archlang import api
from archlang.api import Checked
from archlang.incremental import Interrupted, Memory
from archlang.language_server.analysis import Analysis
from archlang.language_server.beside import FilesBeside
from archlang.language_server.documents import Document, Encoding
from archlang.library import library_text
from archlang.semantics.imports import resolve_path
from archlang.semantics.program import Program
from archlang.source import Source
from archlang.syntax.tree import Import


class Project:
    """Open documents, and analyses of them that are always of their last version."""

    def __init__(self) -> None:
        self.encoding = Encoding.UTF16
        self.folders: list[str] = []
        self._documents: dict[str, Document] = {}
        self._memories: dict[str, Memory] = {}
        self._trials: dict[str, Memory] = {}
        self._analyses: dict[str, Analysis] = {}
        # The files that each open document names, read or not, as of its last analysis.
        self._named: dict[str, frozenset[str]] = {}
        self.beside = FilesBeside(self.read_text)

    # ---------------------------------------------------------------------- documents

    def open(self, uri: str, text: str, version: int) -> Document:
        """A document that the editor has opened; its text is the editor's from now on."""
        document = Document(uri, path_of(uri), text, version, self.encoding)
        self._documents[uri] = document
        self.changed(uri)
        return document

    def close(self, uri: str) -> None:
        """A document that the editor has closed: what is on disk holds again."""
        document = self._documents.pop(uri, None)
        self._memories.pop(uri, None)
        self._trials.pop(uri, None)
        self._named.pop(uri, None)
        self._analyses.pop(uri, None)
        if document is not None:
            self.changed(uri)

    def document(self, uri: str) -> Document | None:
        return self._documents.get(uri)

    def documents(self) -> list[Document]:
        return list(self._documents.values())

    def changed(self, uri: str) -> list[str]:
        """Forget what was found out about a document, and about those that import it; gives those that are open."""
        path = path_of(uri)
        stale = [other for other, named in self._named.items() if other == uri or path in named]
        for other in stale:
            self._analyses.pop(other, None)
        return [uri for uri in dict.fromkeys([uri, *stale]) if uri in self._documents]

    # ---------------------------------------------------------------------- analyses

    def analysis(self, uri: str, stop: Callable[[], bool] | None = None) -> Analysis | None:
        """The analysis of a document's last version; None if it is not open. `Interrupted` where `stop` says so."""
        document = self._documents.get(uri)
        if document is None:
            return None
        known = self._analyses.get(uri)
        if known is None or known.text != document.text:
            memory = self._memories.setdefault(uri, Memory())
            source = Source(document.path, document.text)
            memory.stop = stop
            try:
                checked = api.check(source, read_text=self.read_text, memory=memory)
            except Interrupted:
                raise
            except Exception:
                # A bug of the compiler; the next version is checked from scratch.
                self._memories.pop(uri, None)
                raise
            known = self._analyses[uri] = Analysis(source, checked, memory)
            self._named[uri] = frozenset(_files_named(checked.program))
        return known

    def tried(self, uri: str, text: str) -> Checked:
        """What a check would say if a document had another text; good until the next trial."""
        # A memory of its own: a check with that of the analyses would spoil the last of them.
        memory = self._trials.setdefault(uri, Memory())
        source = Source(path_of(uri), text)
        return api.check(source, read_text=self.read_text, memory=memory)

    def analysis_of_file(self, path: str) -> Analysis | None:
        """The analysis of any file of the project, open or not."""
        for document in self._documents.values():
            if document.path == path:
                return self.analysis(document.uri)
        text = self.read_text(path)
        if text is None:
            return None
        source, memory = Source(path, text), Memory()
        checked = api.check(source, read_text=self.read_text, memory=memory)
        return Analysis(source, checked, memory)

    def files(self) -> Iterator[str]:
        """The paths of all specs in the open folders, hidden folders left out."""
        for folder in self.folders:
            for root, inside, names in os.walk(folder):
                inside[:] = sorted(name for name in inside if not name.startswith("."))
                for name in sorted(names):
                    if name.endswith(".arch"):
                        yield posixpath.join(Path(root).as_posix(), name)

    def read_text(self, path: str) -> str | None:
        """The text of a file: the editor's, if it is open there."""
        if path.startswith("std/"):
            return library_text(path)
        for document in self._documents.values():
            if document.path == path:
                return document.text
        try:
            return Path(path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError, ValueError):
            return None


def _files_named(program: Program) -> Iterator[str]:
    for path, module in program.modules.items():
        yield path
        for each in module.tree.declarations:
            if isinstance(each, Import):
                yield resolve_path(path, str(each.path.value))


def path_of(uri: str) -> str:
    """The path of a `file:` URI; anything else (`untitled:Untitled-1`) is its own path."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return uri
    path = unquote(parts.path)
    if os.name == "nt" and path[:1] == "/" and path[2:3] == ":":
        path = path[1:]
    return path


def uri_of(path: str) -> str:
    """The URI of a path, as `path_of` takes it apart."""
    if not path.startswith("/") and ":" in path.split("/", 1)[0] and os.name != "nt":
        return path
    absolute = Path(path).absolute().as_posix()
    return f"file://{quote(absolute if absolute.startswith('/') else '/' + absolute)}"
