#!/usr/bin/env python3
"""How the filter's verdicts move with k, pool size, stratum and model.

    python3 docs/study/filtering.py generated --arm work/study/seed-1/first-87 --model models/e5-small-v2
    python3 docs/study/filtering.py real --data DATA --model models/e5-small-v2 --out work/study/real
    python3 docs/study/filtering.py tables work/study/seed-1/first-87/verdicts work/study/real/verdicts
    python3 docs/study/filtering.py read work/study/real/verdicts --model first -n 20

`generated` takes corpus, table and models that `learning.py learn` made, `real` mines dumps and trains an encoder on what
it finds. Both rank every pair to the end against all passages, once for each model and stratum, and keep pair, rank and
cosine in verdicts/*.json; `tables` and `read` need only these. Needs Python 3.9 and nothing else; another ccpairs with
CCPAIRS=PATH; what stands behind `--` goes to every call's spark-submit.

A smaller pool is a random part of the whole one, so nothing is encoded or ranked again for it: of the r - 1 passages
that outrank a pair among N, a draw of n holds X, hypergeometric, and the pair stays with the chance that X < k. Shares,
precision and recall are expectations over all such draws; `--pool-size` of `generated` adds a true draw to compare.
"""

import argparse
import json
import math
import sys
from collections import Counter
from functools import lru_cache
from pathlib import Path

from ccpairs import CONF, ccpairs, first_run, rows, sets, truth

KS = [1, 2, 3, 5, 10, 20, 50]
POOLS = [100, 1_000, 10_000]
ORIGINS = ["reddit", "stackexchange", "wikipedia"]
COLUMNS = "pair_id, origin, subset, query_key, source_id, rank, cosine, query, passage"


def rank(out, name, table, model, settings, spark, place=None):
    """One encoding: ranks of all pairs, kept as verdicts/name.json with the sizes of the pools."""
    file = out / "verdicts" / f"{name}.json"
    if file.exists():
        return
    if place is None:
        place = out / "ranked" / name
        ccpairs("filter", "--in", table, "--model", model, "--out", place, "--config", CONF, *sets(settings), spark=spark)
    run = first_run(place / "consistent")
    pools = {pool.stem: json.loads(pool.read_text()) for pool in (run / "__pool__").glob("*.json")}
    found = {"pools": pools, "rows": rows(run, COLUMNS, spark)}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found))


def rank_each(args, out, table, untrained, done, spark):
    models = {"untrained": untrained, "first": out / "first/model", "given": args.model}
    for stratum in args.strata.split(","):
        for name in args.models.split(","):
            if models[name]:
                rank(out, f"{name}-{stratum}", table, models[name], [f"filter.stratum={stratum}"], spark,
                     done if (name, stratum) == ("first", "whole") else None)


def generated(args, spark):
    arm = Path(args.arm)
    out = arm.parent
    table = first_run(out / "unique")
    rank_each(args, arm, table, out / "untrained", arm, spark)  # learning.py has filtered with the first encoder
    if args.pool_size:
        rank(arm, f"first-whole-{args.pool_size}", table, arm / "first/model", [f"filter.pool-size={args.pool_size}"], spark)
    (arm / "verdicts/truth.json").write_text(json.dumps(sorted(truth(out / "corpus"))))


def real(args, spark):
    out, data = Path(args.out), Path(args.data)
    options = ["--config", CONF]
    dumps = [
        "--reddit", data / "reddit/*.zst", "--reddit", data / "reddit/*.bz2",
        "--stackexchange", data / "stackexchange/*.7z", "--stackexchange", data / "stackexchange/matheducators.stackexchange.com",
        "--wikipedia", data / "wikipedia/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2",
    ]
    ccpairs("mine", *dumps, "--out", out, *options, spark=spark)
    ccpairs("clean", "--in", out / "pairs", "--out", out, *options, spark=spark)
    ccpairs("dedup", "--in", out / "clean", "--out", out, *options, spark=spark)
    ccpairs("shard", "--in", out / "unique", "--out", out / "first", *options, spark=spark)
    still = sets(["pretrain.steps=1", "pretrain.warmup-steps=0", "pretrain.learning-rate=1e-30"])
    ccpairs("pretrain", "--new", "tiny", "--in", out / "first/shards", "--out", out / "untrained", *options, *still, spark=spark)
    ccpairs("pretrain", "--model", out / "untrained", "--in", out / "first/shards", "--out", out / "first/model", *options, spark=spark)
    rank_each(args, out, out / "unique", out / "untrained", None, spark)


# What the ranks say.


def log_choose(n, k):
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


@lru_cache(maxsize=None)
def stays(rank_in_all, k, n, everything):
    """The chance that fewer than k of the passages that outrank a pair are in a draw of n out of everything."""
    outrank = rank_in_all - 1
    if n >= everything:
        return 1.0 if outrank < k else 0.0
    chance = 0.0
    for x in range(max(0, n - (everything - outrank)), min(k, outrank + 1, n + 1)):
        chance += math.exp(log_choose(outrank, x) + log_choose(everything - outrank, n - x) - log_choose(everything, n))
    return min(1.0, chance)


class Ranked:
    """The ranks of one model and stratum."""

    def __init__(self, file, wrong):
        told = json.loads(file.read_text())
        self.name = file.stem
        self.rows = told["rows"]
        self.sizes = {stratum: pool["passages"] for stratum, pool in told["pools"].items()}
        for row in self.rows:
            row["pool"] = self.sizes.get("whole", self.sizes.get(row["origin"]))
            row["wrong"] = (row["origin"], row["source_id"]) in wrong

    def figures(self, k, n, origin=None):
        """Share kept, precision and recall of dropping as a detector of wrong pairs."""
        kept = dropped = hit = bad = total = 0.0
        for row in self.rows:
            if origin and row["origin"] != origin:
                continue
            stay = stays(row["rank"], k, min(n, row["pool"]), row["pool"])
            total += 1
            kept += stay
            dropped += 1 - stay
            if row["wrong"]:
                bad += 1
                hit += 1 - stay
        return kept / total, hit / dropped if dropped > 1e-9 else math.nan, hit / bad if bad else math.nan


def area(rows):
    """The chance that a wrong pair ranks behind a right one, ties half: the area under the ROC curve."""
    behind = right = 0.0
    by_rank = {}
    for row in rows:
        by_rank.setdefault(row["rank"], [0, 0])[row["wrong"]] += 1
    for _, (good, bad) in sorted(by_rank.items()):
        behind += bad * (right + good / 2)
        right += good
    return behind / right / sum(row["wrong"] for row in rows)


def at_share(rows, share):
    """Precision and recall of dropping when the worst ranks are dropped until this share is kept."""
    ordered = sorted(rows, key=lambda row: (row["rank"], -row["cosine"]))
    dropped = ordered[round(share * len(rows)):]
    hit = sum(row["wrong"] for row in dropped)
    return hit / len(dropped), hit / sum(row["wrong"] for row in rows)


def number(value):
    return "" if math.isnan(value) else f"{value:.3f}"


def print_table(heading, lines):
    print("\n| " + " | ".join(heading) + " |\n| " + " | ".join(["---"] + ["---:"] * (len(heading) - 1)) + " |")
    for line in lines:
        print("| " + " | ".join(line) + " |")


def tables(folder):
    folder = Path(folder)
    known = folder / "truth.json"
    wrong = {tuple(pair) for pair in json.loads(known.read_text())} if known.exists() else set()
    runs = {file.stem: Ranked(file, wrong) for file in sorted(folder.glob("*.json")) if file.stem != "truth"}
    any_run = next(iter(runs.values()))
    count = Counter((row["origin"], row["wrong"]) for row in any_run.rows)
    print(f"\n## {folder}\n\n{len(any_run.rows):,} pairs; " + ", ".join(
        f"{origin} {count[origin, False] + count[origin, True]:,}" + (f" ({count[origin, True]:,} wrong)" if wrong else "")
        for origin in ORIGINS))
    for name, run in runs.items():
        print(f"\n### {name}: pools {run.sizes}")
        sizes = [n for n in POOLS if n < max(run.sizes.values())] + [10**9]
        title = lambda n: "all" if n == 10**9 else f"{n:,}"
        if wrong:
            print("\narea under the ROC curve " + ", ".join(
                f"{name} {area([row for row in run.rows if name in ('all', row['origin'])]):.3f}" for name in ["all", *ORIGINS]))
            for share in (0.9, 0.8, 0.7, 0.5):
                print(f"keeping {share:.1f}: precision {at_share(run.rows, share)[0]:.3f}, recall {at_share(run.rows, share)[1]:.3f}")
            heading = ["k"] + [f"{what}, pool {title(n)}" for n in sizes for what in ("kept", "precision", "recall")]
            print_table(heading, [[str(k)] + [number(v) for n in sizes for v in run.figures(k, n)] for k in KS])
            if "-whole-" not in name:
                heading = ["k, pool 1,000"] + [f"{what}, {origin}" for origin in ORIGINS for what in ("kept", "precision", "recall")]
                print_table(heading, [[str(k)] + [number(v) for o in ORIGINS for v in run.figures(k, 1_000, o)] for k in KS])
        else:
            heading = ["k"] + [f"{origin}, pool {title(n)}" for n in sizes for origin in ORIGINS]
            print_table(heading, [[str(k)] + [number(run.figures(k, n, o)[0]) for n in sizes for o in ORIGINS] for k in KS])
    agreement(runs)
    siblings(runs)


def agreement(runs):
    """Verdicts of two models on the same pairs, at k = 2 against all passages."""
    whole = {name: {row["pair_id"]: row for row in run.rows} for name, run in runs.items() if name.endswith("-whole")}
    names = sorted(whole)
    lines = []
    for i, one in enumerate(names):
        for other in names[i + 1:]:
            for k in (2, 10):
                pairs = [(whole[one][id]["rank"] <= k, whole[other][id]["rank"] <= k) for id in whole[one]]
                n = len(pairs)
                both = sum(a and b for a, b in pairs) / n
                neither = sum(not a and not b for a, b in pairs) / n
                a, b = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
                by_chance = a * b + (1 - a) * (1 - b)
                kappa = (both + neither - by_chance) / (1 - by_chance) if by_chance < 1 else math.nan
                lines.append([f"{one}, {other}, k = {k}", number(both), number(neither), number(1 - both - neither), number(kappa)])
    print_table(["models", "both keep", "both drop", "differ", "kappa"], lines)


def siblings(runs):
    """How pairs that are not known to be wrong fare by the number of other passages under the same question."""
    for name, run in runs.items():
        if not name.endswith("-whole"):
            continue
        threads = Counter((row["origin"], row["query_key"]) for row in run.rows)
        lines = []
        for low, high in ((0, 0), (1, 1), (2, 2), (3, 4), (5, 9), (10, 10**9)):
            here = [row for row in run.rows if not row["wrong"] and low <= threads[row["origin"], row["query_key"]] - 1 <= high]
            if here:
                lines.append([f"{low}" if low == high else f"{low}-{high}" if high < 10**9 else f"{low}+", f"{len(here):,}"]
                             + [number(sum(row["rank"] > k for row in here) / len(here)) for k in (1, 2, 3, 5, 10)])
        print(f"\nDropped by {name} against all passages, of pairs not planted wrong, by siblings in the pool")
        print_table(["siblings", "pairs"] + [f"k = {k}" for k in (1, 2, 3, 5, 10)], lines)


def read(args):
    """Pairs to read: of each origin some kept and some dropped, spread by their ids."""
    told = json.loads(Path(args.folder, f"{args.model}.json").read_text())["rows"]
    for origin in ORIGINS:
        for what in ("dropped", "kept"):
            here = [row for row in told if row["origin"] == origin and (row["rank"] > args.k) == (what == "dropped")]
            print(f"\n=== {origin}, {what}: {len(here):,}")
            for i, row in enumerate(sorted(here, key=lambda row: row["pair_id"])[:args.n], 1):
                cut = lambda text: " / ".join(text.split("\n"))[:args.chars]
                print(f"[{i}] rank {row['rank']} cosine {row['cosine']:.3f} {row['subset']} {row['source_id']}\n"
                      f"   Q: {cut(row['query'])}\n   P: {cut(row['passage'])}")


def main():
    words = sys.argv[1:]
    spark = words[words.index("--") + 1:] if "--" in words else []
    words = words[:words.index("--")] if "--" in words else words
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    jobs = parser.add_subparsers(dest="job", required=True)
    job = jobs.add_parser("generated")
    job.add_argument("--arm", required=True, help="folder of a first encoder that learning.py made")
    job.add_argument("--pool-size", type=int, help="also rank with the first encoder against a true draw of this size")
    real_job = jobs.add_parser("real")
    real_job.add_argument("--data", required=True, help="folder of dumps")
    real_job.add_argument("--out", required=True)
    for one in (job, real_job):
        one.add_argument("--model", help="folder of a model given from elsewhere, for example e5-small-v2")
        one.add_argument("--models", default="untrained,first,given", help="those to rank with")
        one.add_argument("--strata", default="whole,origin")
    job = jobs.add_parser("tables")
    job.add_argument("folders", nargs="+")
    job = jobs.add_parser("read")
    job.add_argument("folder")
    job.add_argument("--model", default="first-whole", help="a file of the folder")
    job.add_argument("-k", type=int, default=2)
    job.add_argument("-n", type=int, default=20)
    job.add_argument("--chars", type=int, default=400)
    args = parser.parse_args(words)
    if args.job == "tables":
        for folder in args.folders:
            tables(folder)
    else:
        {"generated": lambda: generated(args, spark), "real": lambda: real(args, spark), "read": lambda: read(args)}[args.job]()


if __name__ == "__main__":
    main()
