"""The consistency filter beside FAISS: 8,192 queries against a pool, exact, k = 2.

Needs Python 3.10 or newer with: pip install numpy faiss-cpu; vectors made by filter_vectors.py; and the benchmark's classes:
mvn -Pbenchmarks -pl pipeline-core test-compile dependency:build-classpath -Dmdep.outputFile=/tmp/classpath.txt

    python docs/benchmarks/filter.py prepare --vectors VECTORS --work WORK --pool 200000 --classpath /tmp/classpath.txt
    python docs/benchmarks/filter.py measure --work WORK --pool 200000 --classpath /tmp/classpath.txt [--ablation]

prepare takes the first vectors of pool.npy, and where those do not suffice adds a + 0.85 (b - c) for real a and real nearest
neighbours b, c, made unit length; it prints how far new and real ones lie from their nearest neighbours. Then it finds which
pairs are kept, and draws sets of which 20, 60 and 95 % are.
measure runs FAISS IndexFlatIP top-2 on two threads, then the filter as two tasks of one thread each that both rank all queries,
as two tasks of an executor do; CPU seconds of one task count, after rounds for the JIT to warm up. It compares decisions: FAISS keeps a
pair when the second best score is not above its own. Differences are decided in float64 by the definition: a passage whose vector
lies within 1e-5 of the pair's own does not count.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import faiss
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
D = 384
QUERIES = 8192
SHARES = (20, 60, 95)
PAIRS = 10_240  # that sets are drawn from, and as many with a part of the passage as query
THREADS = 2
OFFSET = 0.85  # brings the added vectors as near to real ones as real ones are to each other


def nearest(vectors, among, skip_self):
    index = faiss.IndexFlatIP(D)
    index.add(among)
    scores, places = index.search(vectors, 2 if skip_self else 1)
    return scores[:, -1], places[:, -1]


def extended(real, wanted):
    if wanted <= len(real):
        return real[:wanted]
    rng = np.random.default_rng(1)
    pivots = real[rng.choice(len(real), 40_000, replace=False)]
    _, partner = nearest(pivots, pivots, True)
    new = np.empty((wanted - len(real), D), np.float32)
    for begin in range(0, len(new), 50_000):
        count = min(50_000, len(new) - begin)
        b = rng.integers(0, len(pivots), count)
        v = real[rng.integers(0, len(real), count)] + OFFSET * (pivots[b] - pivots[partner[b]])
        new[begin:begin + count] = v / np.linalg.norm(v, axis=1, keepdims=True)
    sample = rng.choice(len(real), 2_000, replace=False)
    some = rng.choice(len(new), 2_000, replace=False)
    base = real[:100_000]
    own = nearest(real[sample][sample >= 100_000], base, False)[0]
    others = nearest(new[some], base, False)[0]
    print("cosine to the nearest of 100,000 real ones, percentiles 10 25 50 75 90:")
    print("  real ", np.round(np.percentile(own, [10, 25, 50, 75, 90]), 3))
    print("  added", np.round(np.percentile(others, [10, 25, 50, 75, 90]), 3))
    pool = np.concatenate([real, new])
    return pool[rng.permutation(len(pool))]


def java(classpath, *arguments):
    command = ["java", f"@{ROOT}/conf/java.options", "-Xmx2g", f"-Dthreads={THREADS}", "-cp", classpath,
               "io.ccpairs.core.rank.FilterBenchmark", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": str(THREADS)})
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return [dict(re.findall(r"(\w+)=(\S+)", line)) for line in done.stdout.splitlines() if "=" in line]


def prepare(options):
    work = options.work
    work.mkdir(parents=True, exist_ok=True)
    real = np.load(options.vectors / "pool.npy")
    print(f"{min(len(real), options.pool)} of {options.pool} vectors are real")
    extended(real, options.pool).tofile(work / f"pool-{options.pool}.f32")
    queries, own = np.load(options.vectors / "queries.npy"), np.load(options.vectors / "own.npy")
    queries, own = queries[:PAIRS], own[:PAIRS]
    halves = np.load(options.vectors / "halves.npy")
    queries, own = np.concatenate([queries, halves]), np.concatenate([own, own[: len(halves)]])
    folder = work / f"pool-{options.pool}"
    print("building the pool took", java(options.classpath, "build", folder, work / f"pool-{options.pool}.f32", D)[0]["cpu"], "CPU-s")
    queries.tofile(work / "q-all.f32")
    own.tofile(work / "p-all.f32")
    java(options.classpath, "rank", folder, work / "q-all.f32", work / "p-all.f32", work / "counts-all", "all", 1)
    kept = np.fromfile(work / "counts-all", np.int32) < 2
    titles = len(queries) - len(halves)
    print(f"The filter keeps {kept[:titles].mean():.3f} of the pairs, {kept[titles:].mean():.3f} of those with a part of the passage as query")
    for share in SHARES:
        want = QUERIES * share // 100
        chosen = np.concatenate([np.where(kept)[0][:want], np.where(~kept)[0][: QUERIES - want]])
        if len(chosen) < QUERIES:
            sys.exit(f"too few pairs for {share} %")
        chosen.sort()
        print(f"{share} %: {np.sum(chosen >= titles)} of {QUERIES} queries are parts of passages")
        queries[chosen].tofile(work / f"q-{options.pool}-{share}.f32")
        own[chosen].tofile(work / f"p-{options.pool}-{share}.f32")


def load(work, name):
    return np.fromfile(work / f"{name}.f32", np.float32).reshape(-1, D)


def outranked(pool, query, own, mine):
    near = pool[np.where(pool @ query > mine - 1e-4)[0]].astype(np.float64)
    return np.sum((near @ query.astype(np.float64) > mine) & (np.linalg.norm(near - own, axis=1) > 1e-5))


def measure(options):
    work, n = options.work, options.pool
    pool = np.memmap(work / f"pool-{n}.f32", np.float32, "r").reshape(-1, D)
    index = faiss.IndexFlatIP(D)
    for begin in range(0, n, 50_000):
        index.add(np.ascontiguousarray(pool[begin:begin + 50_000]))
    faiss.omp_set_num_threads(THREADS)
    index.search(np.ascontiguousarray(pool[:256]), 2)
    warm = 3 if n < 500_000 else 1
    print("| kept | FAISS CPU-s | GFLOP/CPU-s | filter CPU-s | wall s | share of a full scan | queries per CPU-s, times FAISS | decisions that differ |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for share in SHARES:
        queries, own = load(work, f"q-{n}-{share}"), load(work, f"p-{n}-{share}")
        ours, theirs = [], []
        for _ in range(options.rounds):
            cpu = time.process_time()
            scores, _ = index.search(queries, 2)
            theirs.append(time.process_time() - cpu)
            ours += java(options.classpath, "rank", work / f"pool-{n}", work / f"q-{n}-{share}.f32", work / f"p-{n}-{share}.f32",
                         work / f"counts-{share}", "all", 2 * warm)[warm:]
        counts = np.fromfile(work / f"counts-{share}", np.int32)
        mine = np.einsum("ij,ij->i", queries.astype(np.float64), own.astype(np.float64))
        differ = np.where((counts < 2) != (scores[:, 1] <= mine))[0]
        wrong = sum((counts[i] < 2) != (outranked(pool, queries[i], own[i], mine[i]) < 2) for i in differ)
        f, o = float(np.median(theirs)), float(np.median([float(r["cpu"]) for r in ours]))
        print(f"| {100 * np.mean(counts < 2):.1f} % | {f:.1f} | {2e-9 * QUERIES * n * D / f:.0f} | {o:.2f} | {np.median([float(r['wall']) for r in ours]):.2f} | "
              f"{100 * float(ours[-1]['share']):.1f} % | **{f / o:.1f}** | {len(differ)} of float32, {wrong} of float64 |", flush=True)
        print("  memory:", ours[-1]["rss"], file=sys.stderr)
    if options.ablation:
        print("| plan, 20 % kept | CPU-s | share of a full scan |\n| --- | --- | --- |")
        for name, plan in (("full count", "0,0,0"), ("early exit", "1,0,0"), ("exit and 12 lists", "1,12,0"), ("exit and bounds", "1,0,1"),
                           ("all", "1,12,1"), ("4 lists", "1,4,1"), ("24 lists", "1,24,1")):
            row = java(options.classpath, "rank", work / f"pool-{n}", work / f"q-{n}-20.f32", work / f"p-{n}-20.f32", work / "ablation", plan, 3)[2]
            same = np.array_equal(np.minimum(np.fromfile(work / "ablation", np.int32), 2), np.fromfile(work / "counts-20", np.int32))
            print(f"| {name} | {float(row['cpu']):.2f} | {100 * float(row['share']):.1f} % |", flush=True)
            assert same, "a plan changed a count"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("what", choices=["prepare", "measure"])
    options.add_argument("--vectors", type=Path)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--pool", type=int, default=200_000)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--classpath", required=True, help="file that holds the class path of the dependencies")
    options.add_argument("--ablation", action="store_true")
    options = options.parse_args()
    target = ROOT / "pipeline-core/target"
    options.classpath = f"{target}/test-classes:{target}/classes:" + Path(options.classpath).read_text().strip()
    (prepare if options.what == "prepare" else measure)(options)


if __name__ == "__main__":
    main()
