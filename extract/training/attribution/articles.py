"""Annotated and plain articles as pieces, features and windows: what every network reads."""
import gzip
import json
from dataclasses import dataclass, field

import numpy as np

ACTS = "say report describe predict promise demand accuse criticize confirm deny decline question believe intend".split()
KINDS = "person organization government outlet document group anonymous unspecified".split()
# Two guides to annotation differ in what they count as an attribution: the network is told which one to follow.
POLNEAR, GAINSAY = 0, 1
CUE_TAGS = 4  # outside, begin, inside, first piece of a quotation that runs on without a cue
ROLE_TAGS = 5  # outside, source begin and inside, content begin and inside
UNKNOWN = -100  # an act or kind that nobody annotated
# Pieces of a window that it decides on, and what it sees before and after them.
CORE, LEFT, RIGHT = 320, 48, 64


@dataclass
class Attribution:
    """One attribution in pieces: cue as (begin, end), role tags of the whole article."""

    cue: tuple[int, int]
    runs_on: bool
    roles: np.ndarray  # uint8 [pieces]
    act: int
    kind: int


@dataclass
class Article:
    """An article in pieces; `features` are case, quotation and gap, each uint8 [pieces]."""

    id: str
    text: str
    ids: np.ndarray
    offsets: np.ndarray  # [pieces, 2], code points
    features: np.ndarray  # [3, pieces]
    guide: int
    attributions: list[Attribution] = field(default_factory=list)


@dataclass
class Window:
    """Pieces `begin..end` of an article, of which it decides on `core_begin..core_end`."""

    begin: int
    core_begin: int
    core_end: int
    end: int


def read(path):
    """The lines of a .jsonl or .jsonl.gz file."""
    with (gzip.open if str(path).endswith(".gz") else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def article(record, tokenizer, guide):
    """An article from `{"id", "text", "attributions"?}`; spans are in code points."""
    text = record["text"]
    encoding = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)
    made = Article(record["id"], text, np.array(encoding.ids, dtype=np.int32), offsets, features(text, offsets), guide)
    for annotated in record.get("attributions", []):
        attribution = in_pieces(annotated, offsets)
        if attribution:
            made.attributions.append(attribution)
    return made


def in_pieces(annotated, offsets):
    """An annotated attribution in pieces; none where it has neither cue nor content."""
    cue = covered(annotated.get("cue"), offsets)
    content = covered(annotated.get("content"), offsets)
    if not cue and not content:
        return None
    roles = np.zeros(len(offsets), dtype=np.uint8)
    for spans, begin in ((covered(annotated.get("source"), offsets), 1), (content, 3)):
        for first, last in spans:
            roles[first] = begin
            roles[first + 1 : last] = begin + 1
    anchor = cue[0] if cue else (content[0][0], content[0][0] + 1)
    act, kind = annotated.get("act"), annotated.get("kind")
    return Attribution(
        anchor,
        not cue,
        roles,
        ACTS.index(act) if act in ACTS else UNKNOWN,
        KINDS.index(kind) if kind in KINDS else UNKNOWN,
    )


def covered(spans, offsets):
    """Spans of code points as spans of the pieces that they touch."""
    out = []
    for begin, end in spans or []:
        first = int(np.searchsorted(offsets[:, 1], begin, side="right"))
        last = int(np.searchsorted(offsets[:, 0], end, side="left"))
        if first < last:
            out.append((first, last))
    return out


def features(text, offsets):
    """What an uncased vocabulary does not show, a row each: case (0 lower, 1 capitalized, 2 all capitals), whether
    a piece stands within double quotation marks, and the gap before it (0 none, 1 new line, 2 new paragraph)."""
    out = np.zeros((3, len(offsets)), dtype=np.uint8)
    open_, before = False, 0
    for i, (begin, end) in enumerate(offsets):
        piece, gap = text[begin:end], text[before:begin].count("\n")
        if gap:
            open_ = False
        out[2, i] = min(gap, 2)
        if piece[:1].isupper():
            out[0, i] = 2 if len(piece) > 1 and piece.isupper() else 1
        if piece == "“" or (piece == '"' and not open_):
            open_, out[1, i] = True, 1
        elif piece == "”" or piece == '"':
            open_, out[1, i] = False, 1
        else:
            out[1, i] = open_
        before = end
    return out


def windows(article, rng=None):
    """Cuts an article at paragraphs, else at sentence ends, else anywhere. `rng` varies where the first cut falls, so
    that a network in training sees each piece in other surroundings from epoch to epoch."""
    count, out, begin = len(article.ids), [], 0
    limit = int(rng.integers(CORE // 3, CORE + 1)) if rng is not None else CORE
    while begin < count:
        end = min(begin + limit, count)
        if end < count:
            end = cut(article, begin, end)
        out.append(Window(max(0, begin - LEFT), begin, end, min(count, end + RIGHT)))
        begin, limit = end, CORE
    return out


def cut(article, begin, end):
    """Where to end a core that may reach up to `end`: at the last paragraph of its second half, else after the last
    sentence end there that no quotation runs over, else after the last sentence end."""
    half = begin + max(1, (end - begin) // 2)
    gaps = np.nonzero(article.features[2, half : end + 1])[0]
    if len(gaps):
        return half + int(gaps[-1])
    sentence = None
    for at in range(end, half, -1):
        first, last = article.offsets[at - 1]
        if article.text[first:last] in (".", "?", "!", "”", '"'):
            if article.features[1, at] == 0:
                return at
            sentence = sentence or at
    return sentence or end
