"""What one network, or several averaged, read in articles: their attributions, or probabilities for a pupil."""
import numpy as np
import torch

from .articles import ACTS, KINDS, windows
from .batches import Example, Soft, batch
from .decoding import CUE_INSIDE, ROLE_INSIDE, cues, spans, viterbi

# A teacher also says what it thinks of cues that it nearly saw.
DOUBTFUL = 0.15


@torch.no_grad()
def probabilities(networks, examples, marks, device, doubtful=None):
    """For each window: (cue probabilities, [(first, last, runs on)], role probabilities, act and kind probabilities);
    networks are averaged. `marks` is the encoder's; the cues are those that begin in the core."""
    inputs = batch(examples, marks, device)
    with torch.autocast(device.type, dtype=torch.bfloat16):
        states = [n.encode(inputs) for n in networks]
        cue = sum(n.cue(s).float().softmax(-1) for n, s in zip(networks, states)) / len(networks)
        cue = torch.where(inputs["seen"][..., None], cue, torch.eye(4, device=device)[0])
        tags = viterbi((cue + 1e-8).log(), CUE_INSIDE).cpu().numpy()
        core, table = inputs["core"].cpu().numpy(), cue.cpu().numpy()
        rows, first, last, runs = [], [], [], []
        for i in range(len(examples)):
            found = [c for c in cues(tags[i].tolist()) if core[i, c[0]]]
            if doubtful:
                taken = {at for c in found for at in range(c[0], c[1] + 1)}
                for tag in (1, 3):
                    for at in np.nonzero((table[i, :, tag] > doubtful) & core[i])[0]:
                        if int(at) not in taken:
                            found.append((int(at), int(at), tag == 3))
                            taken.add(int(at))
            for c in found:
                rows.append(i), first.append(c[0]), last.append(c[1]), runs.append(c[2])
        if not rows:
            return inputs, table, [], None, None, None
        to = lambda v: torch.tensor(v, device=device)
        r, f, l = to(rows), to(first), to(last)
        roles = sum(n.roles(s, r, f, l).float().softmax(-1) for n, s in zip(networks, states)) / len(networks)
        roles = torch.where(inputs["seen"][r][..., None], roles, torch.eye(5, device=device)[0])
        best = viterbi((roles + 1e-8).log(), ROLE_INSIDE)
        what = 0
        for n, s in zip(networks, states):
            w = n.acts_and_kinds(s, inputs["seen"], r, f, l, best)
            what = what + torch.cat([w[:, : len(ACTS)].softmax(-1), w[:, len(ACTS) :].softmax(-1)], -1) / len(networks)
    return inputs, table, list(zip(rows, first, last, runs)), roles.cpu().numpy(), best.cpu().numpy(), what.cpu().numpy()


def chunks(articles, size, guide=None):
    """Windows of all articles, `size` at a time, like lengths together."""
    examples = [Example(a, w, guide=guide) for a in articles for w in windows(a)]
    examples.sort(key=lambda x: x.window.end - x.window.begin)
    return [examples[i : i + size] for i in range(0, len(examples), size)]


def soften(networks, articles, marks, device, guide, size=64):
    """The articles' windows with the probabilities of these networks, to teach a pupil with."""
    out = []
    for examples in chunks(articles, size, guide):
        _, table, found, roles, _, what = probabilities(networks, examples, marks, device, DOUBTFUL)
        of = [[] for _ in examples]
        for j, c in enumerate(found):
            of[c[0]].append(j)
        for i, x in enumerate(examples):
            n = x.window.end - x.window.begin
            x.soft = Soft(
                table[i, 1 : n + 1].astype(np.float16),
                np.array([(found[j][1] - 1, found[j][2] - 1) for j in of[i]], dtype=np.int32).reshape(-1, 2),
                np.stack([roles[j, 1 : n + 1] for j in of[i]]).astype(np.float16) if of[i] else np.zeros((0, n, 5), np.float16),
                np.stack([what[j] for j in of[i]]).astype(np.float16) if of[i] else np.zeros((0, 22), np.float16),
            )
            out.append(x)
    return out


def predict(networks, articles, marks, device, guide=None, size=64):
    """Attributions of each article by id, spans in code points, in the order of their cues."""
    out = {a.id: [] for a in articles}
    for examples in chunks(articles, size, guide):
        _, _, found, _, best, what = probabilities(networks, examples, marks, device)
        for j, (i, first, last, runs_on) in enumerate(found):
            a, w, tags = examples[i].article, examples[i].window, best[j].tolist()
            span = lambda begin, end: [int(a.offsets[w.begin + begin - 1, 0]), int(a.offsets[w.begin + end - 2, 1])]
            out[a.id].append(
                {
                    "source": [span(*s) for s in spans(tags, 1)],
                    "cue": [] if runs_on else [span(first, last + 1)],
                    "content": [span(*s) for s in spans(tags, 3)],
                    "act": ACTS[int(what[j, : len(ACTS)].argmax())],
                    "kind": KINDS[int(what[j, len(ACTS) :].argmax())],
                    "at": int(w.begin + first),
                }
            )
    for found in out.values():
        found.sort(key=lambda x: x.pop("at"))
    return out
