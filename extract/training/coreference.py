"""Fits the weights by which `extract` resolves pronouns, roles and quotations without a source.

usage: coreference.py DATA GAINSAY MODEL [--penalty 1.0]

Has GAINSAY read the annotated articles of DATA/attribution (general.train, rumours.train, acts.train) with --explain, which tells for
each mention what was weighed and by which features; takes for right what an annotator named; and fits a conditional logit (McFadden
1973) whose weights differ by form of mention, by Newton's method with an L2 penalty. Writes MODEL, extract/models/coreference.toml: weights to three
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
    for form, weights in fit(mentions, options.penalty).items():
        lines.append(f"[{json.dumps(form)}]")
        lines += [f"{json.dumps(name)} = {weight:.3f}" for name, weight in weights.items() if abs(weight) >= 0.0005]
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
    """Weights by form and feature: those of all forms, and by how much a form, for which examples are few, differs from all."""
    forms = sorted(mentions)
    names = sorted({name for form in forms for choices, _ in mentions[form] for choice in choices for name in choice})
    number = {name: i for i, name in enumerate(names)}
    examples = [(k, choices, right) for k, form in enumerate(forms) for choices, right in mentions[form]]
    width, most = len(names), max(len(choices) for _, choices, _ in examples)
    values = numpy.zeros((len(examples), most, width), numpy.float32)
    absent = numpy.ones((len(examples), most), bool)
    for i, (_, choices, _) in enumerate(examples):
        for j, choice in enumerate(choices):
            absent[i, j] = False
            for name, value in choice.items():
                values[i, j, number[name]] = value
    form_of = numpy.array([k for k, _, _ in examples])
    right = numpy.array([right for _, _, right in examples])
    rows = numpy.arange(len(examples))
    chosen = values[rows, right]

    def of_forms(weights):
        common, own = weights[:width], weights[width:].reshape(len(forms), width)
        return common + own

    def likely(weights):
        scores = (values * of_forms(weights)[form_of][:, None, :]).sum(2)
        scores[absent] = -1e9
        share = numpy.exp(scores - scores.max(1, keepdims=True))
        return share / share.sum(1, keepdims=True)

    strength = numpy.concatenate([numpy.full(width, penalty), numpy.full(width * len(forms), 2 * penalty)])

    def loss(weights):
        return (strength * weights**2).sum() / 2 - numpy.log(likely(weights)[rows, right] + 1e-30).sum()

    weights = numpy.zeros(width * (len(forms) + 1))
    for _ in range(50):
        share = likely(weights)
        mean = (share[:, :, None] * values).sum(1)
        gradient, curvature = -strength * weights, numpy.diag(strength)
        for k in range(len(forms)):
            of = form_of == k
            slope = (chosen[of] - mean[of]).sum(0)
            flat = values[of].reshape(-1, width)
            bend = flat.T @ (flat * share[of].reshape(-1, 1)) - mean[of].T @ mean[of]
            own = slice(width * (k + 1), width * (k + 2))
            gradient[:width] += slope
            gradient[own] += slope
            for a in (slice(0, width), own):
                for b in (slice(0, width), own):
                    curvature[a, b] += bend
        step = numpy.linalg.solve(curvature, gradient)
        while loss(weights + step) > loss(weights) and abs(step).max() > 1e-5:
            step /= 2
        weights = weights + step
        if abs(step).max() < 1e-5:
            break
    hits = likely(weights).argmax(1) == right
    for k, form in enumerate(forms):
        of = form_of == k
        print(f"{form}: {of.sum()} mentions, {100 * hits[of].mean():.1f} % right")
    print(f"all: {len(examples)} mentions, {100 * hits.mean():.1f} % right")
    return {form: dict(zip(names, of_forms(weights)[k])) for k, form in enumerate(forms)}


if __name__ == "__main__":
    main()
