"""Near-duplicates: ccpairs dedup beside datatrove's MinHash, on the same passages.

Needs Python 3.10 or newer with: pip install 'datatrove[io,processing]' spacy pyarrow
(spacy splits datatrove's words).

    python docs/benchmarks/dedup.py --table work/clean --rows 600000

Takes passages of a published table, writes them once as datatrove's input and once as a table for ccpairs, and runs both
with shingles of three words, 14 bands of 8. Prints CPU-seconds of whole processes and how many passages each drops.
datatrove drops by bands alone; ccpairs compares each candidate exactly and keeps those below 0.85.

    python docs/benchmarks/dedup.py --table work/clean --grow 1000 100000 984000 4000000

says how the cost of ccpairs grows.
"""

import argparse
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command, **kwargs):
    before, start = children_cpu(), time.time()
    done = subprocess.run(command, capture_output=True, text=True, **kwargs)
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
    return children_cpu() - before, time.time() - start, done.stdout


DATATROVE = r'''
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature, MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.typeshelper import Languages

if __name__ == "__main__":
    work = sys.argv[1]
    config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, hashes_per_bucket=8, n_grams=3)
    reader = JsonlReader(work + "/in", text_key="text", id_key="id")
    common = dict(workers=1, skip_completed=False)  # in this process: its CPU time is counted
    LocalPipelineExecutor([reader, MinhashDedupSignature(output_folder=work + "/sig", config=config, language=Languages.english)],
                          tasks=2, logging_dir=work + "/log1", **common).run()
    LocalPipelineExecutor([MinhashDedupBuckets(input_folder=work + "/sig", output_folder=work + "/buckets", config=config)],
                          tasks=14, logging_dir=work + "/log2", **common).run()
    LocalPipelineExecutor([MinhashDedupCluster(input_folder=work + "/buckets", output_folder=work + "/remove", config=config)],
                          tasks=1, logging_dir=work + "/log3", **common).run()
    LocalPipelineExecutor([reader, MinhashDedupFilter(input_folder=work + "/remove"), JsonlWriter(work + "/out")],
                          tasks=2, logging_dir=work + "/log4", **common).run()
'''


def publish(rows, like, made):
    """Writes rows as a published table: a run copied, with its data and its counts replaced."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = rows.set_column(rows.schema.get_field_index("origin"), "origin", pa.array(["reddit"] * len(rows)))
    (made / "data" / "origin=reddit").mkdir(parents=True)
    half = (len(rows) + 1) // 2
    for part in range(2):
        pq.write_table(rows.slice(part * half, half), made / "data" / "origin=reddit" / f"part-{part}.parquet", compression="zstd")
    shutil.copytree(like / "__meta__", made / "__meta__", ignore=shutil.ignore_patterns(".*.crc"))
    manifest = json.loads((made / "__meta__" / "manifest.json").read_text())
    manifest["rows"] = {"reddit": len(rows)}
    (made / "__meta__" / "manifest.json").write_text(json.dumps(manifest))


def ours(lake):
    """CPU-seconds, seconds, rows kept, and what the job said, of a whole process."""
    cpu, wall, _ = timed(
        [str(ROOT / "jobs/bin/ccpairs"), "dedup", "--in", str(lake / "clean"), "--out", str(lake),
         "--set", "dedup.passages=false", "--", "--master", "local[2]", "--driver-memory", "5g"],
        env=os.environ | {"CCPAIRS_NO_BUILD": "1"})
    unique = next((lake / "unique").glob("run=*"))
    return cpu, wall, json.loads((unique / "__meta__" / "manifest.json").read_text())["rows"]["reddit"]


def grown(rows, count):
    """So many rows: the given ones, then copies whose words all end in the number of the copy."""
    import hashlib
    import pyarrow as pa

    parts = [rows.slice(0, count)]
    left, copy = count - len(parts[0]), 0
    while left > 0:
        copy += 1
        some = rows.slice(0, left)
        for name in ("query", "passage"):
            changed = [text.replace(" ", f"{copy} ") + str(copy) for text in some[name].to_pylist()]
            some = some.set_column(some.schema.get_field_index(name), name, pa.array(changed))
        ids = [hashlib.md5(f"{key}/{copy}".encode()).hexdigest() for key in some["pair_id"].to_pylist()]
        parts.append(some.set_column(some.schema.get_field_index("pair_id"), "pair_id", pa.array(ids)))
        left -= len(some)
    return pa.concat_tables(parts)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--table", required=True)
    options.add_argument("--rows", type=int, default=600_000)
    options.add_argument("--grow", type=int, nargs="+", help="instead: ccpairs alone on so many rows each")
    options.add_argument("--work", default="/tmp/ccpairs-dedup-bench")
    options.add_argument("--python", default=sys.executable)
    given = options.parse_args()
    import pyarrow.dataset as ds

    work = Path(given.work)
    shutil.rmtree(work, ignore_errors=True)
    run = max(Path(given.table).glob("run=*"), key=os.path.getmtime)
    table = ds.dataset(run / "data", format="parquet")
    if given.grow:
        for count in given.grow:
            publish(grown(table.head(count), count), run, work / str(count) / "clean" / "run=bench")
            cpu, wall, kept = ours(work / str(count))
            print(f"{count:10} rows  {cpu:7.1f} CPU-s  {wall:6.1f} s  dropped {count - kept}", flush=True)
            shutil.rmtree(work / str(count))
        return
    rows = table.head(given.rows)
    (work / "in").mkdir(parents=True)
    half = (len(rows) + 1) // 2
    for part in range(2):
        with open(work / "in" / f"{part}.jsonl", "w") as out:
            piece = rows.slice(part * half, half)
            for key, text in zip(piece["pair_id"].to_pylist(), piece["passage"].to_pylist()):
                out.write(json.dumps({"id": key, "text": text}) + "\n")
    publish(rows, run, work / "lake" / "clean" / "run=bench")
    publish(rows.slice(0, 1000), run, work / "little" / "clean" / "run=bench")
    megabytes = sum(len(text.encode()) for text in rows["passage"].to_pylist()) / 1e6
    print(f"{len(rows)} passages, {megabytes:.1f} MB", flush=True)

    start, wall, _ = ours(work / "little")
    print(f"ccpairs    {start:7.1f} CPU-s  {wall:6.1f} s  on 1000 passages: Spark's start and compilation", flush=True)
    cpu, wall, kept = ours(work / "lake")
    print(f"ccpairs    {cpu:7.1f} CPU-s  {wall:6.1f} s  dropped {len(rows) - kept}", flush=True)
    script = work / "run_datatrove.py"
    script.write_text(DATATROVE)
    peer, wall, _ = timed([given.python, str(script), str(work)])
    kept = sum(1 for path in (work / "out").glob("*.gz") for _ in gzip.open(path))
    print(f"datatrove  {peer:7.1f} CPU-s  {wall:6.1f} s  dropped {len(rows) - kept}")
    print(f"datatrove's CPU-seconds by ours: {peer / cpu:.2f}, without Spark's start {peer / (cpu - start):.2f}")


if __name__ == "__main__":
    main()
