"""Write paragraphs of the Python Language Reference as one text, from the module of Python that `help()` shows them from.

python specs/data/make_python_reference.py

The text is © Python Software Foundation and others, under the PSF licence version 2 (https://docs.python.org/3/license.html). The topics
of the module repeat each other's paragraphs: each is taken once, so that nothing of the end of the text stands further up.
"""

import re
from pathlib import Path
from pydoc_data.topics import topics

PATH = Path(__file__).resolve().parent / "python_reference.txt"


def main() -> None:
    """Write a paragraph a line, prose only."""
    seen: set[str] = set()
    with PATH.open("w", encoding="utf-8", newline="\n") as file:
        for name in sorted(topics):
            for paragraph in re.split(r"\n\s*\n", topics[name]):
                text = " ".join(paragraph.split())
                # Neither headings, grammar, tables, nor code.
                prose = len(text) > 60 and text[:1].isupper() and text[-1] in ".:"
                if (
                    prose
                    and not re.search(r"::=|>>>|\+--|==|[^\x20-\x7e]", text)
                    and text not in seen
                ):
                    seen.add(text)
                    file.write(f"{text}\n")


if __name__ == "__main__":
    main()
