"""Trains a network on annotated windows, on a teacher's, or on both."""
import copy
import math
import time

import numpy as np
import torch
from torch.nn import functional as F

from .articles import ACTS, windows
from .batches import Example, annotated, batch, taught

ROLES_WEIGHT, WHAT_WEIGHT, CUES_WEIGHT = 4.0, 0.7, 4.0
# Where labels are all that a stage is for.
LABELS_WEIGHT = 1.0


def annotated_loss(network, states, inputs, examples):
    """Cross entropy to the annotated tags, mean per piece (cues), per cue and piece (roles), per cue (act, kind)."""
    gold = annotated(examples, inputs["ids"].shape[1], states.device)
    cues = F.cross_entropy(network.cue(states)[inputs["core"]].float(), gold["cues"][inputs["core"]])
    loss = CUES_WEIGHT * cues
    if len(gold["rows"]):
        seen = inputs["seen"][gold["rows"]]
        roles = network.roles(states, gold["rows"], gold["first"], gold["last"])
        loss = loss + ROLES_WEIGHT * F.cross_entropy(roles[seen].float(), gold["roles"][seen])
        loss = loss + WHAT_WEIGHT * labels_loss(network, states, inputs, gold)
    return loss


def labels_loss(network, states, inputs, gold):
    """Cross entropy to the acts and kinds that are known, mean per cue."""
    known = gold["acts"] >= 0
    if not known.any():
        return 0.0
    rows, first, last = gold["rows"][known], gold["first"][known], gold["last"][known]
    what = network.acts_and_kinds(states, inputs["seen"], rows, first, last, gold["roles"][known])
    # Smoothed: two annotators differ on one act in twelve.
    acts = F.cross_entropy(what[:, : len(ACTS)], gold["acts"][known], label_smoothing=0.05)
    return acts + F.cross_entropy(what[:, len(ACTS) :], gold["kinds"][known], label_smoothing=0.05)


def taught_loss(network, states, inputs, examples):
    """The same against a teacher's probabilities; where there are labels, these in place of what it says of act and kind."""
    soft = taught(examples, inputs["ids"].shape[1], states.device)
    core, rows, first, last = inputs["core"], soft["rows"], soft["first"], soft["last"]
    loss = -CUES_WEIGHT * (soft["cues"][core] * network.cue(states)[core].float().log_softmax(-1)).sum(-1).mean()
    if len(rows):
        roles = network.roles(states, rows, first, last).float().log_softmax(-1)
        loss = loss - ROLES_WEIGHT * (soft["roles"] * roles).sum(-1)[inputs["seen"][rows]].mean()
    if examples[0].labelled:
        gold = annotated(examples, inputs["ids"].shape[1], states.device)
        loss = loss + LABELS_WEIGHT * labels_loss(network, states, inputs, gold)
    elif len(rows):
        what = network.acts_and_kinds(states, inputs["seen"], rows, first, last, soft["roles"].argmax(-1))
        acts, kinds = what[:, : len(ACTS)].log_softmax(-1), what[:, len(ACTS) :].log_softmax(-1)
        loss = loss - WHAT_WEIGHT * (soft["what"] * torch.cat([acts, kinds], -1)).sum(-1).mean()
    return loss


class Average:
    """Exponential moving average of a network's weights, which is what is kept in the end."""

    def __init__(self, network, decay):
        self.network, self.decay, self.steps = copy.deepcopy(network).eval(), decay, 0

    @torch.no_grad()
    def update(self, network):
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 9))
        mine, new = [], []
        for a, b in zip(self.network.parameters(), network.parameters()):
            if b.requires_grad:
                mine.append(a)
                new.append(b.detach())
        torch._foreach_lerp_(mine, new, 1 - decay)


def train(network, stages, marks, device, rng, log, size=16, decay=0.999):
    """Runs the stages one after the other and returns the averaged network. A stage is (name, articles, taught
    examples, epochs, encoder's learning rate); an epoch reads every article, cut anew, and every taught example once."""
    average = Average(network, decay)
    for name, articles, soft, epochs, rate in stages:
        encoder = [p for n, p in network.named_parameters() if n.startswith("encoder.") and p.requires_grad]
        heads = [p for n, p in network.named_parameters() if not n.startswith(("encoder.", "words.")) and p.requires_grad]
        groups = [{"params": encoder, "lr": rate}, {"params": heads, "lr": max(rate * 4, 3e-4)}]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
        plan = [epoch(articles, soft, size, rng) for _ in range(epochs)]
        steps = sum(len(batches) for batches in plan)
        warm = max(1, steps // 12)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda s: min(s / warm, max(0.02, (steps - s) / max(1, steps - warm)))
        )
        began, step, total = time.time(), 0, 0.0
        network.train()
        for batches in plan:
            for examples in batches:
                inputs = batch(examples, marks, device)
                with torch.autocast(device.type, dtype=torch.bfloat16):
                    states = network.encode(inputs)
                    loss = (taught_loss if examples[0].soft else annotated_loss)(network, states, inputs, examples)
                loss.backward()
                torch.nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 1.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad(set_to_none=True)
                average.update(network)
                step += 1
                if step % 50 == 0 or step == steps:
                    log(f"{name} step {step}/{steps} loss {loss.item():.4f} {time.time() - began:.0f} s")
    return average.network


def epoch(articles, soft, size, rng):
    """Batches of one epoch in random order; windows of like length stand together, so that little is padded."""
    cut = [Example(a, w) for a in articles for w in windows(a, rng)]
    out = []
    for examples in (cut, soft):
        if not examples:
            continue
        order = [examples[i] for i in rng.permutation(len(examples))]
        pool = size * 64
        for at in range(0, len(order), pool):
            part = sorted(order[at : at + pool], key=lambda x: x.window.end - x.window.begin)
            out += [part[i : i + size] for i in range(0, len(part), size)]
    return [out[i] for i in rng.permutation(len(out))]
