"""Counts what a Python source file is made of.

For `clutch map`, count_tokens(path) counts one file. As a script, it counts every *.py file below
a folder and prints the sums: python3 count_tokens.py FOLDER
"""

import collections
import pathlib
import sys
import tokenize

NAMES = {
    tokenize.NAME: "names",
    tokenize.NUMBER: "numbers",
    tokenize.STRING: "strings",
    tokenize.COMMENT: "comments",
    tokenize.NEWLINE: "statements",
}


def count_tokens(path):
    """What is counted of a broken file is what comes before the error."""
    counts = dict.fromkeys(["files", "tokens", *NAMES.values(), "errors"], 0)
    counts["files"] = 1
    try:
        with open(path, "rb") as source:
            for token in tokenize.tokenize(source.readline):
                counts["tokens"] += 1
                if token.type in NAMES:
                    counts[NAMES[token.type]] += 1
    except (SyntaxError, tokenize.TokenError, UnicodeDecodeError):
        counts["errors"] = 1
    return counts


def main(folder):
    totals = collections.Counter()
    for path in sorted(pathlib.Path(folder).rglob("*.py")):
        totals.update(count_tokens(path))
    print(*(f"{name}={count}" for name, count in totals.items()))


if __name__ == "__main__":
    main(sys.argv[1])
