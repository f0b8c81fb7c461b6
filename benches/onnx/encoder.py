"""The encoder of a model file as an ONNX graph: the file's weights in 8 bits, activations quantized as they come.

The graph is what ONNX Runtime's own tools make of such a network: `DynamicQuantizeLinear` and `MatMulInteger`, which the runtime
fuses when it loads the graph, and its fused operators for attention and for the sum before a norm.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HEADS = 12
EPSILON = 1e-12
# The runtime's own operators.
OWN = "com.microsoft"
# The tables that a piece has a row of, beside its word's, in the order of the input's columns.
TABLES = ("places", "case", "quoted", "gap")


class Graph:
    """Nodes and constants as they are added; a node's output has the node's name."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def add(self, kind, inputs, outputs=1, domain="", **attributes):
        name = f"{kind}.{len(self.nodes)}"
        names = [name] if outputs == 1 else [f"{name}.{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=name, domain=domain, **attributes))
        return name if outputs == 1 else names


def model(tensors):
    """From [pieces, word place case quoted gap] to states [1, pieces, size]."""
    graph = Graph()
    for name, values in tensors.items():
        # A layer's weights stand by output, a matrix on the right has its outputs as columns.
        graph.constant(name, values.T if name.startswith("layers.") and values.ndim == 2 else values)
    graph.constant("first", np.array([0], np.int64))
    graph.constant("last", np.array([-1], np.int64))
    layers = 1 + max(int(name.split(".")[1]) for name in tensors if name.startswith("layers."))
    x = embedded(graph)
    for number in range(layers):
        of = f"layers.{number}."
        query, key, value = graph.add("Split", [linear(graph, x, of + "attend")], 3, axis=-1, num_outputs=3)
        seen = graph.add("MultiHeadAttention", [query, key, value], domain=OWN, num_heads=HEADS)
        x = summed(graph, x, linear(graph, seen, of + "attended"), of + "norm")
        inner = graph.add("Gelu", [linear(graph, x, of + "inner")])
        x = summed(graph, x, linear(graph, inner, of + "outer"), of + "last_norm")
    graph.nodes[-1].output[0] = "states"
    rows = helper.make_tensor_value_info("rows", TensorProto.INT64, ["pieces", 1 + len(TABLES)])
    states = helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "pieces", len(tensors["marks"])])
    used = {name for node in graph.nodes for name in node.input}
    constants = [constant for constant in graph.constants if constant.name in used]
    made = helper.make_graph(graph.nodes, "encoder", [rows], [states], constants)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(OWN, 1)], ir_version=10)


def embedded(graph):
    columns = [graph.add("Gather", ["rows", graph.constant(f"column.{at}", np.array(at))], axis=1) for at in range(1 + len(TABLES))]
    words = graph.add("Cast", [graph.add("Gather", ["words.weight", columns[0]])], to=TensorProto.FLOAT)
    scales = graph.add("Unsqueeze", [graph.add("Gather", ["words.scale", columns[0]]), "last"])
    x = graph.add("Mul", [words, scales])
    for more in [graph.add("Gather", [table, column]) for table, column in zip(TABLES, columns[1:])] + ["marks"]:
        x = graph.add("Add", [x, more])
    x = graph.add("Unsqueeze", [x, "first"])
    return graph.add("LayerNormalization", [x, "norm.weight", "norm.bias"], epsilon=EPSILON)


def linear(graph, x, name):
    values, scale, zero = graph.add("DynamicQuantizeLinear", [x], 3)
    sums = graph.add("MatMulInteger", [values, f"{name}.weight", zero])
    sums = graph.add("Cast", [sums], to=TensorProto.FLOAT)
    scaled = graph.add("Mul", [sums, graph.add("Mul", [scale, f"{name}.scale"])])
    return graph.add("Add", [scaled, f"{name}.bias"])


def summed(graph, x, more, norm):
    return graph.add("SkipLayerNormalization", [x, more, f"{norm}.weight", f"{norm}.bias"], domain=OWN, epsilon=EPSILON)
