#!/usr/bin/env python3
"""Scores a model with sentence-transformers alone: its tokenizer, its encoder, its evaluators, from the original files.

    pip install sentence-transformers scipy
    docs/checks/same_scores.py MODEL DATA OUT

MODEL is the folder given to `ccpairs evaluate`, DATA its --data, OUT its --out. Prints both scores; vectors differ by rounding (1e-7), so scores
agree to about 1e-4, more closely where few cosines are almost equal.
"""
import csv
import gzip
import json
import pathlib
import sys

from sentence_transformers import SentenceTransformer
from sentence_transformers.evaluation import EmbeddingSimilarityEvaluator, InformationRetrievalEvaluator

model_folder, data, out = map(pathlib.Path, sys.argv[1:4])
model = SentenceTransformer(str(model_folder), device="cpu")


def ours(task, subset, metric):
    for file in out.glob(f"results/*/*/{task}.json"):
        if "ccpairs__" not in str(file):
            for split in json.loads(file.read_text(encoding="utf-8"))["scores"].values():
                for entry in split:
                    if entry["hf_subset"] == subset:
                        return entry[metric]
    return None


def show(task, subset, metric, theirs):
    mine = ours(task, subset, metric)
    if mine is not None:
        print(f"{task:15} {subset:8} {metric:16} ours {mine:.6f}  sentence-transformers {theirs:.6f}  difference {mine - theirs:+.1e}")


with gzip.open(data / "sts/stsb/stsb-en-test.csv.gz", "rt", encoding="utf-8", newline="") as lines:
    rows = list(csv.reader(lines))
scores = EmbeddingSimilarityEvaluator(
    ["query: " + row[0] for row in rows], ["query: " + row[1] for row in rows], [float(row[2]) for row in rows], main_similarity="cosine"
)(model)
show("STSBenchmark", "default", "cosine_spearman", scores["spearman_cosine"])
show("STSBenchmark", "default", "cosine_pearson", scores["pearson_cosine"])

squad = json.loads(gzip.open(data / "xquad/xquad.en.json.gz", "rt", encoding="utf-8").read())
queries, corpus, relevant = {}, {}, {}
for article in squad["data"]:
    for paragraph in article["paragraphs"]:
        passage = str(len(corpus))
        corpus[passage] = paragraph["context"]
        for question in paragraph["qas"]:
            queries[question["id"]] = question["question"]
            relevant[question["id"]] = {passage}
scores = InformationRetrievalEvaluator(
    queries, corpus, relevant, query_prompt="query: ", corpus_prompt="passage: ", ndcg_at_k=[10], mrr_at_k=[10], map_at_k=[100],
    accuracy_at_k=[1], precision_recall_at_k=[1, 10], main_score_function="cosine",
)(model)
show("XQuADRetrieval", "en", "ndcg_at_10", scores["cosine_ndcg@10"])
show("XQuADRetrieval", "en", "mrr_at_10", scores["cosine_mrr@10"])
