"""Makes infonce_golden.json: ten steps of a training as sentence-transformers and torch do them.

    python infonce_golden.py MODEL PAIRS.jsonl OUT.json

MODEL is the tiny model of the test (TinyModel), PAIRS its batches: one JSON array of [query, passage] pairs a line.
The loss is MultipleNegativesRankingLoss(scale=100), the optimiser torch.optim.AdamW with no decay on biases and
norms, gradients are clipped to a norm of 1, dropout is off. Prefixes are put on here.
"""
import hashlib
import json
import sys

import sentence_transformers
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.losses import MultipleNegativesRankingLoss

RATE, WARMUP, STEPS, DECAY = 2e-4, 4, 12, 0.01


def rate(step):
    if step <= WARMUP:
        return RATE * step / WARMUP
    return RATE * (STEPS + 1 - step) / (STEPS + 1 - WARMUP)


def main(folder, pairs, out):
    torch.set_num_threads(1)
    model = SentenceTransformer(folder, device="cpu").eval()
    loss = MultipleNegativesRankingLoss(model, scale=100)
    named = list(model.named_parameters())
    plain = [p for n, p in named if n.endswith(".bias") or "LayerNorm" in n]
    decayed = [p for n, p in named if not (n.endswith(".bias") or "LayerNorm" in n)]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}], lr=RATE, eps=1e-8)
    losses, norms = [], []
    for step, line in enumerate(open(pairs, encoding="utf-8"), start=1):
        batch = json.loads(line)
        features = [model.tokenize(["query: " + query for query, _ in batch]),
                    model.tokenize(["passage: " + passage for _, passage in batch])]
        for group in optimiser.param_groups:
            group["lr"] = rate(step)
        optimiser.zero_grad()
        value = loss(features, None)
        value.backward()
        # A pooler that the file lacks gets no gradient.
        norms.append(float(torch.nn.utils.clip_grad_norm_([p for _, p in named if p.grad is not None], 1.0)))
        optimiser.step()
        losses.append(float(value.detach()))
    with open(f"{folder}/model.safetensors", "rb") as weights:
        digest = hashlib.sha256(weights.read()).hexdigest()
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"made_with": f"sentence-transformers {sentence_transformers.__version__}, torch {torch.__version__}",
                   "weights_sha256": digest, "losses": losses, "norms": norms}, file, indent=1)
        file.write("\n")


main(*sys.argv[1:])
