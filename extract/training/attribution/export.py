"""A trained network as the file that the product reads, weights in 8 bits by output, everything else in 32; and back."""
import numpy as np
import torch
from safetensors.numpy import load_file, save_file

from .articles import CORE, LEFT, RIGHT

EMBEDDINGS = "encoder.embeddings."
PLACES, TOKEN_TYPES, GUIDES = EMBEDDINGS + "position_embeddings.weight", EMBEDDINGS + "token_type_embeddings.weight", "features.3.weight"
# Each by its name in the file: tables; layers in 32 bits; layers over the same input as one, in 8 bits.
TABLES = {"case": "features.0", "quoted": "features.1", "gap": "features.2", "distance": "distance", "role_weight": "role_weight", "role_value": "role_value"}
PLAIN = {"norm": EMBEDDINGS + "LayerNorm", "cue": "cue", "role": "role", "what_last": "what.3"}
JOINED = {"piece": ["piece", "piece_factor", "key", "value"], "anchor": ["anchor", "anchor_factor", "query"], "what": ["what.0"]}


def layers(network):
    """`PLAIN` and `JOINED` with the encoder's layers."""
    plain, joined = dict(PLAIN), dict(JOINED)
    for number in range(network.encoder.config.num_hidden_layers):
        of, name = f"encoder.encoder.layer.{number}.", f"layers.{number}."
        plain |= {name + "norm": of + "attention.output.LayerNorm", name + "last_norm": of + "output.LayerNorm"}
        joined[name + "attend"] = [of + "attention.self." + part for part in ("query", "key", "value")]
        joined |= {name + "attended": [of + "attention.output.dense"], name + "inner": [of + "intermediate.dense"], name + "outer": [of + "output.dense"]}
    return plain, joined


def export(network, vocabulary, path):
    """`network` is over MiniLM; `vocabulary` the text of its vocabulary, one piece a line."""
    weights = {k: v.detach().float().cpu().numpy() for k, v in network.state_dict().items()}
    plain, joined = layers(network)
    out = {"vocabulary": np.frombuffer(vocabulary.encode(), dtype=np.uint8)}
    out["words.weight"], out["words.scale"] = quantized(weights["words.weight"])
    out["places"] = weights[PLACES][: LEFT + CORE + RIGHT + 2]
    # Of a window's guide the product knows one, and of token types the encoder: both are the same for every piece.
    out["marks"] = weights[TOKEN_TYPES][0] + weights[GUIDES][1]
    for name, part in TABLES.items():
        out[name] = weights[part + ".weight"]
    for name, part in plain.items():
        out[f"{name}.weight"], out[f"{name}.bias"] = weights[part + ".weight"], weights[part + ".bias"]
    for name, parts in joined.items():
        out[f"{name}.weight"], out[f"{name}.scale"] = quantized(np.concatenate([weights[p + ".weight"] for p in parts]))
        out[f"{name}.bias"] = np.concatenate([weights[p + ".bias"] for p in parts])
    save_file({k: np.ascontiguousarray(v) for k, v in out.items()}, path)


def imported(path, network):
    """The weights in a file that `export` wrote, for `network`; of the guides it knows the product's, as the only one."""
    file = {k: torch.from_numpy(v) for k, v in load_file(path).items()}
    weights = dict(network.state_dict())
    plain, joined = layers(network)
    weights["words.weight"] = weights[EMBEDDINGS + "word_embeddings.weight"] = file["words.weight"] * file["words.scale"][:, None]
    weights[PLACES] = torch.cat([file["places"], weights[PLACES][len(file["places"]) :]])
    weights[TOKEN_TYPES] = torch.stack([file["marks"], *weights[TOKEN_TYPES][1:]])
    weights[GUIDES] = torch.zeros_like(weights[GUIDES])
    for name, part in TABLES.items():
        weights[part + ".weight"] = file[name]
    for name, part in plain.items():
        weights[part + ".weight"], weights[part + ".bias"] = file[f"{name}.weight"], file[f"{name}.bias"]
    for name, parts in joined.items():
        sizes = [len(weights[p + ".bias"]) for p in parts]
        rows = file[f"{name}.weight"] * file[f"{name}.scale"][:, None]
        for part, weight, bias in zip(parts, rows.split(sizes), file[f"{name}.bias"].split(sizes)):
            weights[part + ".weight"], weights[part + ".bias"] = weight, bias
    return weights


def quantized(rows):
    """Rows in 8 bits, and the scale of each."""
    scale = np.abs(rows).max(1) / 127
    scale[scale == 0] = 1
    return np.rint(rows / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def roundtrip(network):
    """The network with its linear weights as the file holds them: to measure what 8 bits cost."""
    for module in network.modules():
        if isinstance(module, torch.nn.Linear) and module.out_features > 32:
            values, scale = quantized(module.weight.detach().float().cpu().numpy())
            module.weight.data = torch.from_numpy(values * scale[:, None]).to(module.weight)
    return network
