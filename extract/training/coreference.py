"""Fits the weights by which `extract` resolves pronouns, roles and quotations without a source.

usage: coreference.py DATA GAINSAY MODEL [--penalty 1.0]

Has GAINSAY read the annotated articles of DATA/attribution (general.train, rumours.train, acts.train) with --explain, which tells for
each mention what was weighed and by which features; takes for right what an annotator named; and fits one conditional logit for each
form of mention (McFadden 1973), by Newton's method with an L2 penalty. Writes MODEL, extract/models/coreference.toml: weights to three
digits. What was mentioned before was resolved by the weights that GAINSAY was built with: fit, build, and fit again until the figures stay.
"""
import argparse, concurrent.futures, gzip, json, pathlib, re, subprocess
from collections import defaultdict

import numpy


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("gainsay")
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--penalty", type=float, default=1.0)
    options = parser.parse_args()
    articles = annotated(options.data / "attribution")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        read = list(pool.map(lambda article: explained(options.gainsay, article), articles))
    mentions = defaultdict(list)
    for article, claims in zip(articles, read):
        for gold, claim, steps in linked(article, claims):
            step = next((step for step in steps if step["stage"] == "coreference"), None)
            if step:
                add(mentions, step, gold["who"])
    lines = ["# Weights of coreference, by form of mention and feature; made by extract/training/coreference.py.", ""]
    for form in sorted(mentions):
        names, weights, right, count = fit(mentions[form], options.penalty)
        print(f"{form}: {count} mentions, {100 * right / count:.1f} % right")
        lines.append(f"[{json.dumps(form)}]")
        lines += [f"{json.dumps(name)} = {weight:.3f}" for name, weight in zip(names, weights) if abs(weight) >= 0.0005]
        lines.append("")
    options.model.write_text("\n".join(lines), encoding="utf-8")


def annotated(folder):
    """Articles with text and attributions, each with who speaks."""
    found = [*lines(folder / "general.train.jsonl.gz"), *lines(folder / "rumours.train.jsonl.gz")]
    labels = {article["id"]: article["labels"] for article in lines(folder / "acts.train.jsonl.gz")}
    for article in lines(folder / "polnear.train.jsonl.gz"):
        if article["id"] in labels:
            of = {label["i"]: label["who"] for label in labels[article["id"]]}
            attributions = [{**one, "who": of[i]} for i, one in enumerate(article["attributions"]) if i in of]
            found.append({**article, "attributions": attributions})
    return found


def lines(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def explained(gainsay, article):
    """What gainsay reads in an article: pairs of a claim and its steps."""
    form = json.dumps({"text": article["text"], "language": "en"})
    command = [gainsay, "read", "-", "--explain", "--format", "json"]
    printed = json.loads(subprocess.run(command, input=form, capture_output=True, text=True, check=True).stdout)
    return list(zip(printed["claims"], printed["steps"]))


def letters(text, spans):
    return {at for start, end in spans or [] for at in range(start, end) if text[at].isalnum()}


def linked(article, claims):
    """Annotated attributions with the claims that have half of their content and of their source."""
    text = article["text"]
    of = [letters(text, claim["content"]["spans"]) for claim, _ in claims]
    for gold in article["attributions"]:
        content, source = letters(text, gold["content"]), letters(text, gold["source"])
        for (claim, steps), other in zip(claims, of):
            words = letters(text, (claim["source"] or {}).get("spans"))
            same = (not source and not words) or 2 * len(source & words) >= max(1, min(len(source), len(words)))
            if content and same and 2 * len(content & other) >= len(content | other):
                yield gold, claim, steps
                break


def words(name):
    return [word for word in re.findall(r"[^\W_]+", name.lower()) if word not in ("the", "a", "an", "of")]


def add(mentions, step, who):
    """Takes a mention for an example, if what the annotator named was weighed."""
    same = [i for i, choice in enumerate(step["weighed"]) if words(choice["what"]) == words(who)]
    own = [i for i, choice in enumerate(step["weighed"]) if ["itself", 1.0] in choice.get("because", [])]
    shared = set(words(step["weighed"][own[0]]["what"])) & set(words(who))
    right = same or (own if shared else [])
    form = step["decided"].split(":")[0]
    right = same or ([] if any(set(words(who)) <= set(words(c["what"])) for c in step["weighed"]) else own)
    if right:
        mentions[form].append(([dict(choice["because"]) for choice in step["weighed"]], right[0]))


def fit(mentions, penalty):
    names = sorted({name for choices, _ in mentions for choice in choices for name in choice})
    number = {name: i for i, name in enumerate(names)}
    most = max(len(choices) for choices, _ in mentions)
    values = numpy.zeros((len(mentions), most, len(names)))
    absent = numpy.ones((len(mentions), most), bool)
    for i, (choices, _) in enumerate(mentions):
        for j, choice in enumerate(choices):
            absent[i, j] = False
            for name, value in choice.items():
                values[i, j, number[name]] = value
    right = numpy.array([right for _, right in mentions])
    weights = numpy.zeros(len(names))
    chosen = values[numpy.arange(len(mentions)), right]

    def likely(weights):
        scores = values @ weights
        scores[absent] = -1e9
        scores -= scores.max(1, keepdims=True)
        share = numpy.exp(scores)
        return share / share.sum(1, keepdims=True)

    def loss(weights):
        return penalty / 2 * weights @ weights - numpy.log(likely(weights)[numpy.arange(len(mentions)), right]).sum()

    for _ in range(50):
        share = likely(weights)
        mean = (share[:, :, None] * values).sum(1)
        gradient = (chosen - mean).sum(0) - penalty * weights
        flat = values.reshape(-1, len(names))
        curvature = flat.T @ (flat * share.reshape(-1, 1)) - mean.T @ mean + penalty * numpy.eye(len(names))
        step = numpy.linalg.solve(curvature, gradient)
        while loss(weights + step) > loss(weights) and abs(step).max() > 1e-5:
            step /= 2
        weights = weights + step
        if abs(step).max() < 1e-5:
            break
    return names, weights, int((likely(weights).argmax(1) == right).sum()), len(mentions)


if __name__ == "__main__":
    main()
