"""Texts for a teacher to read: real articles that nobody annotated, none of which a development set holds."""
import re

from .articles import read

# Two texts are taken for one article where they share so many letters in a row.
SHARED = 100


def unlabelled(data):
    """`{"id", "text"}` of news and stories, each once."""
    development = set()
    for name in ("general.dev", "rumours.dev", "polnear.dev"):
        for record in read(data / "attribution" / f"{name}.jsonl.gz"):
            letters = bare(record["text"])
            development.update(letters[at : at + SHARED] for at in range(0, len(letters) - SHARED, 2 * SHARED))
    out, seen = [], set()
    for path in sorted((data / "news").iterdir()) + [data / "stories" / "fnc.dev.jsonl.gz"]:
        for record in read(path):
            letters = bare(record["text"])
            begins = letters[: 3 * SHARED]
            if begins in seen or any(letters[at : at + SHARED] in development for at in range(len(letters) - SHARED + 1)):
                continue
            seen.add(begins)
            out.append({"id": record["id"], "text": record["text"]})
    return out


def bare(text):
    return re.sub(r"\W+", "", text.lower())
