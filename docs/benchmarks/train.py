"""A training step beside sentence-transformers, gradient caching, ranks, the ring, memory, shards.

    pip install torch sentence-transformers numpy
    mvn -q -Pbenchmarks -pl pipeline-core test-compile
    python docs/benchmarks/train.py pairs  DATA WORK     # writes pairs.txt
    python docs/benchmarks/train.py losses FOLDER WORK   # five steps without dropout: the losses of both
    python docs/benchmarks/train.py step   FOLDER WORK   # with the model's dropout: processes in turn
    python docs/benchmarks/train.py cached FOLDER WORK   # gradient caching beside one big batch
    python docs/benchmarks/train.py ranks  FOLDER WORK   # two ranks of one thread beside one of two
    python docs/benchmarks/train.py ring
    python docs/benchmarks/train.py memory FOLDER WORK   # 1,000 steps of a small model, 8 pairs each
    python docs/benchmarks/train.py shards RUN           # a run of ccpairs shard; needs -pl pipeline-core,jobs above

DATA holds the evaluation sets and dumps named in `pairs`; FOLDER is a model folder (ccpairs import-model). Two threads each, the
same texts in the same batches, 128 tokens at most, temperature 0.01, clipping at 1, AdamW with decay on matrices only (fused in
both). Tokenising counts on both sides, though ccpairs hides it in a real training. Medians of three steps after one.
"""

import bz2
import csv
import gzip
import hashlib
import html
import io
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
THREADS = 2
BATCH = int(os.environ.get("BATCH", "256"))
MINI_BATCH = 32
MAX_TOKENS = 128
STEPS = 4
CHUNK_TOKENS = os.environ.get("CHUNK_TOKENS", "2048")


def class_path():
    """Of pipeline-core's tests and benchmarks; CCPAIRS_CLASSPATH where it is known already."""
    if "CCPAIRS_CLASSPATH" in os.environ:
        return os.environ["CCPAIRS_CLASSPATH"]
    target = ROOT / "pipeline-core/target"
    out = target / "test-classpath.txt"
    if not out.exists():
        subprocess.run(["mvn", "-q", "-Pbenchmarks", "-pl", "pipeline-core", "dependency:build-classpath",
                        f"-Dmdep.outputFile={out}", "-Dmdep.includeScope=test"], cwd=ROOT, check=True)
    return f"{target}/classes:{target}/test-classes:{out.read_text()}"


def start(name, *words, heap="6g"):
    command = ["java", f"@{ROOT}/conf/java.options", f"-Xmx{heap}", "-cp", class_path(), f"io.ccpairs.core.train.{name}",
               *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT / "pipeline-core")


def rows(process):
    out, _ = process.communicate()
    if process.returncode != 0:
        sys.exit(f"{process.args[-1]}: exit code {process.returncode}")
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def ours(folder, work, batch=BATCH, steps=STEPS, threads=THREADS, chunk=CHUNK_TOKENS, kept=0, dropout="MODEL"):
    return rows(start("TrainBenchmark", "step", pathlib.Path(folder).resolve(), pathlib.Path(work).resolve() / "pairs.txt",
                      batch, steps, threads, chunk, kept, dropout, 0, 1, ""))


def theirs(folder, work, dropout, rates, order=False):
    """sentence-transformers in a process of its own; without dropout where it is false, pairs by length where order is true."""
    code = f"""
import json, time, torch
torch.set_num_threads({THREADS})
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import CachedMultipleNegativesRankingLoss
model = SentenceTransformer({str(folder)!r}, device="cpu")
model.max_seq_length = {MAX_TOKENS}
for module in model.modules():
    if isinstance(module, torch.nn.Dropout) and not {dropout}:
        module.p = 0.0
    if hasattr(module, "dropout_prob") and not {dropout}:
        module.dropout_prob = 0.0
model.train()
loss_of = CachedMultipleNegativesRankingLoss(model, scale=100.0, mini_batch_size={MINI_BATCH})
plain = [p for n, p in model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
decayed = [p for n, p in model.named_parameters() if not (n.endswith("bias") or "LayerNorm" in n)]
optimiser = torch.optim.AdamW([dict(params=decayed, weight_decay=0.01), dict(params=plain, weight_decay=0.0)],
                              lr=1.0, fused=True)
lines = open({str(pathlib.Path(work) / "pairs.txt")!r}, encoding="utf-8").read().split("\\n")
queries, passages = lines[0:-1:2], lines[1::2]
prompts = model.prompts
for step, rate in enumerate({rates!r}):
    at = step % (len(queries) // {BATCH}) * {BATCH}
    cpu, start = time.process_time(), time.time()
    batch = list(zip(queries[at:at + {BATCH}], passages[at:at + {BATCH}]))
    if {order}:
        batch.sort(key=lambda pair: len(pair[1]))
    features = [model.preprocess([prompts.get(role, "") + pair[side] for pair in batch])
                for side, role in enumerate(("query", "passage"))]
    loss = loss_of(features, None)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.step()
    optimiser.zero_grad()
    print(json.dumps(dict(loss=loss.item(), wall=time.time() - start, cpu=time.process_time() - cpu,
                          padded=sum(f["input_ids"].numel() for f in features),
                          tokens=sum(int(f["attention_mask"].sum()) for f in features))), flush=True)
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(row) for row in run.stdout.splitlines() if row.startswith("{")]


def draw(items, count):
    """Those with the smallest hashes."""
    return sorted(items, key=lambda i: hashlib.sha256(repr(i).encode()).digest())[:count]


def line(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", text))).strip()


def pairs(data, work):
    """Titles and answers, questions and paragraphs, headlines and descriptions; each text in one pair only."""
    data = pathlib.Path(data)
    posts = {}
    for row in bz2.open(data / "stackexchange/matheducators.stackexchange.com/Posts.xml.bz2", "rt", encoding="utf-8-sig"):
        if row.strip().startswith("<row"):
            post = xml.etree.ElementTree.fromstring(row.strip()).attrib
            posts[post["Id"]] = post
    found = {}
    for post in posts.values():
        if post["PostTypeId"] == "2" and int(post["Score"]) > 0 and post["ParentId"] in posts:
            found.setdefault(line(posts[post["ParentId"]]["Title"]), line(post["Body"]))
    answers = list(found.items())
    squad = json.load(gzip.open(sorted((data / "eval/xquad").glob("*en*.gz"))[0], "rt"))
    paragraphs = [(line(p["qas"][0]["question"]), line(p["context"])) for a in squad["data"] for p in a["paragraphs"]]
    news = {}
    for row in csv.reader(io.TextIOWrapper(gzip.open(next((data / "eval/classification/ag_news").glob("*.gz"))),
                                           encoding="utf-8")):
        news.setdefault(line(row[-1]), line(row[-2]))
    chosen = draw(answers, 350) + draw(paragraphs, 240) + draw([(t, d) for d, t in news.items()], 434)
    chosen = [p for p in chosen if all(p)]
    chosen = sorted(chosen, key=lambda p: hashlib.sha256(("order" + p[0]).encode()).digest())[:len(chosen) // 256 * 256]
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    (work / "pairs.txt").write_text("".join(f"{q}\n{p}\n" for q, p in chosen), encoding="utf-8")
    print(f"pairs.txt: {len(chosen)} pairs, {len({t for p in chosen for t in p})} distinct texts")


def median(figures, key):
    """Without the first step."""
    return statistics.median(row[key] for row in figures[1:])


def show(name, figures, beside=None, batch=BATCH):
    wall, cpu = median(figures, "wall"), median(figures, "cpu")
    print(f"  {name:34} {batch / wall:7.2f} pairs/s  {batch / cpu:7.2f} pairs per CPU s   wall {wall:.2f} s, CPU {cpu:.2f} s"
          + (f"   {median(beside, 'wall') / wall:.2f} times as fast (CPU {median(beside, 'cpu') / cpu:.2f})" if beside else ""),
          flush=True)


def losses(folder, work):
    mine = ours(folder, work, steps=5, dropout="NONE")
    st = theirs(folder, work, False, [row["rate"] for row in mine])
    for a, b in zip(mine, st):
        print(f"  {a['loss']:.6f}  {b['loss']:.6f}  difference {abs(a['loss'] - b['loss']):.1e}   tokens {a['tokens']} "
              f"{b['tokens']}, padded {b['padded']}")
    worst = max(abs(a["loss"] - b["loss"]) for a, b in zip(mine, st))
    print(f"largest difference {worst:.1e}")
    if worst > 1e-4:
        sys.exit("not the same training")
    show("sentence-transformers", st)
    show("ccpairs", mine, st)


def step(folder, work):
    mine = ours(folder, work)
    rates = [row["rate"] for row in mine]
    st = theirs(folder, work, True, rates)
    show("sentence-transformers", st)
    ordered = theirs(folder, work, True, rates, order=True)
    show("the same, each batch by length", ordered, st)
    show("ccpairs", mine, st)
    print(f"  ccpairs beside the batch by length: {median(ordered, 'wall') / median(mine, 'wall'):.2f} times as fast "
          f"(CPU {median(ordered, 'cpu') / median(mine, 'cpu'):.2f}); {median(mine, 'tokens') / median(mine, 'wall'):.0f} tokens/s")


def cached(folder, work):
    batch = 64
    plain = ours(folder, work, batch=batch, chunk=1 << 24)
    show("one batch of 64, one pass", plain, batch=batch)
    kept = ours(folder, work, batch=batch, kept=1 << 24)
    show("chunks, all activations kept", kept, plain, batch=batch)
    two = ours(folder, work, batch=batch)
    show("chunks, gradients cached", two, plain, batch=batch)
    print(f"  caching costs {median(two, 'wall') / median(plain, 'wall'):.2f} of one pass "
          f"(CPU {median(two, 'cpu') / median(plain, 'cpu'):.2f}), "
          f"{median(two, 'wall') / median(kept, 'wall'):.2f} of the same chunks in one pass")


def ranks(folder, work):
    one = ours(folder, work)
    show("one rank, two threads", one)
    meeting = tempfile.mkdtemp()
    both = [start("TrainBenchmark", "step", pathlib.Path(folder).resolve(), pathlib.Path(work).resolve() / "pairs.txt",
                  BATCH, STEPS, 1, CHUNK_TOKENS, 0, "MODEL", rank, 2, meeting) for rank in range(2)]
    a, b = [rows(process) for process in both]
    shutil.rmtree(meeting)
    two = [dict(wall=max(x["wall"], y["wall"]), cpu=x["cpu"] + y["cpu"],
                collective=min(x["collective"], y["collective"]), waits=max(x["collective"], y["collective"]))
           for x, y in zip(a, b)]
    show("two ranks, one thread each", two, one)
    print(f"  of a step, exchanging takes {100 * median(two, 'collective') / median(two, 'wall'):.1f} %, with waiting for the "
          f"slower rank {100 * median(two, 'waits') / median(two, 'wall'):.1f} %")


def ring():
    for floats in (22_000_000, 110_000_000):
        for world in (2, 4):
            row = rows(start("collective.RingBenchmark", floats, world))[0]
            print(f"  {floats / 1e6:.0f} M floats, {world} ranks: {row['ring']:.3f} s, {row['ring_gbs']:.2f} GB/s sent by each; bare "
                  f"sockets {row['sockets']:.3f} s, {row['sockets_gbs']:.2f} GB/s; copy in memory {row['copy']:.3f} s, "
                  f"{row['copy_gbs']:.2f} GB/s", flush=True)


def memory(folder, work):
    for row in rows(start("TrainBenchmark", "memory", pathlib.Path(folder).resolve(),
                          pathlib.Path(work).resolve() / "pairs.txt", 8, 1000, heap="256m")):
        print(f"{row['step']:>6,} steps: {row['resident_mb']:.0f} MB resident, {row['arrays']} arrays, loss {row['loss']:.3f}")


def shards(run):
    out = ROOT / "jobs/target/test-classpath.txt"
    if not out.exists():
        subprocess.run(["mvn", "-q", "-Pbenchmarks", "-pl", "pipeline-core,jobs", "test-compile", "dependency:build-classpath",
                        f"-Dmdep.outputFile={out}", "-Dmdep.includeScope=test"], cwd=ROOT, check=True)
    target = ROOT / "jobs/target"
    path = f"{target}/classes:{target}/test-classes:{ROOT}/pipeline-core/target/classes:{out.read_text()}"
    done = subprocess.run(["java", f"@{ROOT}/conf/java.options", "-Xmx2g", "-cp", path, "io.ccpairs.jobs.shard.ShardBenchmark",
                           str(pathlib.Path(run).resolve())], check=True, stdout=subprocess.PIPE, text=True)
    row = json.loads(done.stdout.splitlines()[-1])
    print(f"{row['rows']:,} rows, {row['mb']} MB: shard reader {row['ours']:,} rows/s, Parquet's reader {row['parquet']:,} rows/s")


if __name__ == "__main__":
    {"pairs": pairs, "losses": losses, "step": step, "cached": cached, "ranks": ranks, "ring": ring,
     "memory": memory, "shards": shards}[sys.argv[1]](*sys.argv[2:])
