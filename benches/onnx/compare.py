"""ONNX Runtime's side of the comparison: MODEL FOLDER, started by `benches/src/onnx.rs`.

Says on its first line what it is and how near its states are to those in FOLDER; then, for each line that it is sent, reads all
windows of FOLDER on one core and answers with how many seconds that took.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors.numpy import load_file

from encoder import model

# The marks around a window.
BEGIN, END = (101, 0, 0, 0), (102, 0, 0, 0)
# The least cosine, as a mean over the pieces, that two quantizations of one network have.
AGREE = 0.98


def main(file, folder):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    graph = model(load_file(file)).SerializeToString()
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    windows = [rows(json.loads(line)) for line in (folder / "windows.jsonl").open()]

    def read():
        return [session.run(None, {"rows": window})[0][0] for window in windows]

    cosine = agreement(read(), np.fromfile(folder / "states.f32", "<f4"))
    what = f"ONNX Runtime {onnxruntime.__version__}, {len(windows)} windows of {sum(map(len, windows)) - 2 * len(windows)} pieces"
    print(f"{what}; its states and ours: cosine {cosine:.4f} in the mean", flush=True)
    if cosine < AGREE:
        sys.exit("that is not the same network")
    for _ in sys.stdin:
        begun = time.perf_counter()
        read()
        print(time.perf_counter() - begun, flush=True)


def rows(window):
    """[pieces, word place case quoted gap], with the marks."""
    pieces = np.array([BEGIN, *window, END], np.int64)
    return np.insert(pieces, 1, np.arange(len(pieces)), axis=1)


def agreement(states, ours):
    theirs = np.concatenate([state[1:-1] for state in states])
    ours = ours.reshape(theirs.shape)
    return np.mean(np.sum(theirs * ours, 1) / np.linalg.norm(theirs, axis=1) / np.linalg.norm(ours, axis=1))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
