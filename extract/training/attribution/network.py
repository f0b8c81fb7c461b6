"""The network: one encoder read once over a window, heads for cues, for the roles of every cue, and for act and kind."""
import torch
from torch import nn
from torch.nn import functional as F

from .articles import ACTS, CUE_TAGS, KINDS, ROLE_TAGS

FEATURES = (3, 2, 3, 2)  # values of case, quotation, gap and guide
DISTANCES = 33  # buckets: 16 each way, growing by the square root of two, and the cue itself
WIDE, NARROW, HEADS = 192, 96, 6


class Network(nn.Module):
    """`encoder` is a transformers model that takes `inputs_embeds`; its word vectors stay as they are."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.words = encoder.get_input_embeddings()
        self.words.weight.requires_grad_(False)
        size = encoder.config.hidden_size
        self.features = nn.ModuleList(nn.Embedding(values, size) for values in FEATURES)
        for table in self.features:
            nn.init.zeros_(table.weight)
        self.drop = nn.Dropout(0.1)
        self.cue = nn.Linear(size, CUE_TAGS)
        self.piece = nn.Linear(size, WIDE)
        self.anchor = nn.Linear(2 * size, WIDE)
        self.distance = nn.Embedding(DISTANCES, WIDE)
        self.piece_factor = nn.Linear(size, NARROW)
        self.anchor_factor = nn.Linear(2 * size, NARROW)
        self.role = nn.Linear(WIDE + NARROW, ROLE_TAGS)
        # Act and kind: from the cue, one attention over the window that knows the roles.
        self.query = nn.Linear(2 * size, size)
        self.key = nn.Linear(size, size)
        self.value = nn.Linear(size, size)
        self.role_weight = nn.Embedding(ROLE_TAGS + 1, HEADS)
        self.role_value = nn.Embedding(ROLE_TAGS + 1, size)
        self.what = nn.Sequential(nn.Linear(5 * size, 384), nn.GELU(), nn.Dropout(0.1), nn.Linear(384, len(ACTS) + len(KINDS)))

    def encode(self, batch):
        """States [windows, pieces, size], the first and last of each being the encoder's own marks."""
        x = self.words(batch["ids"])
        for table, values in zip(self.features, batch["features"]):
            x = x + table(values)
        states = self.encoder(inputs_embeds=x, attention_mask=batch["mask"]).last_hidden_state
        return self.drop(states)

    def roles(self, states, rows, first, last):
        """Scores of each piece's role to each cue [cues, pieces, ROLE_TAGS]; a cue is pieces first..=last of a row."""
        anchor = torch.cat([states[rows, first], states[rows, last]], -1)
        apart = torch.arange(states.shape[1], device=states.device)[None] - first[:, None]
        bucket = apart.sign() * ((apart.abs() + 1).float().log2() * 2).floor().clamp(max=16).long() + 16
        x = F.gelu(self.piece(states)[rows] + self.anchor(anchor)[:, None] + self.distance(bucket))
        y = self.piece_factor(states)[rows] * self.anchor_factor(anchor)[:, None]
        return self.role(self.drop(torch.cat([x, y], -1)))

    def acts_and_kinds(self, states, seen, rows, first, last, tags):
        """Scores [cues, acts + kinds], given each cue's role tags [cues, pieces]."""
        size = states.shape[-1]
        place = torch.arange(states.shape[1], device=states.device)[None]
        tags = torch.where((place >= first[:, None]) & (place <= last[:, None]), ROLE_TAGS, tags)
        anchor = torch.cat([states[rows, first], states[rows, last]], -1)
        query = self.query(anchor).view(len(rows), HEADS, 1, size // HEADS)
        key = self.key(states).view(*states.shape[:2], HEADS, -1).transpose(1, 2)[rows]
        weight = (query @ key.transpose(2, 3)).squeeze(2) * (size // HEADS) ** -0.5 + self.role_weight(tags).transpose(1, 2)
        weight = weight.float().masked_fill(~seen[rows][:, None], -1e4).softmax(-1).to(states.dtype)
        value = (self.value(states)[rows] + self.role_value(tags)).view(len(rows), -1, HEADS, size // HEADS).transpose(1, 2)
        attended = (weight.unsqueeze(2) @ value).reshape(len(rows), size)
        mean = [average(states[rows], (tags == begin) | (tags == begin + 1)) for begin in (1, 3)]
        return self.what(self.drop(torch.cat([anchor, attended, *mean], -1))).float()


def average(states, chosen):
    """Mean state of the chosen pieces of each row, zero where there are none."""
    chosen = chosen.to(states.dtype)
    return torch.einsum("cp,cps->cs", chosen, states) / chosen.sum(-1, keepdim=True).clamp(min=1)
