#!/usr/bin/env python3
"""Scores a model with sentence-transformers alone: its tokenizer, its encoder, its search and evaluators, from the original files.

    pip install sentence-transformers scikit-learn
    docs/checks/same_scores.py MODEL DATA OUT [TASK ...]

MODEL is the folder given to `ccpairs evaluate`, DATA its --data, OUT its --out; tasks are stsb, sick, xquad, xquad-r, tatoeba
(all). Prints both scores; exits with 1 when one differs by more than 1e-6.
"""
import csv
import gzip
import json
import pathlib
import sys

import numpy
from sentence_transformers import SentenceTransformer
from sentence_transformers.evaluation import EmbeddingSimilarityEvaluator, InformationRetrievalEvaluator
from sklearn.metrics import f1_score

LIMIT = 1e-6
model_folder, data, out = map(pathlib.Path, sys.argv[1:4])
wanted = sys.argv[4:] or ["stsb", "sick", "xquad", "xquad-r", "tatoeba"]
model = SentenceTransformer(str(model_folder), device="cpu")
worst = 0.0


def result(task):
    return next(file for file in out.glob(f"results/*/*/{task}.json") if "ccpairs__" not in str(file))


def ours(task, subset, metric):
    for split in json.loads(result(task).read_text(encoding="utf-8"))["scores"].values():
        for entry in split:
            if entry["hf_subset"] == subset:
                return entry[metric]
    sys.exit(f"{task} {subset} has no result in {out}")


def compare(task, subset, metric, theirs):
    global worst
    mine = ours(task, subset, metric)
    worst = max(worst, abs(mine - theirs))
    print(f"{task:15} {subset:8} {metric:16} ours {mine:.7f}  sentence-transformers {theirs:.7f}  difference {mine - theirs:+.1e}", flush=True)


def lines(path):
    with gzip.open(data / path, "rt", encoding="utf-8", newline="") as opened:
        return opened.read().rstrip("\n").split("\n")


def encode(texts, prefix):
    return model.encode(texts, prompt=prefix, normalize_embeddings=True, batch_size=64).astype(numpy.float64)


def similarity(task, left, right, gold):
    scores = EmbeddingSimilarityEvaluator(
        ["query: " + text for text in left], ["query: " + text for text in right], gold, main_similarity="cosine"
    )(model)
    compare(task, "default", "cosine_spearman", scores["spearman_cosine"])
    compare(task, "default", "cosine_pearson", scores["pearson_cosine"])


def retrieval(task, subset, queries, corpus, relevant):
    scores = InformationRetrievalEvaluator(
        queries, corpus, relevant, query_prompt="query: ", corpus_prompt="passage: ", ndcg_at_k=[10], mrr_at_k=[10], map_at_k=[100],
        accuracy_at_k=[1], precision_recall_at_k=[1, 10], main_score_function="cosine",
    )(model)
    for metric, theirs in (("ndcg_at_10", "cosine_ndcg@10"), ("mrr_at_10", "cosine_mrr@10"), ("recall_at_10", "cosine_recall@10")):
        compare(task, subset, metric, scores[theirs])


def squad(path):
    return [paragraph for article in json.loads("\n".join(lines(path)))["data"] for paragraph in article["paragraphs"]]


if "stsb" in wanted:
    rows = list(csv.reader(lines("sts/stsb/stsb-en-test.csv.gz")))
    similarity("STSBenchmark", [row[0] for row in rows], [row[1] for row in rows], [float(row[2]) for row in rows])

if "sick" in wanted:
    heading, *rows = [line.rstrip("\r").split("\t") for line in lines("sts/sick/SICK_train.txt.gz")]
    left, right, score = (heading.index(name) for name in ("sentence_A", "sentence_B", "relatedness_score"))
    similarity("SICK-train", [row[left] for row in rows], [row[right] for row in rows], [float(row[score]) for row in rows])

if "xquad" in wanted:
    queries, corpus, relevant = {}, {}, {}
    for paragraph in squad("xquad/xquad.en.json.gz"):
        passage = str(len(corpus))
        corpus[passage] = paragraph["context"]
        for question in paragraph["qas"]:
            queries[question["id"]] = question["question"]
            relevant[question["id"]] = {passage}
    retrieval("XQuADRetrieval", "en", queries, corpus, relevant)

if "xquad-r" in wanted:
    queries, corpus, relevant = {}, {}, {}
    for paragraph in squad("xquad-r/en.json.gz"):
        sentences = [paragraph["context"][begin:end].strip() for begin, end in paragraph["sentence_breaks"]]
        for sentence in sentences:
            corpus.setdefault(sentence, sentence)  # equal sentences are one
        for question in paragraph["qas"]:
            start = question["answers"][0]["answer_start"]
            queries[question["id"]] = question["question"]
            relevant[question["id"]] = {
                sentence for sentence, (begin, end) in zip(sentences, paragraph["sentence_breaks"]) if begin <= start < end
            }
    retrieval("XQuADR", "en", queries, corpus, relevant)

if "tatoeba" in wanted:
    source, target = (encode(lines(f"tatoeba/tatoeba.fra-eng.{side}.gz"), "query: ") for side in ("fra", "eng"))
    cosines = source @ target.T
    gold = numpy.arange(len(source))

    def scores(said):
        return f1_score(gold, said, average="weighted", zero_division=0), float((gold == said).mean())

    for metric, theirs in zip(("f1", "accuracy"), scores(cosines.argmax(1))):
        compare("Tatoeba", "fra-eng", metric, theirs)

print(f"largest difference of all: {worst:.1e}, limit {LIMIT}")
sys.exit(0 if worst <= LIMIT else 1)
