"""Opens exported model folders with sentence-transformers itself and compares its embeddings with ccpairs' own.

    pip install torch sentence-transformers numpy
    mvn -q -Pbenchmarks -pl pipeline-core test-compile
    python docs/checks/open_with_sentence_transformers.py FOLDER...

Both roles through the folder's own prompts, texts of 1 to 512 tokens in several scripts. Exits with 1 beyond 1e-5.
"""

import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "benchmarks"))

import numpy as np
import sentence_transformers
import torch

import encode

OWN = [
    "a",
    "how are rivers named",
    "The Nile flows north through Sudan and Egypt to the sea.",
    "Flüsse heißen meist nach ihrem Wasser, ihrer Farbe oder ihren Anwohnern.",
    "Реки обычно называют по их воде. 川の名前は水に由来する。 أسماء الأنهار قديمة",
    "int main(void) { return 1 << 3; } // C [MASK] [SEP]",
    "rivers and more rivers, " * 40,
    "rivers and more rivers, " * 400,
]


def main():
    worst = 0
    for folder in sys.argv[1:]:
        model = sentence_transformers.SentenceTransformer(folder, device="cpu")
        with tempfile.TemporaryDirectory() as scratch:
            for role in ("query", "passage"):
                ours = encode.vectors(folder, OWN, pathlib.Path(scratch), role)
                theirs = model.encode(OWN, prompt_name=role)
                difference = float(np.abs(ours - theirs).max())
                worst = max(worst, difference)
                longest = max(len(ids) for ids in model.tokenizer([OWN[-1]], truncation=True)["input_ids"])
                print(f"{pathlib.Path(folder).name}: {role} prompt {model.prompts[role]!r}, {len(OWN)} texts up to "
                      f"{longest} tokens, {ours.shape[1]} dimensions, largest difference {difference:.1e}")
    print(f"sentence-transformers {sentence_transformers.__version__}, torch {torch.__version__}")
    return 0 if worst <= 1e-5 else 1


sys.exit(main())
