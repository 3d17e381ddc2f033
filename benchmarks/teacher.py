"""Ask a fine-tuned MiniLM about the sentences that the shipped model learns from.

    python -m benchmarks.teacher --root FOLDER_WITH_THE_CORPORA

Takes an hour and the extra ``bench``; writes the teacher's probabilities, rounded to
1/255, to ``src/empathykit/corpora/labels/teacher.safetensors``. The shipped model is
built from that file without the teacher. Rows of ``written_later.jsonl`` are left out:
they came after the teacher was asked. The committed file comes from such a run, with
texts cut at 96 tokens.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from empathykit.build import LATER, WRITTEN_FILES, load_texts
from empathykit.distil import TEACHER, read_sentences
from empathykit.evaluation.peers.minilm import FineTunedMiniLM

EPOCHS = 3


def write(predict: Callable[[list[str]], Any], root: str) -> None:
    """Write what `predict` says of empathy, neutral and sympathy."""
    examples = [e for e in load_texts(root) if e.source != LATER]
    sentences = read_sentences(examples, root)
    proba = np.asarray(predict(sentences.text))[:, [0, 2]]  # the rest is neutral
    arrays = {"proba": np.ascontiguousarray((proba * 255).round().astype(np.uint8))}
    save_file(arrays, TEACHER, metadata={"checksum": sentences.checksum})


def main() -> None:
    """Fine-tune the teacher, ask it and write what it says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, help="folder with the corpora")
    root = parser.parse_args().root
    # Without the written rows, which came after the committed teacher was trained.
    examples = [e for e in load_texts(root) if e.source not in WRITTEN_FILES]
    teacher = FineTunedMiniLM(epochs=EPOCHS, seed=0)
    teacher.fit([e.text for e in examples], [e.label for e in examples])
    write(teacher.predict_proba, root)


if __name__ == "__main__":
    main()
