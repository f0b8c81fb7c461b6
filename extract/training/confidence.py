"""Fits how likely a claim's content, source and act are right, from what the stages made of them.

usage: confidence.py DATA GAINSAY MODEL

Has GAINSAY read the articles of DATA/attribution (general.dev, rumours.dev), which nothing was trained on, with --explain; takes a
content for right if an annotator has one that shares half of both, its source if it was filed under the annotator's name (one's words all
in the other's), its act if it is the same; and fits a logistic regression for each (Platt 1999). Writes MODEL,
extract/models/confidence.toml, and prints how what it says agrees with how often it was right, each fifth of the articles by weights
from the others: a table, and the expected calibration error over ten bins.
"""
import concurrent.futures, math, pathlib, sys

import numpy

from coreference import explained, letters, lines, words

PENALTY = 0.1


def main():
    data, gainsay, model = sys.argv[1:4]
    folder = pathlib.Path(data) / "attribution"
    articles = [*lines(folder / "general.dev.jsonl.gz"), *lines(folder / "rumours.dev.jsonl.gz")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        read = list(pool.map(lambda article: explained(gainsay, article), articles))
    examples = {"content": [], "source": [], "act": []}
    for number, (article, claims) in enumerate(zip(articles, read)):
        for claim, steps in claims:
            gold = partner(article, claim)
            inputs = features(claim, steps)
            if claim["content"]["spans"]:
                examples["content"].append((number, inputs["content"], gold is not None))
            if gold:
                name = set(words((claim["source"] or {}).get("name", "")))
                who = set(words(gold["who"] or ""))
                examples["source"].append((number, inputs["source"], name == who or bool(name and who) and (name <= who or who <= name)))
                examples["act"].append((number, inputs["act"], claim["act"] == gold["act"]))
    written = ["# Weights of the logistic regressions of confidence; made by extract/training/confidence.py.", ""]
    for part, rows in examples.items():
        names = list(rows[0][1])
        fold = numpy.array([number % 5 for number, _, _ in rows])
        values = numpy.array([[1.0, *(inputs[name] for name in names)] for _, inputs, _ in rows])
        right = numpy.array([right for _, _, right in rows], float)
        apart = numpy.zeros(len(rows))
        for held in range(5):
            apart[fold == held] = likely(values[fold == held], fit(values[fold != held], right[fold != held]))
        report(part, apart, right)
        written.append(f"[{part}]")
        written += [f"{name} = {weight:.3f}" for name, weight in zip(["constant", *names], fit(values, right))]
        written.append("")
    pathlib.Path(model).write_text("\n".join(written), encoding="utf-8")


def partner(article, claim):
    content = letters(article["text"], claim["content"]["spans"])
    best = max(article["attributions"], key=lambda gold: shared(article, gold, content), default=None)
    return best if best and content and shared(article, best, content) >= 0.5 else None


def shared(article, gold, content):
    other = letters(article["text"], gold["content"])
    return len(content & other) / max(1, len(content | other))


def odds(probability):
    bounded = min(max(probability, 0.001), 0.999)
    return math.log(bounded / (1 - bounded))


def features(claim, steps):
    """What confidence.rs looks at, by the same names."""
    of = {step["stage"]: step["weighed"] for step in steps}
    cue = odds(of["cue"][0]["probability"]) if of["cue"] else odds(0.999)
    roles = odds(of["source and content"][0]["probability"])
    named = odds(of["coreference"][0]["probability"]) if of.get("coreference") else odds(0.999)
    act = next((choice["probability"] for choice in of["act"] if choice["what"] == claim["act"]), 0.0)
    return {"content": {"cue": cue, "roles": roles}, "source": {"roles": roles, "coreference": named}, "act": {"act": odds(act)}}


def likely(values, weights):
    return 1 / (1 + numpy.exp(-values @ weights))


def fit(values, right):
    weights = numpy.zeros(values.shape[1])
    for _ in range(50):
        share = likely(values, weights)
        gradient = values.T @ (right - share) - PENALTY * weights
        curvature = (values * (share * (1 - share))[:, None]).T @ values + PENALTY * numpy.eye(len(weights))
        weights = weights + numpy.linalg.solve(curvature, gradient)
    return weights


def report(part, said, right):
    bins = numpy.minimum((said * 10).astype(int), 9)
    error = 0.0
    print(f"{part}: {len(said)} claims, {100 * right.mean():.1f} % right")
    for number in range(10):
        of = bins == number
        if of.any():
            error += abs(said[of].mean() - right[of].mean()) * of.mean()
            print(f"  {number / 10:.1f}-{(number + 1) / 10:.1f}  {of.sum():4}  said {said[of].mean():.2f}  right {right[of].mean():.2f}")
    print(f"  expected calibration error {100 * error:.1f}")


if __name__ == "__main__":
    main()
