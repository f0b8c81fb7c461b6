"""Writes a trained network as the file that the product reads: weights in 8 bits by output, everything else in 32."""
import numpy as np
import torch
from safetensors.numpy import save_file

from .articles import CORE, LEFT, RIGHT

LAYER = {"attended": "attention.output.dense", "inner": "intermediate.dense", "outer": "output.dense"}
NORMS = {"norm": "attention.output.LayerNorm", "last_norm": "output.LayerNorm"}


def export(network, vocabulary, path):
    """`network` is over MiniLM; `vocabulary` the text of its vocabulary, one piece a line."""
    weights = {k: v.detach().float().cpu().numpy() for k, v in network.state_dict().items()}
    encoder = "encoder."
    embeddings = encoder + "embeddings."
    out = {"vocabulary": np.frombuffer(vocabulary.encode(), dtype=np.uint8)}
    out["words.weight"], out["words.scale"] = quantized(weights["words.weight"])
    out["places"] = weights[embeddings + "position_embeddings.weight"][: LEFT + CORE + RIGHT + 2]
    # Of a window's guide the product knows one, and of token types the encoder: both are the same for every piece.
    out["marks"] = weights[embeddings + "token_type_embeddings.weight"][0] + weights["features.3.weight"][1]
    for number, name in enumerate(("case", "quoted", "gap")):
        out[name] = weights[f"features.{number}.weight"]
    norm(out, "norm", weights, embeddings + "LayerNorm")
    for number in range(network.encoder.config.num_hidden_layers):
        of = f"{encoder}encoder.layer.{number}."
        attend = [of + "attention.self." + part for part in ("query", "key", "value")]
        linear(out, f"layers.{number}.attend", weights, attend)
        for name, part in LAYER.items():
            linear(out, f"layers.{number}.{name}", weights, [of + part])
        for name, part in NORMS.items():
            norm(out, f"layers.{number}.{name}", weights, of + part)
    linear(out, "piece", weights, ["piece", "piece_factor", "key", "value"])
    linear(out, "anchor", weights, ["anchor", "anchor_factor", "query"])
    linear(out, "what", weights, ["what.0"])
    for name, part in {"cue": "cue", "role": "role", "what_last": "what.3"}.items():
        out[f"{name}.weight"], out[f"{name}.bias"] = weights[part + ".weight"], weights[part + ".bias"]
    out["distance"] = weights["distance.weight"]
    out["role_weight"], out["role_value"] = weights["role_weight.weight"], weights["role_value.weight"]
    save_file({k: np.ascontiguousarray(v) for k, v in out.items()}, path)


def linear(out, name, weights, parts):
    """Layers over the same input as one."""
    joined = np.concatenate([weights[p + ".weight"] for p in parts])
    out[f"{name}.weight"], out[f"{name}.scale"] = quantized(joined)
    out[f"{name}.bias"] = np.concatenate([weights[p + ".bias"] for p in parts])


def norm(out, name, weights, part):
    out[f"{name}.weight"], out[f"{name}.bias"] = weights[part + ".weight"], weights[part + ".bias"]


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
