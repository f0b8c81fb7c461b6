"""Articles whose attributions have an act and a kind: those that come with the data, and those labelled or annotated whole here."""
from .articles import read


def labelled(sets, folder):
    """Records of all of them with their texts. `folder` holds `polnear.jsonl.gz`, labels by number of PolNeAR's own attributions, and
    `news.jsonl.gz`, attributions that an earlier network found; both without text."""
    records = [r for name in ("general.train", "rumours.train") for r in read(sets.folder / f"{name}.jsonl.gz")]
    polnear = read(sets.folder / "polnear.train.jsonl.gz")
    for path in (sets.folder / "acts.train.jsonl.gz", folder / "polnear.jsonl.gz"):
        records += with_acts(polnear, path)
    return (records + with_texts(sets, folder / "news.jsonl.gz"))[: sets.limit]


def with_acts(records, path):
    """Those of the records whose attributions a file labels by their numbers, with act and kind set."""
    labels = {line["id"]: line["labels"] for line in read(path)}
    found = [r for r in records if r["id"] in labels]
    for record in found:
        for label in labels[record["id"]]:
            record["attributions"][label["i"]].update(act=label["act"], kind=label["kind"])
    return found


def whole(sets, folder):
    """Records of the news that was annotated whole here."""
    return with_texts(sets, folder / "whole.jsonl.gz")[: sets.limit]


def with_texts(sets, path):
    """The lines of a file of attributions, each with its article's text."""
    data = sets.folder.parent
    texts = {r["id"]: r["text"] for file in [*sorted((data / "news").iterdir()), data / "stories" / "fnc.dev.jsonl.gz"] for r in read(file)}
    return [{**line, "text": texts[line["id"]]} for line in read(path)]


def has_label(example):
    """Whether an attribution that begins in the window's core has an act."""
    window = example.window
    return any(window.core_begin <= a.cue[0] < window.core_end and a.act >= 0 for a in example.article.attributions)
