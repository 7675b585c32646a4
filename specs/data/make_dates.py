"""Write dates as people write them in eight languages, each beside its ISO form, from Babel's locale data (Unicode CLDR).

python specs/data/make_dates.py

No date of one file stands in another, so that what a model is tested on is a date it has never seen.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
from babel.dates import format_date

FOLDER = Path(__file__).resolve().parent
# All write the day before the month (but for Swedish, which has ISO's order): 5/2/83 has one meaning.
LOCALES = ("en_GB", "de", "fr", "es", "it", "pt", "nl", "sv")
STYLES = ("full", "long", "medium", "short")
FIRST, LAST = date(1970, 1, 1), date(2029, 12, 31)
# How many dates each file has, each date written in one way.
COUNTS = {"dates": 7000, "dates_validation": 500, "dates_test": 1000}


def written(day: date, random: np.random.Generator) -> str:
    """A date in one of the ways in which people write it."""
    return format_date(day, str(random.choice(STYLES)), locale=str(random.choice(LOCALES)))


def main() -> None:
    """Draw the dates and write the files."""
    random = np.random.default_rng(0)
    days = [FIRST + timedelta(int(n)) for n in random.permutation((LAST - FIRST).days + 1)]
    meanings: dict[str, date] = {}
    for name, count in COUNTS.items():
        lines: list[str] = []
        for day in days[:count]:
            text = written(day, random)
            if meanings.setdefault(text, day) != day:
                raise SystemExit(f"{text!r} is {meanings[text]} as well as {day}")
            lines.append(f"{text}\t{day.isoformat()}\n")
        del days[:count]
        (FOLDER / f"{name}.tsv").write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
