"""Commands: `texts` to read without annotations; `train` a network; with one, or several averaged, `soften` texts for a pupil,
`predict`, `score`; `export` one as the product's model file."""
import argparse
import copy
import gzip
import importlib.util
import json
import pickle
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch

from . import encoders
from .articles import GAINSAY, POLNEAR, article, read
from .export import export, imported
from .labels import has_label, labelled, whole, with_acts
from .learning import train
from .network import Network
from .prediction import predict, soften
from .texts import unlabelled

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def main():
    parser = argparse.ArgumentParser(prog="attribution", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("texts")
    command.add_argument("data", type=Path)
    command.add_argument("out", type=Path)
    for name in ("train", "soften", "predict", "score", "export"):
        command = commands.add_parser(name)
        command.add_argument("--data", type=Path, required=True, help="the folder of annotated data")
        command.add_argument("--encoder", choices=("minilm", "mpnet"), default="minilm")
        command.add_argument("--minilm", type=Path, help="MiniLM's folder (default: its package's)")
        command.add_argument("--mpnet", type=Path, help="MPNet's folder (default: its packages', joined)")
        command.add_argument("--limit", type=int, help="articles of each set, for a try")
        command.add_argument("--batch", type=int, default=16)
    one = commands.choices["train"]
    one.add_argument("out", type=Path, help="folder of the run: network.pt, log, predictions")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--broad", type=int, default=6, help="epochs over everything")
    one.add_argument("--clean", type=int, default=6, help="epochs over the cleanly annotated articles after that")
    one.add_argument("--clean-times", type=int, default=3, help="how often the broad stage reads each of them an epoch")
    one.add_argument("--rate", type=float, default=1e-4, help="the encoder's learning rate in the first stage")
    one.add_argument("--clean-rate", type=float, default=5e-5)
    one.add_argument("--soft", type=Path, nargs="*", default=[], help="what a teacher labelled")
    one.add_argument("--soft-epochs", type=int, default=6)
    one.add_argument("--labels", type=Path, help="folder of what was labelled and annotated here: learn from it and from what comes with the data by our guide")
    one.add_argument("--labels-epochs", type=int, default=3)
    one.add_argument("--from", dest="start", type=Path, help="begin with another run's network.pt, or with a model file")
    for name in ("soften", "predict"):
        commands.choices[name].add_argument("out", type=Path)
        commands.choices[name].add_argument("--texts", type=Path, nargs="+", required=True)
    commands.choices["export"].add_argument("out", type=Path)
    for name in ("soften", "predict", "score", "export"):
        commands.choices[name].add_argument("--networks", type=Path, nargs="+", required=True, help="folders of runs")
    options = parser.parse_args()
    globals()[f"{options.command}_command"](options)


class Sets:
    """The annotated sets in pieces of an encoder."""

    def __init__(self, options):
        minilm = options.minilm or encoders.minilm_folder()
        self.tokenizer = encoders.tokenizer(minilm)
        folder = minilm if options.encoder == "minilm" else options.mpnet or encoders.mpnet_folder("/tmp")
        self.encoder, self.marks, self.shift = encoders.load(options.encoder, folder)
        self.folder, self.limit = options.data / "attribution", options.limit

    def network(self, weights=None):
        made = Network(copy.deepcopy(self.encoder))
        if weights:
            kept = imported(weights, made) if weights.suffix == ".safetensors" else torch.load(weights, map_location="cpu")
            made.load_state_dict(kept, strict=False)
        return made.to(DEVICE)

    def networks(self, folders):
        return [self.network(folder / "network.pt").eval() for folder in folders]

    def load(self, name, guide):
        records = read(self.folder / f"{name}.jsonl.gz")[: self.limit]
        if name.startswith("polnear"):
            with_acts(records, self.folder / f"{name.replace('polnear', 'acts')}.jsonl.gz")
        return records, self.pieces(records, guide)

    def pieces(self, records, guide):
        return encoders.shifted([article(r, self.tokenizer, guide) for r in records], self.shift)


def train_command(options):
    random.seed(options.seed), np.random.seed(options.seed), torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    file = open(options.out / "log", "a", buffering=1)

    def log(line):
        print(f"{options.out.name}: {line}", flush=True)
        print(line, file=file)

    log(" ".join(sys.argv[1:]))
    sets = Sets(options)
    network = sets.network(options.start)
    stages = labels_stages(sets, network, options, log) if options.labels else stages_of(sets, options, log)
    # Labels are fewer steps: their average looks less far back.
    decay = 0.998 if options.labels else 0.999
    network = train(network, stages, sets.marks, DEVICE, np.random.default_rng(options.seed), log, options.batch, decay)
    kept = {k: v.half().cpu() for k, v in network.state_dict().items() if not k.startswith(("words.", "encoder.embeddings.word"))}
    torch.save(kept, options.out / "network.pt")
    report(sets, [network], options, log)


def labels_stages(sets, network, options, log):
    """Acts and kinds from labels, cues, sources and contents as the network that this begins with has them; then all of it from articles
    that are annotated whole, with a fifth of the former."""
    records, clean = labelled(sets, options.labels), clean_articles(sets) + sets.pieces(whole(sets, options.labels), GAINSAY)
    examples = [x for x in soften([network.eval()], sets.pieces(records, GAINSAY), sets.marks, DEVICE, GAINSAY, 32) if has_label(x)]
    for x in examples:
        x.labelled = True
    # Drawing what attention drops is half of the time on a CPU.
    for layer in network.encoder.encoder.layer:
        layer.attention.self.dropout.p = 0.0
    log(f"{len(examples)} windows with labels, {len(clean)} articles annotated whole")
    fifth = random.sample(examples, len(examples) // 5)
    return [("labels", [], examples, options.labels_epochs, options.rate), ("whole", clean, fifth, options.clean, options.clean_rate)]


def clean_articles(sets):
    """The articles annotated whole by our guide that come with the data."""
    return sets.load("general.train", GAINSAY)[1] + sets.load("rumours.train", GAINSAY)[1]


def stages_of(sets, options, log):
    """What a network learns from annotated articles and from a teacher."""
    broad, clean = sets.load("polnear.train", POLNEAR)[1], clean_articles(sets)
    soft = []
    for path in options.soft:
        with open(path, "rb") as f:
            soft += pickle.load(f)
    log(f"{len(broad)} broad, {len(clean)} clean articles, {len(soft)} windows of a teacher's")
    stages = []
    if soft:
        stages.append(("soft", clean * options.clean_times, soft, options.soft_epochs, options.rate))
    elif options.broad:
        stages.append(("broad", broad + clean * options.clean_times, [], options.broad, options.rate))
    if options.clean:
        stages.append(("clean", clean, [], options.clean, options.clean_rate))
    return stages


def texts_command(options):
    records = unlabelled(options.data)
    with gzip.open(options.out, "wt", encoding="utf-8") as f:
        for record in records:
            f.write(json.dumps(record, ensure_ascii=False) + "\n")
    print(f"{len(records)} texts")


def soften_command(options):
    sets = Sets(options)
    networks = sets.networks(options.networks)
    records, began = texts(options), time.time()
    examples = soften(networks, sets.pieces(records, GAINSAY), sets.marks, DEVICE, GAINSAY)
    # A pupil reads the same pieces by MiniLM's own ids.
    seen = {}
    for x in examples:
        if id(x.article) not in seen:
            seen[id(x.article)] = (x.article, encoders.shifted([x.article], -sets.shift)[0])
        x.article = seen[id(x.article)][1]
    with open(options.out, "wb") as f:
        pickle.dump(examples, f, protocol=5)
    print(f"{len(records)} texts, {len(examples)} windows, {sum(len(x.soft.anchors) for x in examples)} cues, {time.time() - began:.0f} s")


def predict_command(options):
    sets = Sets(options)
    records = texts(options)
    found = predict(sets.networks(options.networks), sets.pieces(records, GAINSAY), sets.marks, DEVICE)
    with open(options.out, "w") as f:
        for record in records:
            f.write(json.dumps({"id": record["id"], "attributions": found[record["id"]]}) + "\n")


def texts(options):
    """Articles without what anybody annotated in them."""
    records = [r for path in options.texts for r in read(path)[: options.limit]]
    return [{"id": r["id"], "text": r["text"]} for r in records]


def score_command(options):
    sets = Sets(options)
    report(sets, sets.networks(options.networks), options, print)


def export_command(options):
    sets = Sets(options)
    (network,) = sets.networks(options.networks)
    vocabulary = sorted(sets.tokenizer.get_vocab().items(), key=lambda x: x[1])
    export(network, "\n".join(piece for piece, _ in vocabulary) + "\n", options.out)


def report(sets, networks, options, log):
    """Scores the networks, averaged, on the development sets, by the reference scorer."""
    spec = importlib.util.spec_from_file_location("score", options.data.parent / "score/attribution.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    for name, guide in (("general.dev", GAINSAY), ("rumours.dev", GAINSAY), ("polnear.dev", POLNEAR)):
        records, articles = sets.load(name, guide)
        began = time.time()
        found = predict(networks, articles, sets.marks, DEVICE)
        took = time.time() - began
        if hasattr(options, "out") and options.out.is_dir():
            with open(options.out / f"{name}.jsonl", "w") as f:
                for record in records:
                    f.write(json.dumps({"id": record["id"], "attributions": found[record["id"]]}) + "\n")
        s = scorer.score({r["id"]: r for r in records}, {k: {"attributions": v} for k, v in found.items()})
        exact = " / ".join(f"{100 * s['exact'][r]['f1']:.1f}" for r in ("source", "cue", "content"))
        linked = " / ".join(f"{100 * s['linked'][t]['content+source']['f1']:.1f}" for t in ("0.5", "0.8"))
        log(f"{name}: exact {exact}, linked {linked}, {acts_and_kinds(records, found)}, {took:.0f} s")


def acts_and_kinds(records, found):
    """Right acts and kinds among the annotated attributions whose content or cue was found."""
    right = [0, 0, 0]
    cover = lambda x: {c for begin, end in (x["content"] or x["cue"]) for c in range(begin, end)}
    for record in records:
        predicted = [(cover(x), x) for x in found[record["id"]]]
        for gold in record["attributions"]:
            if "act" not in gold:
                continue
            mine = cover(gold)
            best = max(predicted, key=lambda p: len(mine & p[0]) / max(1, len(mine | p[0])), default=None)
            if best and len(mine & best[0]) >= 0.5 * len(mine | best[0]):
                right[0] += 1
                right[1] += best[1]["act"] == gold["act"]
                right[2] += best[1]["kind"] == gold["kind"]
    return f"of {right[0]} act {100 * right[1] / max(1, right[0]):.1f}, kind {100 * right[2] / max(1, right[0]):.1f}"


main()
