#!/usr/bin/env python3
"""Mining beside other tools: whole processes, on the same files, in turn, CPU-seconds of all their threads and children.

Usage: mine.py DATA WORK [--mb N] [--rounds N]
  DATA  folder with the real dumps (wikipedia/, stackexchange/, reddit/), which are repeated to the size asked for
  WORK  scratch folder; inputs are kept there

Needs wikiextractor, gensim, lxml, pyarrow and zstandard from PyPI. Start it from a built checkout.
"""
import argparse
import bz2
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CCPAIRS = [os.path.join(ROOT, "jobs", "bin", "ccpairs")]


def measure(command, **kwargs):
    """(wall seconds, CPU seconds of the command and all its children)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.time()
    with open(os.path.join(WORK, "log"), "ab") as log:
        subprocess.run(command, check=True, stdout=log, stderr=log, **kwargs)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.time() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def wikipedia(mb):
    path = os.path.join(WORK, "enwiki-%dmb-pages-articles-multistream.xml.bz2" % mb)
    if not os.path.exists(path):
        name = [f for f in os.listdir(os.path.join(DATA, "wikipedia")) if f.startswith("enwiki-latest")][0]
        text = bz2.open(os.path.join(DATA, "wikipedia", name)).read().decode()
        head = text[: text.index("<page>")]
        pages = re.findall(r"  <page>.*?</page>\n", text, re.S)
        with open(path + ".tmp", "wb") as out:
            out.write(bz2.compress(head.encode()))
            size, copy = 0, 0
            while size < mb * 1e6:
                chunk = []
                for page in pages:
                    page = re.sub(r"<id>(\d+)</id>", lambda m: "<id>%d</id>" % (int(m.group(1)) + copy * 10_000_000), page, count=1)
                    page = re.sub(r"<title>(.*?)</title>", lambda m: "<title>%s %d</title>" % (m.group(1), copy), page, count=1)
                    chunk.append(page)
                data = "".join(chunk).encode()
                out.write(bz2.compress(data))
                size += len(data)
                copy += 1
            out.write(bz2.compress(b"</mediawiki>\n"))
        os.rename(path + ".tmp", path)
    return path


def posts(mb):
    folder = os.path.join(WORK, "bench%d.stackexchange.com" % mb)
    path = os.path.join(folder, "Posts.xml")
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        raw = bz2.open(os.path.join(DATA, "stackexchange", "matheducators.stackexchange.com", "Posts.xml.bz2")).read().decode("utf-8-sig")
        rows = [line for line in raw.splitlines() if line.strip().startswith("<row")]
        with open(path, "w", encoding="utf-8") as out:
            out.write('<?xml version="1.0" encoding="utf-8"?>\n<posts>\n')
            copy = 0
            while out.tell() < mb * 1e6:
                shift = copy * 1_000_000
                for row in rows:
                    row = re.sub(r'\b(Id|ParentId|AcceptedAnswerId)="(\d+)"', lambda m: '%s="%d"' % (m.group(1), int(m.group(2)) + shift), row)
                    out.write(row + "\n")
                copy += 1
            out.write("</posts>\n")
    return path


def reddit(mb):
    folder = os.path.join(WORK, "reddit%d" % mb)
    if not os.path.exists(folder):
        import zstandard

        os.makedirs(folder + ".tmp", exist_ok=True)
        for kind in ("submissions", "comments"):
            source = os.path.join(DATA, "reddit", "ufc_%s.zst" % kind)
            lines = zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(open(source, "rb")).read().decode().splitlines()
            target = os.path.join(folder + ".tmp", ("RS" if kind == "submissions" else "RC") + "_2018-10.ndjson")
            with open(target, "w", encoding="utf-8") as out:
                copies = int(mb * 1e6 / 1_330_000) + 1
                for copy in range(copies):
                    tag = "%x" % copy
                    for line in lines:
                        record = json.loads(line)
                        for key in ("id", "name", "link_id", "parent_id"):
                            if record.get(key):
                                record[key] = record[key] + tag
                        out.write(json.dumps(record) + "\n")
        os.rename(folder + ".tmp", folder)
    return folder


PEERS = {
    # Reads every row and decodes its attributes; makes nothing of them.
    "lxml iterparse": """
import sys
from lxml import etree
n = 0
for event, element in etree.iterparse(sys.argv[1], tag="row", huge_tree=True):
    n += len(dict(element.attrib))
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
""",
    # The same job as ours with the usual Python libraries: rows, HTML to text, join in memory, Parquet.
    "lxml to Parquet": """
import sys
from lxml import etree, html
import pyarrow as pa, pyarrow.parquet as pq
questions, answers = {}, []
def text(body):
    return html.fromstring(body).text_content().strip() if body.strip() else ""
for event, element in etree.iterparse(sys.argv[1], tag="row", huge_tree=True):
    a = element.attrib
    if a["PostTypeId"] == "1":
        questions[a["Id"]] = a["Title"] + "\\n" + text(a["Body"])
    elif a["PostTypeId"] == "2" and int(a["Score"]) >= 1:
        answers.append((a["ParentId"], text(a["Body"]), int(a["Score"]), a["Id"], a["CreationDate"]))
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
rows = [(questions[q], t, s, i, d) for q, t, s, i, d in answers if q in questions]
cols = list(zip(*rows))
pq.write_table(pa.table(dict(zip(["query", "passage", "votes", "id", "created"], cols))), sys.argv[2], compression="zstd")
""",
    "Python json": """
import sys, json, os
n = 0
for name in os.listdir(sys.argv[1]):
    for line in open(os.path.join(sys.argv[1], name), encoding="utf-8"):
        n += len(json.loads(line))
""",
    "json to Parquet": """
import sys, json, os
import pyarrow as pa, pyarrow.parquet as pq
posts, comments = {}, []
for name in sorted(os.listdir(sys.argv[1]), reverse=True):
    for line in open(os.path.join(sys.argv[1], name), encoding="utf-8"):
        r = json.loads(line)
        if "selftext" in r:
            posts["t3_" + r["id"]] = r["title"] + "\\n" + r["selftext"]
        elif r["parent_id"] == r["link_id"] and int(r.get("score") or 0) >= 1 and r["body"] not in ("[deleted]", "[removed]") and len(r["body"]) <= 4096:
            comments.append((r["link_id"], r["body"], int(r["score"]), r["id"], int(r["created_utc"])))
rows = [(posts[p], b, s, i, d) for p, b, s, i, d in comments if p in posts]
cols = list(zip(*rows))
pq.write_table(pa.table(dict(zip(["query", "passage", "votes", "id", "created"], cols))), sys.argv[2], compression="zstd")
""",
}


def ours(option, path):
    # Overwriting, or the second round would find the run up to date.
    return CCPAIRS + ["mine", option, path, "--out", os.path.join(WORK, "out"), "--on-existing", "overwrite"]


def compare(title, size, unit, runs, rounds):
    """Runs the commands in turn and prints medians; the ratio is of units per CPU-second."""
    times = {name: [] for name, _ in runs}
    for _ in range(rounds):
        for name, command in runs:
            times[name].append(measure(command))
    base = statistics.median(cpu for _, cpu in times[runs[0][0]])
    print("\n%s: %s %s" % (title, format(size, ",.1f"), unit))
    print("%-20s %10s %10s %18s %8s" % ("", "wall s", "CPU s", unit + "/CPU s", "ours/it"))
    for name, _ in runs:
        wall = statistics.median(w for w, _ in times[name])
        cpu = statistics.median(c for _, c in times[name])
        print("%-20s %10.1f %10.1f %18.2f %8.2f" % (name, wall, cpu, size / cpu, cpu / base))
    sys.stdout.flush()


def main():
    global DATA, WORK
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("work")
    parser.add_argument("--mb", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="*", default=[50, 200, 1000], help="MB, for the table by size")
    parser.add_argument("--only", default="wikipedia,posts,reddit,scale")
    args = parser.parse_args()
    DATA, WORK = os.path.abspath(args.data), os.path.abspath(args.work)
    os.makedirs(WORK, exist_ok=True)
    python = sys.executable
    # Builds, and prepares what is prepared once for a build.
    fixtures = os.path.join(ROOT, "test-resources", "wikipedia")
    measure(ours("--wikipedia", fixtures))
    if "wikipedia" in args.only:
        dump = wikipedia(args.mb)
        pages = bz2.open(dump).read().count(b"<page>")
        compare(
            "Wikipedia, %d MB of XML in bz2" % args.mb,
            pages,
            "pages",
            [
                ("ccpairs mine", ours("--wikipedia", dump)),
                ("wikiextractor", [python, "-m", "wikiextractor.WikiExtractor", "--json", "--no-templates", "--processes", "1", "-q", "-o", os.path.join(WORK, "we"), dump]),
                ("gensim segment_wiki", [python, "-m", "gensim.scripts.segment_wiki", "-w", "1", "-f", dump, "-o", os.path.join(WORK, "gensim.json.gz")]),
            ],
            args.rounds,
        )
    if "posts" in args.only:
        path = posts(args.mb)
        compare(
            "Stack Exchange, Posts.xml",
            os.path.getsize(path) / 1e6,
            "MB",
            [("ccpairs mine", ours("--stackexchange", path))]
            + [(name, [python, "-c", PEERS[name], path, os.path.join(WORK, "peer.parquet")]) for name in ("lxml iterparse", "lxml to Parquet")],
            args.rounds,
        )
    if "reddit" in args.only:
        folder = reddit(args.mb)
        size = sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)) / 1e6
        compare(
            "Reddit, NDJSON",
            size,
            "MB",
            [("ccpairs mine", ours("--reddit", folder))]
            + [(name, [python, "-c", PEERS[name], folder, os.path.join(WORK, "peer.parquet")]) for name in ("Python json", "json to Parquet")],
            args.rounds,
        )
    if "scale" in args.only:
        print("\nThroughput by size (CPU of the whole process, start included)")
        for mb in args.sizes:
            for option, path in (("--wikipedia", wikipedia(mb)), ("--stackexchange", posts(mb)), ("--reddit", reddit(mb))):
                wall, cpu = measure(ours(option, path))
                print("%-16s %6d MB: %6.1f s wall, %6.1f CPU s, %6.2f MB per CPU-second" % (option, mb, wall, cpu, mb / cpu))


if __name__ == "__main__":
    main()
