"""Edits and positions, against a reference that works on lists of characters."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from archlang.language_server.documents import Change, Document, Encoding, Lines, Place

# All that Python's `splitlines` takes for the end of a line, and characters of one to four bytes.
ALPHABET = "ab #\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029éß漢🙂\U00010348"
TEXTS = st.text(ALPHABET, max_size=40)
ENCODINGS = st.sampled_from(list(Encoding))


def width(char: str, encoding: Encoding) -> int:
    if encoding is Encoding.UTF8:
        return len(char.encode())
    if encoding is Encoding.UTF16:
        return 2 if ord(char) > 0xFFFF else 1
    return 1


def reference_places(text: str, encoding: Encoding) -> list[Place]:
    """The place of every offset of a text, walked through a character at a time."""
    line = character = 0
    places = [Place(0, 0)]
    for index, char in enumerate(text):
        ends = char == "\n" or (char == "\r" and text[index + 1 : index + 2] != "\n")
        if ends:
            line, character = line + 1, 0
        else:
            character += width(char, encoding)
        places.append(Place(line, character))
    return places


@given(TEXTS, ENCODINGS)
def test_places_of_all_offsets(text: str, encoding: Encoding) -> None:
    lines = Lines(text)
    for offset, place in enumerate(reference_places(text, encoding)):
        assert lines.place(offset, encoding) == place
        # Inside `\r\n` there is no place that a client could mean.
        if text[offset - 1 : offset + 1] != "\r\n":
            assert lines.offset(place, encoding) == offset


@given(TEXTS, ENCODINGS, st.integers(0, 60), st.integers(0, 60))
def test_any_place_has_an_offset(text: str, encoding: Encoding, line: int, char: int) -> None:
    assert 0 <= Lines(text).offset(Place(line, char), encoding) <= len(text)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), TEXTS)), ENCODINGS)
@settings(max_examples=300)
def test_edits(text: str, edits: list[tuple[int, int, str]], encoding: Encoding) -> None:
    document = Document("file:///x", "/x", text, 0, encoding)
    expected = text
    for version, (first, second, new) in enumerate(edits, 1):
        start, end = sorted(offset % (len(expected) + 1) for offset in (first, second))
        places = reference_places(expected, encoding)
        if any(expected[at - 1 : at + 1] == "\r\n" for at in (start, end)):
            continue
        document.apply([Change(places[start], places[end], new)], version)
        expected = expected[:start] + new + expected[end:]
        assert document.text == expected
        assert document.version == version


def test_all_of_a_text_is_replaced() -> None:
    document = Document("file:///x", "/x", "old", 0, Encoding.UTF16)
    document.apply([Change(None, None, "new")], 1)
    assert document.text == "new"


def test_lines() -> None:
    lines = Lines("a\r\nb\rc\n\u2028d\n")
    assert [lines.line(n) for n in range(lines.count)] == ["a", "b", "c", "\u2028d", ""]
