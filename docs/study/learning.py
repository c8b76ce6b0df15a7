#!/usr/bin/env python3
"""Does an encoder learn more from pairs that an encoder like it has filtered?

For each seed, which draws the corpus, the random weights and the batches: an encoder is trained on all pairs of a
generated corpus, wrong ones included, for half an epoch (as E5's was), and filters them; then others begin with the same
weights and take the same steps each, on the same number of pairs: those that the filter kept, a draw of unfiltered pairs,
and with --right a draw of the right ones, which only a generated corpus can name. All are scored on the held-out retrieval
task. The weights are random ones, or with --begin those of a trained model.

    python3 docs/study/learning.py learn --seed 1 --out work/study/seed-1
    python3 docs/study/learning.py learn --seed 1 --out work/study/seed-1 --first-steps 300
    python3 docs/study/learning.py learn --seed 1 --out work/begun/seed-1 --begin models/all-minilm-l6-v2 --config docs/study/begun.conf
    python3 docs/study/learning.py table work/study/seed-*/first-87

`learn` calls jobs/bin/ccpairs (another one with CCPAIRS=PATH) and goes on where it was broken off. What stands behind
`--` goes to every call's spark-submit. Needs Python 3.9 and nothing else. Settings: study.conf beside this file;
begun.conf for weights of all-MiniLM-L6-v2.
"""

import argparse
import json
import math
import statistics
import sys
from pathlib import Path

from ccpairs import CONF, ccpairs, first_run, manifest, rows, sets, truth

BATCH = 64  # of study.conf and begun.conf
METRICS = ["ndcg_at_10", "mrr_at_10", "recall_at_100"]


def pretrain(shards, model, begin, options, spark):
    ccpairs("pretrain", "--in", shards, "--out", model, *begin, *options, spark=spark)


def learn(args, spark):
    out = Path(args.out)
    given = sets(args.set)
    seeds = sets([f"{key}.seed={args.seed}" for key in ("corpus", "shard", "model", "pretrain", "filter")])
    options = ["--config", args.config, *seeds, *given]
    corpus = out / "corpus"
    ccpairs("corpus", "--out", corpus, *options, spark=spark)
    dumps = sets([f'run.{origin}=["{corpus}/{origin}"]' for origin in ("reddit", "stackexchange", "wikipedia")])
    ccpairs("run", "--to", "shard-first", "--out", out, *dumps, *options, spark=spark)

    noisy = first_run(out / "unique")  # a table without the wrong ones may come to stand beside it

    beginning = args.begin
    if not beginning:
        # A vocabulary of the noisy pairs and random weights, which a step of no length leaves alone.
        beginning = out / "untrained"
        still = sets(["pretrain.steps=1", "pretrain.warmup-steps=0", "pretrain.learning-rate=1e-30"])
        pretrain(out / "first/shards", beginning, ["--new", "tiny"], [*options, *still], spark)
    begin = ["--model", beginning]

    steps = args.first_steps or sum(manifest(noisy)["rows"].values()) // (2 * BATCH)
    arm = out / f"first-{steps}"
    pretrain(out / "first/shards", arm / "first/model", begin, [*options, *sets([f"pretrain.steps={steps}"])], spark)
    ccpairs("filter", "--in", noisy, "--model", arm / "first/model", "--out", arm, *options, spark=spark)
    number = sum(manifest(first_run(arm / "consistent"))["rows"].values())
    tables = {"filtered": arm / "consistent", "unfiltered": noisy}
    if args.right:
        wrong = out / "wrong.txt"
        wrong.write_text("".join(f"{origin} source {source}\n" for origin, source in sorted(truth(corpus))))
        ccpairs("purge", noisy, "--opt-out", wrong, "--run-id", "right", spark=spark)
        tables["right"] = out / "unique/run=right"
    for name, table in tables.items():
        ccpairs("shard", "--in", table, "--out", arm / name, *options, *sets([f"shard.pairs={number}"]), spark=spark)
        pretrain(arm / name / "shards", arm / name / "model", begin, options, spark)
        score(out, arm, name, arm / name / "model", options, spark)
    score(out, arm, "first", arm / "first/model", options, spark)
    score(out, out, "beginning" if args.begin else "untrained", beginning, options, spark)


def score(out, results, name, model, options, spark):
    ccpairs("evaluate", "--tasks", out / "corpus/held-out", "--model", model, "--model-name", f"study/{name}", "--out", results,
            "--save-predictions", *options, *sets(["evaluate.depth=100"]), spark=spark)


def scores(arm):
    """Scores by system."""
    found = {}
    for file in [*Path(arm).parent.glob("results/*/*/*.json"), *Path(arm).glob("results/*/*/*.json")]:
        if file.name != "model_meta.json":
            entries = json.loads(file.read_text())["scores"]
            found[file.parts[-3].replace("study__", "").replace("ccpairs__", "")] = next(iter(entries.values()))[0]
    return found


def by_question(arm, system):
    """nDCG@10 of each held-out question; each has one passage that answers it."""
    predictions = Path(arm) / "predictions"
    answers = dict(line.split()[0:3:2] for line in (predictions / "qrels/held-out.default.qrels").read_text().splitlines())
    gains = dict.fromkeys(answers, 0.0)
    for line in (predictions / system / "held-out.default.trec").read_text().splitlines():
        question, _, passage, rank = line.split()[:4]
        if int(rank) <= 10 and answers[question] == passage:
            gains[question] = 1 / math.log2(int(rank) + 1)
    return gains


def over_questions(arm):
    """The mean of filtered - unfiltered over questions, and its standard error."""
    filtered, unfiltered = by_question(arm, "filtered"), by_question(arm, "unfiltered")
    differences = [filtered[question] - unfiltered[question] for question in filtered]
    return statistics.mean(differences), statistics.stdev(differences) / math.sqrt(len(differences))


def planted(arm, k):
    """Of a filter's run: pairs, wrong ones, dropped ones for this k, wrong and dropped."""
    wrong = truth(Path(arm).parent / "corpus")
    table = rows(first_run(Path(arm) / "consistent"), "origin, source_id, rank")
    bad = [(row["origin"], row["source_id"]) in wrong for row in table]
    dropped = [row["rank"] > k for row in table]
    return len(table), sum(bad), sum(dropped), sum(b and d for b, d in zip(bad, dropped))


def mean_and_spread(values):
    if len(values) < 2:
        return f"{values[0]:+.4f}"
    spread = statistics.stdev(values)
    return f"{statistics.mean(values):+.4f} ± {spread:.4f}, of its mean {spread / math.sqrt(len(values)):.4f}"


def table(args):
    by_run = {run: scores(run) for run in args.runs}
    for metric in METRICS:
        print(f"\n{metric}")
        for system in sorted(set().union(*by_run.values())):
            print(f"  {system:24}" + "".join(f"{by_run[run][system][metric]:9.4f}" for run in args.runs if system in by_run[run]))
        for one, other in (("filtered", "unfiltered"), ("right", "unfiltered"), ("right", "filtered")):
            values = [s[one][metric] - s[other][metric] for s in by_run.values() if one in s and other in s]
            if values:
                print(f"  {one} - {other}: " + " ".join(f"{v:+.4f}" for v in values) + "   " + mean_and_spread(values))
    if args.questions:
        for run in args.runs:
            print("{}: filtered - unfiltered, nDCG@10 over questions {:+.4f}, standard error {:.4f}".format(run, *over_questions(run)))
    if args.planted:
        for run in args.runs:
            pairs, wrong, dropped, both = planted(run, args.k)
            print(f"{run}: {pairs:,} pairs, {wrong:,} wrong, {dropped:,} dropped, {both:,} both; precision "
                  f"{both / dropped:.3f} recall {both / wrong:.3f} share kept {1 - dropped / pairs:.3f}")


def main():
    words = sys.argv[1:]
    spark = words[words.index("--") + 1:] if "--" in words else []
    words = words[:words.index("--")] if "--" in words else words
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    jobs = parser.add_subparsers(dest="job", required=True)
    job = jobs.add_parser("learn", help="train and score the encoders of one seed")
    job.add_argument("--seed", type=int, required=True)
    job.add_argument("--out", required=True)
    job.add_argument("--first-steps", type=int, help="of the encoder that filters (default: half an epoch)")
    job.add_argument("--begin", help="folder of the model that all begin with (default: random weights)")
    job.add_argument("--config", default=CONF, help="settings (default: study.conf)")
    job.add_argument("--right", action="store_true", help="also train on pairs that are right")
    job.add_argument("--set", action="append", default=[], help="KEY=VALUE over the settings, for every stage")
    job = jobs.add_parser("table", help="scores of several seeds and their differences")
    job.add_argument("runs", nargs="+")
    job.add_argument("--questions", action="store_true", help="also what the choice of questions leaves open")
    job.add_argument("--planted", action="store_true", help="also how each filter did on the planted pairs")
    job.add_argument("--k", type=int, default=2, help="of the filter, for --planted")
    args = parser.parse_args(words)
    if args.job == "learn":
        learn(args, spark)
    else:
        table(args)


if __name__ == "__main__":
    main()
