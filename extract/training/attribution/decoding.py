"""Well-formed tags out of scores: Viterbi over begin, inside and outside, for many rows at once."""
import torch

FORBIDDEN = -1e4


def allowed(states, inside, device):
    """[states + 1, states]: which tag may follow which (the last row: which may begin)."""
    table = torch.zeros(states + 1, states, device=device)
    for tag, after in inside.items():
        for before in range(states + 1):
            if before not in after:
                table[before, tag] = FORBIDDEN
    return table


CUE_INSIDE = {2: (1, 2)}
ROLE_INSIDE = {2: (1, 2), 4: (3, 4)}


def viterbi(scores, inside):
    """The best well-formed tags [rows, pieces] of log probabilities [rows, pieces, tags]."""
    rows, pieces, tags = scores.shape
    table = allowed(tags, inside, scores.device)
    best, back = scores[:, 0] + table[tags], []
    for at in range(1, pieces):
        value, before = (best[:, :, None] + table[None, :tags]).max(1)
        back.append(before)
        best = value + scores[:, at]
    path = [best.argmax(-1)]
    for before in reversed(back):
        path.append(before.gather(1, path[-1][:, None])[:, 0])
    return torch.stack(path[::-1], 1)


def cues(tags):
    """Cues of one row of tags: (first, last, runs on), `last` inclusive."""
    out = []
    for at, tag in enumerate(tags):
        if tag in (1, 3):
            out.append((at, at, tag == 3))
        elif tag == 2 and out:
            out[-1] = (out[-1][0], at, out[-1][2])
    return out


def spans(tags, begin):
    """Spans (first, end) of the role that begins with the tag `begin`, in one row of tags."""
    out, within = [], False
    for at, tag in enumerate(tags):
        if tag == begin:
            out.append([at, at + 1])
            within = True
        elif tag == begin + 1 and within:
            out[-1][1] = at + 1
        else:
            within = False
    return out
