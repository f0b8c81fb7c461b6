"""Windows as padded tensors, with what is known about each: annotated tags, or a teacher's probabilities."""
from dataclasses import dataclass

import numpy as np
import torch

from .articles import UNKNOWN, Window


@dataclass
class Soft:
    """A teacher's probabilities over one window: cue tags [pieces, 4] and, for each of its cues, (first, last), role
    tags [pieces, 5] and acts and kinds [22]; all float16, positions relative to the window."""

    cues: np.ndarray
    anchors: np.ndarray  # [cues, 2]
    roles: np.ndarray
    what: np.ndarray


@dataclass
class Example:
    """One window of an article; `soft` where a teacher labelled it."""

    article: object
    window: Window
    soft: Soft | None = None
    guide: int | None = None  # where it is not the article's own
    labelled: bool = False  # whether acts and kinds are the article's, not the teacher's


def batch(examples, marks, device):
    """The tensors that a network reads. `marks` is (begin, end, padding) of the encoder's vocabulary; `seen` are the
    pieces without the marks, `core` those that are decided on."""
    begin, end, padding = marks
    longest = max(x.window.end - x.window.begin for x in examples) + 2
    ids = np.full((len(examples), longest), padding, dtype=np.int64)
    mask = np.zeros((len(examples), longest), dtype=np.int64)
    features = np.zeros((4, len(examples), longest), dtype=np.int64)
    seen = np.zeros((len(examples), longest), dtype=bool)
    core = np.zeros((len(examples), longest), dtype=bool)
    for i, x in enumerate(examples):
        w, n = x.window, x.window.end - x.window.begin
        ids[i, 0], ids[i, 1 : n + 1], ids[i, n + 1] = begin, x.article.ids[w.begin : w.end], end
        mask[i, : n + 2] = 1
        seen[i, 1 : n + 1] = True
        features[:3, i, 1 : n + 1] = x.article.features[:, w.begin : w.end]
        features[3, i] = x.article.guide if x.guide is None else x.guide
        core[i, w.core_begin - w.begin + 1 : w.core_end - w.begin + 1] = True
    return {
        "ids": torch.from_numpy(ids).to(device, non_blocking=True),
        "mask": torch.from_numpy(mask).to(device, non_blocking=True),
        "features": torch.from_numpy(features).to(device, non_blocking=True),
        "seen": torch.from_numpy(seen).to(device, non_blocking=True),
        "core": torch.from_numpy(core).to(device, non_blocking=True),
    }


def annotated(examples, longest, device):
    """What people annotated: cue tags [windows, pieces]; rows, first, last, role tags, acts and kinds of the cues that
    begin in a core."""
    cues = np.zeros((len(examples), longest), dtype=np.int64)
    rows, first, last, roles, acts, kinds = [], [], [], [], [], []
    for i, x in enumerate(examples):
        w = x.window
        for a in x.article.attributions:
            begin, end = a.cue
            for at in range(max(begin, w.begin), min(end, w.end)):
                tag = 3 if a.runs_on else 2 if at > begin else 1
                if cues[i, at - w.begin + 1] == 0 or tag == 1:
                    cues[i, at - w.begin + 1] = tag
            if w.core_begin <= begin < w.core_end:
                rows.append(i)
                first.append(begin - w.begin + 1)
                last.append(min(end, w.end) - w.begin)
                padded = np.zeros(longest, dtype=np.int64)
                padded[1 : w.end - w.begin + 1] = a.roles[w.begin : w.end]
                roles.append(padded)
                acts.append(a.act)
                kinds.append(a.kind)
    to = lambda values: torch.from_numpy(np.array(values, dtype=np.int64)).to(device)
    return {
        "cues": torch.from_numpy(cues).to(device),
        "rows": to(rows),
        "first": to(first),
        "last": to(last),
        "roles": to(np.stack(roles)) if roles else torch.zeros(0, longest, dtype=torch.int64, device=device),
        "acts": to(acts if acts else [UNKNOWN])[: len(rows)],
        "kinds": to(kinds if kinds else [UNKNOWN])[: len(rows)],
    }


def taught(examples, longest, device):
    """What a teacher says, in the shapes of `annotated`, with probabilities in place of tags."""
    cues = np.zeros((len(examples), longest, 4), dtype=np.float16)
    rows, first, last, roles, what = [], [], [], [], []
    for i, x in enumerate(examples):
        n = len(x.soft.cues)
        cues[i, 1 : n + 1] = x.soft.cues
        for j, (begin, end) in enumerate(x.soft.anchors):
            rows.append(i)
            first.append(begin + 1)
            last.append(end + 1)
            padded = np.zeros((longest, 5), dtype=np.float16)
            padded[1 : n + 1] = x.soft.roles[j]
            roles.append(padded)
            what.append(x.soft.what[j])
    to = lambda values: torch.from_numpy(np.array(values, dtype=np.int64)).to(device)
    return {
        "cues": torch.from_numpy(cues).to(device).float(),
        "rows": to(rows),
        "first": to(first),
        "last": to(last),
        "roles": (torch.from_numpy(np.stack(roles)) if roles else torch.zeros(0, longest, 5)).to(device).float(),
        "what": (torch.from_numpy(np.stack(what)) if what else torch.zeros(0, 22)).to(device).float(),
    }
