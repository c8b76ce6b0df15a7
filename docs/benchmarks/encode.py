"""Encoding beside sentence-transformers and ONNX Runtime, tokenising beside Hugging Face tokenizers, memory.

    pip install torch sentence-transformers onnxruntime zstandard numpy
    mvn -q -Pbenchmarks -pl pipeline-core test-compile
    python docs/benchmarks/encode.py texts  DATA WORK                 # writes mixed.txt and pairs.txt
    python docs/benchmarks/encode.py speed  FOLDER WORK [MODEL.onnx]  # outputs compared first, then processes in turn
    python docs/benchmarks/encode.py layouts FOLDER WORK              # our encoder on packed and on padded batches
    python docs/benchmarks/encode.py tokens FOLDER WORK
    python docs/benchmarks/encode.py memory FOLDER                    # of a small model

DATA holds the evaluation sets and dumps named in `texts`; FOLDER is a model folder (ccpairs import-model). Two threads each,
the same texts, the same weights; every figure is the median of the rounds, each process warmed up by 64 texts.
"""

import bz2
import gzip
import hashlib
import html
import io
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
THREADS = 2
ROUNDS = 3
BATCH_TOKENS = os.environ.get("BATCH_TOKENS", "2048")


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


def ours(*words):
    command = ["java", f"@{ROOT}/conf/java.options", "-Xmx3g", "-cp", class_path(),
               "io.ccpairs.core.encoder.EncodeBenchmark", *map(str, words)]
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT / "pipeline-core")
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def vectors(folder, texts, scratch, role="query"):
    """Our embeddings of texts without line breaks."""
    import numpy as np

    (scratch / "in.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    ours("vectors", pathlib.Path(folder).resolve(), scratch / "in.txt", scratch / "out.f32", role.upper())
    return np.fromfile(scratch / "out.f32", dtype="<f4").reshape(len(texts), -1)


def draw(texts, count):
    """The texts with the smallest hashes."""
    return sorted(set(texts), key=lambda t: hashlib.sha256(t.encode()).digest())[:count]


def line(text):
    return re.sub(r"\s+", " ", text).strip()


def texts(data, work):
    data = pathlib.Path(data)
    ev = data / "eval"
    titles = gzip.open(ev / "clustering/stackoverflow/title_StackOverflow.txt.gz", "rt").read().splitlines()
    sts = [s for f in sorted((ev / "sts/semeval-2014").glob("*.gz"))
           for row in gzip.open(f, "rt", errors="replace") for s in row.rstrip("\n").split("\t")[1:3]]
    squad = json.load(gzip.open(sorted((ev / "xquad").glob("*en*.gz"))[0], "rt"))
    paragraphs = [p["context"] for a in squad["data"] for p in a["paragraphs"]]
    cranfield = re.findall(r"\.W\n(.*?)\n(?=\.I|\Z)",
                           gzip.open(sorted((ev / "retrieval/cranfield").glob("cran.all*.gz"))[0], "rt").read(), re.S)
    mixed = (draw(titles, 200) + draw(sts, 200) + draw(paragraphs, 80) + draw(cranfield, 50))
    mixed = sorted({line(t) for t in mixed} - {""}, key=lambda t: hashlib.sha256(("order" + t).encode()).digest())

    import zstandard

    def dump(name):
        raw = (data / "reddit" / name).read_bytes()
        reader = zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(io.BytesIO(raw))
        return [json.loads(row) for row in io.TextIOWrapper(reader, encoding="utf-8") if row.strip()]

    posts = {"t3_" + p["id"]: line(html.unescape(p["title"] + " " + p.get("selftext", "")))
             for p in dump("ufc_submissions.zst")}
    comments = [(c["link_id"], line(html.unescape(c["body"]))) for c in dump("ufc_comments.zst")]
    keyed = {f"{post}\t{text}": (post, text) for post, text in comments if post in posts and text}
    pairs = [keyed[k] for k in draw(list(keyed), 80)]
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    (work / "mixed.txt").write_text("\n".join(mixed) + "\n", encoding="utf-8")
    # Both sides of each pair, as a pipeline meets them.
    (work / "pairs.txt").write_text("".join(f"{posts[p]}\n{t}\n" for p, t in pairs), encoding="utf-8")
    print(f"mixed.txt: {len(mixed)} texts; pairs.txt: {len(pairs)} pairs, "
          f"{len({p for p, _ in pairs} | {t for _, t in pairs})} distinct texts of {2 * len(pairs)}")


def theirs(folder, file):
    """sentence-transformers in a process of its own: one JSON line a round, then the vectors to FILE.st.npy."""
    code = f"""
import json, resource, sys, time
import numpy as np, torch
torch.set_num_threads({THREADS})
from sentence_transformers import SentenceTransformer
model = SentenceTransformer({str(folder)!r}, device="cpu")
texts = open({str(file)!r}, encoding="utf-8").read().splitlines()
model.encode(texts[:64], prompt_name="query")
for _ in range({ROUNDS}):
    cpu, start = time.process_time(), time.time()
    rows = model.encode(texts, prompt_name="query")
    print(json.dumps(dict(wall=time.time() - start, cpu=time.process_time() - cpu)))
np.save({str(file) + ".st.npy"!r}, rows)
"""
    return python(code)


def onnx(folder, model, file):
    """ONNX Runtime: sorted by length, padded batches of 16, mean and unit length in numpy."""
    code = f"""
import json, time
import numpy as np, onnxruntime as ort
from tokenizers import Tokenizer
options = ort.SessionOptions()
options.intra_op_num_threads = {THREADS}
session = ort.InferenceSession({str(model)!r}, options, providers=["CPUExecutionProvider"])
tokenizer = Tokenizer.from_file({str(pathlib.Path(folder) / "tokenizer.json")!r})
tokenizer.enable_truncation(512); tokenizer.no_padding()
prefix = json.load(open({str(pathlib.Path(folder) / "config_sentence_transformers.json")!r}))["prompts"]["query"]
texts = open({str(file)!r}, encoding="utf-8").read().splitlines()
def encode(texts):
    ids = [e.ids for e in tokenizer.encode_batch([prefix + t for t in texts])]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    out = np.empty((len(ids), 0), dtype=np.float32)
    for b in range(0, len(order), 16):
        batch = order[b:b + 16]
        longest = max(len(ids[i]) for i in batch)
        tokens = np.zeros((len(batch), longest), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, i in enumerate(batch):
            tokens[row, :len(ids[i])] = ids[i]; mask[row, :len(ids[i])] = 1
        states = session.run(None, dict(input_ids=tokens, attention_mask=mask, token_type_ids=np.zeros_like(tokens)))[0]
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        if out.shape[1] == 0: out = np.empty((len(ids), mean.shape[1]), dtype=np.float32)
        out[batch] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return out
encode(texts[:64])
for _ in range({ROUNDS}):
    cpu, start = time.process_time(), time.time()
    rows = encode(texts)
    print(json.dumps(dict(wall=time.time() - start, cpu=time.process_time() - cpu)))
np.save({str(file) + ".ort.npy"!r}, rows)
"""
    return python(code)


def python(code):
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return [json.loads(row) for row in run.stdout.splitlines() if row.startswith("{")]


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def speed(folder, work, model=None):
    import numpy as np

    folder, work = pathlib.Path(folder).resolve(), pathlib.Path(work).resolve()
    for name in ("mixed.txt", "pairs.txt"):
        file = work / name
        rows = file.read_text(encoding="utf-8").splitlines()
        st = theirs(folder, file)
        mine = ours("time", folder, file, THREADS, ROUNDS, BATCH_TOKENS, str(file) + ".f32")
        ort = onnx(folder, model, file) if model and name == "mixed.txt" else None
        vec = np.fromfile(str(file) + ".f32", dtype="<f4").reshape(len(rows), -1)
        print(f"{name}: {len(rows)} texts, {mine[0]['tokens']} tokens in distinct ones; largest difference from "
              f"sentence-transformers {np.abs(vec - np.load(str(file) + '.st.npy')).max():.1e}"
              + (f", from ONNX Runtime {np.abs(vec - np.load(str(file) + '.ort.npy')).max():.1e}" if ort else ""))
        for tool, figures in (("ccpairs", mine), ("sentence-transformers", st), ("ONNX Runtime", ort)):
            if figures:
                wall, cpu = median(figures, "wall"), median(figures, "cpu")
                print(f"  {tool:22} {len(rows) / wall:7.1f} texts/s  {len(rows) / cpu:7.1f} texts per CPU s   wall "
                      f"{wall:.2f} s, CPU {cpu:.2f} s   ccpairs is faster by {wall / median(mine, 'wall'):.2f} "
                      f"(CPU {cpu / median(mine, 'cpu'):.2f})")
        print(f"  ccpairs: {median(mine, 'gflop') / median(mine, 'cpu'):.1f} GFLOP per CPU s, "
              f"{median(mine, 'gflop') / median(mine, 'wall'):.1f} per s")
    peak = ours("sgemm", THREADS)
    print(f"SGEMM 1536^3: {median(peak, 'gflop') / median(peak, 'cpu'):.1f} GFLOP per CPU s, "
          f"{median(peak, 'gflop') / median(peak, 'wall'):.1f} per s")


def layouts(folder, work):
    folder, file = pathlib.Path(folder).resolve(), pathlib.Path(work).resolve() / "mixed.txt"
    rows = ours("layouts", folder, file, THREADS, 2 * ROUNDS)
    packed, padded = ([row for row in rows if row["layout"] == name] for name in ("packed", "padded"))
    for name, figures in (("packed", packed), ("padded", padded)):
        print(f"{name}: {figures[0]['tokens']:7,} tokens computed, {median(figures, 'wall'):.3f} s, {median(figures, 'cpu'):.3f} CPU s")
    print(f"padded takes {median(padded, 'wall') / median(packed, 'wall'):.2f} times as long, "
          f"{median(padded, 'cpu') / median(packed, 'cpu'):.2f} times the CPU seconds")


def tokens(folder, work):
    folder, file = pathlib.Path(folder).resolve(), pathlib.Path(work).resolve() / "tokens.txt"
    # Twelve times over: what the JIT costs in the first tenth of a second would be half of it else.
    file.write_text((file.parent / "mixed.txt").read_text(encoding="utf-8") * 12, encoding="utf-8")
    mine = ours("tokens", folder, file)
    code = f"""
import json, os, time
os.environ["RAYON_NUM_THREADS"] = "1"
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file({str(folder / "tokenizer.json")!r})
tokenizer.enable_truncation(512); tokenizer.no_padding()
prefix = json.load(open({str(folder / "config_sentence_transformers.json")!r}))["prompts"]["query"]
texts = [prefix + t for t in open({str(file)!r}, encoding="utf-8").read().splitlines()]
for how in ("one", "batch"):
    for _ in range(5):
        cpu, start = time.process_time(), time.time()
        total = (sum(len(tokenizer.encode(t).ids) for t in texts) if how == "one"
                 else sum(len(e.ids) for e in tokenizer.encode_batch(texts)))
        print(json.dumps(dict(how=how, wall=time.time() - start, cpu=time.process_time() - cpu, tokens=total)))
"""
    rows = python(code)
    assert rows[0]["tokens"] == mine[0]["tokens"], "not the same tokens"
    for name, figures in (("ccpairs, one by one", mine), ("tokenizers in Python, one by one", rows[:5]),
                          ("tokenizers in Python, encode_batch, one thread", rows[5:])):
        print(f"{name:48} {figures[0]['tokens'] / median(figures, 'cpu') / 1000:6.0f} thousand tokens per CPU s")


def memory(folder):
    for row in ours("memory", pathlib.Path(folder).resolve(), 200_000):
        print(f"{row['texts']:>8,} texts: {row['resident_mb']:.0f} MB resident")


if __name__ == "__main__":
    {"texts": texts, "speed": speed, "layouts": layouts, "tokens": tokens, "memory": memory}[sys.argv[1]](*sys.argv[2:])
