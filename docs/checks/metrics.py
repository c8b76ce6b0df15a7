#!/usr/bin/env python3
"""Computes the scores of `ccpairs evaluate --save-predictions` again with other tools, from the same rankings, cosines and matches.

    pip install pytrec_eval-terrier scipy scikit-learn numpy
    docs/checks/metrics.py OUT [--mteb]

OUT is the --out of evaluate. Retrieval by pytrec_eval (trec_eval's own code; its mrr is cut here), similarity by scipy, bitext by scikit-learn. Exits
with 1 when a score differs by more than 1e-6. --mteb also opens every result with mteb itself.
"""
import argparse
import collections
import json
import pathlib
import sys

import numpy
import pytrec_eval
import scipy.stats
from sklearn.metrics import accuracy_score, f1_score, precision_score

LIMIT = 1e-6
CUTS = "1,3,5,10,20,100,1000"


def columns(path, heading=False):
    with open(path, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t" if heading else " ") for line in lines]
    return rows[1:] if heading else rows


def retrieval(run_file, qrels_file):
    qrels, run = collections.defaultdict(dict), collections.defaultdict(dict)
    for query, _, passage, grade in columns(qrels_file):
        qrels[query][passage] = int(grade)
    for query, _, passage, _, score, _ in columns(run_file):
        run[query][passage] = float(score)
    answered = [query for query, grades in qrels.items() if max(grades.values()) > 0]
    measures = {f"{m}.{CUTS}" for m in ("ndcg_cut", "map_cut", "recall", "P")} | {"map", "recip_rank"}
    found = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)
    names = {"ndcg_cut": "ndcg_at", "map_cut": "map_at", "recall": "recall_at", "P": "precision_at"}
    sums = collections.Counter()
    for query in answered:
        for name, value in found.get(query, {}).items():
            if name == "recip_rank":
                for cut in map(int, CUTS.split(",")):
                    # The first relevant rank is 1 / recip_rank, by trec_eval's order.
                    sums[f"mrr_at_{cut}"] += value if value and round(1 / value) <= cut else 0
            elif name == "map":
                sums["map"] += value
            else:
                measure, cut = name.rsplit("_", 1)
                sums[f"{names[measure]}_{cut}"] += value
    return {name: value / len(answered) for name, value in sums.items()}


def similarity(file):
    gold, cosine = numpy.array(columns(file, True), dtype=float).T
    return {
        "cosine_spearman": scipy.stats.spearmanr(cosine, gold).statistic,
        "cosine_pearson": scipy.stats.pearsonr(cosine, gold).statistic,
    }


def bitext(file):
    gold, plain, margin = numpy.array(columns(file, True), dtype=int).T
    scores = {}
    for prefix, said in (("", plain), ("margin_", margin)):
        scores[prefix + "accuracy"] = accuracy_score(gold, said)
        scores[prefix + "f1"] = f1_score(gold, said, average="weighted", zero_division=0)
        scores[prefix + "precision"] = precision_score(gold, said, average="weighted", zero_division=0)
    return scores


def main():
    options = argparse.ArgumentParser()
    options.add_argument("out", type=pathlib.Path)
    options.add_argument("--mteb", action="store_true")
    options = options.parse_args()
    worst = 0.0
    print(f"{'system':13} {'task':17} {'subset':8} {'scores':>6}  largest difference")
    for result in sorted(options.out.glob("results/*/*/*.json")):
        if result.name == "model_meta.json":
            continue
        system = result.parts[-3].split("__")[1]
        task = json.loads(result.read_text(encoding="utf-8"))
        if options.mteb:
            import mteb

            mteb.TaskResult.from_disk(result) if hasattr(mteb, "TaskResult") else mteb.results.TaskResult.from_disk(result)
        for entry in [entry for split in task["scores"].values() for entry in split]:
            name = f"{task['task_name']}.{entry['hf_subset']}"
            folder = options.out / "predictions" / system
            run, pairs = folder / f"{name}.trec", folder / f"{name}.tsv"
            if run.exists():
                other = retrieval(run, options.out / "predictions" / "qrels" / f"{name}.qrels")
            elif pairs.exists():
                other = similarity(pairs) if "cosine_spearman" in entry else bitext(pairs)
            else:
                continue
            difference = max(abs(entry[metric] - value) for metric, value in other.items())
            worst = max(worst, difference)
            print(f"{system:13} {task['task_name']:17} {entry['hf_subset']:8} {len(other):6}  {difference:.1e}")
    print(f"largest difference of all: {worst:.1e}, limit {LIMIT}")
    sys.exit(0 if worst <= LIMIT else 1)


if __name__ == "__main__":
    main()
