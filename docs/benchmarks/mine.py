#!/usr/bin/env python3
"""Mining beside other tools: whole processes, on the same files, in turn, CPU-seconds of all their threads and children.

Usage: mine.py DATA WORK [--mb N] [--sizes N ...] [--rounds N] [--only SOURCES] [--parts TABLES]
  DATA  folder with the real dumps (wikipedia/, stackexchange/, reddit/), which are repeated to the size asked for
  WORK  scratch folder; inputs are kept there

Needs wikiextractor, gensim, lxml, inscriptis, html2text, markdown-it-py, mistune, orjson, pyarrow and zstandard from PyPI. Start it
from a built checkout. Before times are taken, the forums' outputs are compared with ours: how many pairs, and which share of
the peer's words stands in our texts of the same answers, and the other way round.
"""
import argparse
import bz2
import collections
import glob
import json
import os
import re
import resource
import shutil
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


POSTS = """
import sys
from lxml import etree, html
import pyarrow as pa, pyarrow.parquet as pq
%s
questions, answers = {}, []
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
"""

REDDIT = """
import sys, json, os, html as htmllib
import pyarrow as pa, pyarrow.parquet as pq
%s
posts, comments = {}, []
for name in sorted(os.listdir(sys.argv[1]), reverse=True):
    for line in open(os.path.join(sys.argv[1], name), encoding="utf-8"):
        r = json.loads(line)
        if "selftext" in r:
            posts["t3_" + r["id"]] = text(r["title"]) + "\\n" + text(r["selftext"])
        elif r["parent_id"] == r["link_id"] and int(r.get("score") or 0) >= 1 and r["body"] not in ("[deleted]", "[removed]") and len(r["body"]) <= 4096:
            comments.append((r["link_id"], text(r["body"]), int(r["score"]), r["id"], int(r["created_utc"])))
rows = [(posts[p], b, s, i, d) for p, b, s, i, d in comments if p in posts]
cols = list(zip(*rows))
pq.write_table(pa.table(dict(zip(["query", "passage", "votes", "id", "created"], cols))), sys.argv[2], compression="zstd")
"""

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
    # Rows, join in memory, Parquet; the text is all character data of the HTML, without lines for blocks and lists.
    "lxml, text_content": POSTS % "def text(body): return html.fromstring(body).text_content().strip() if body.strip() else ''",
    # The same with text that has lines for paragraphs, list items and code, as ours has.
    "lxml, inscriptis": POSTS
    % "from inscriptis import get_text\ndef text(body): return get_text(body).strip() if body.strip() else ''",
    "lxml, html2text": POSTS
    % "import html2text\nh = html2text.HTML2Text(); h.ignore_links = h.ignore_images = h.ignore_emphasis = True; h.body_width = 0\ndef text(body): return h.handle(body).strip()",
    "Python json": """
import sys, json, os
n = 0
for name in os.listdir(sys.argv[1]):
    for line in open(os.path.join(sys.argv[1], name), encoding="utf-8"):
        n += len(json.loads(line))
""",
    # Join in memory, Parquet; Markdown stays as it is.
    "json, Markdown left": REDDIT % "def text(markdown): return markdown",
    # The same with Markdown turned to text, as ours is.
    "json, markdown-it": REDDIT
    % """from markdown_it import MarkdownIt
md = MarkdownIt("commonmark").enable("strikethrough")
def text(markdown):
    lines = []
    for token in md.parse(htmllib.unescape(markdown)):
        if token.type == "inline":
            lines.append("".join("\\n" if t.type in ("softbreak", "hardbreak") else t.content for t in token.children if t.type != "html_inline"))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.rstrip())
    return "\\n".join(lines)""",
    "json, mistune": REDDIT
    % """import mistune
from lxml import html
md = mistune.create_markdown(plugins=["strikethrough"])
def text(markdown):
    made = md(htmllib.unescape(markdown))
    return html.fromstring(made).text_content().strip() if made.strip() else ''""",
}


def ours(option, path):
    # Overwriting, or the second round would find the run up to date.
    return CCPAIRS + ["mine", option, path, "--out", os.path.join(WORK, "out"), "--on-existing", "overwrite"]


def fresh(option, path):
    """Files of the table that we make of a dump, alone in its folder"""
    shutil.rmtree(os.path.join(WORK, "out"), ignore_errors=True)
    measure(ours(option, path))
    return glob.glob(os.path.join(WORK, "out", "pairs", "run=*", "data", "*", "*.parquet"))


def peer(name, path):
    return [sys.executable, "-c", PEERS[name], path, os.path.join(WORK, "peer.parquet")]


def passages(files):
    """Passages by their record's number or name"""
    import pyarrow.parquet as pq

    texts = {}
    for file in files:
        table = pq.ParquetFile(file).read()
        key = "source_id" if "source_id" in table.column_names else "id"
        texts.update(zip((re.sub(r".*/|t1_", "", i) for i in table[key].to_pylist()), table["passage"].to_pylist()))
    return texts


def compare_texts(option, path, names):
    """Our pairs beside a peer's of the same small dump"""
    mine = passages(fresh(option, path))
    print("\nOutputs: %d pairs of ours" % len(mine))
    for name in names:
        measure(peer(name, path))
        theirs = passages([os.path.join(WORK, "peer.parquet")])
        both = mine.keys() & theirs.keys()
        words = lambda text: collections.Counter(re.findall(r"\w+", text))
        ours_only = theirs_only = common = 0
        for key in both:
            a, b = words(mine[key]), words(theirs[key])
            shared = sum((a & b).values())
            common += shared
            ours_only += sum(a.values()) - shared
            theirs_only += sum(b.values()) - shared
        print(
            "  %-20s %d pairs, %d of them also ours; of its words %.2f %% are ours, of our words %.2f %% its own"
            % (name, len(theirs), len(both), 100 * common / max(1, common + theirs_only), 100 * common / max(1, common + ours_only))
        )


def limits(dump, posts_xml, folder):
    """What no tool can go below: starting, decompression, tokenising, writing the table"""
    import pyarrow as pa
    import pyarrow.parquet as pq

    print("\nLimits, CPU s")
    fixtures = os.path.join(ROOT, "test-resources", "wikipedia")
    print("  Spark started, a few kilobytes mined: %.1f s wall, %.1f CPU s" % measure(ours("--wikipedia", fixtures)))
    for title, code, path, size in (
        ("bzip2 in C (Python's bz2), decoded and no more", "import bz2, sys\nf = bz2.open(sys.argv[1])\nwhile f.read(1 << 20): pass", dump, counts(dump)["bytes"]),
        (
            "XML in C (expat without handlers), tokenised and no more",
            "import sys, xml.parsers.expat as e\ne.ParserCreate().ParseFile(open(sys.argv[1], 'rb'))",
            posts_xml,
            os.path.getsize(posts_xml),
        ),
        (
            "JSON in Rust (orjson), lines to objects and no more",
            "import sys, os, orjson\nfor f in os.listdir(sys.argv[1]):\n    for line in open(os.path.join(sys.argv[1], f), 'rb'): orjson.loads(line)",
            folder,
            bytes_of(folder),
        ),
    ):
        wall, cpu = measure([sys.executable, "-c", code, path])
        print("  %s: %.1f CPU s, %.0f MB/CPU s" % (title, cpu, size / 1e6 / cpu))
    table = pa.concat_tables(pq.ParquetFile(f).read() for f in fresh("--wikipedia", dump))
    start = time.process_time()
    pq.write_table(table, os.path.join(WORK, "limit.parquet"), compression="zstd")
    print("  pyarrow writes our table of %d pairs of Wikipedia: %.1f CPU s" % (len(table), time.process_time() - start))
    sys.stdout.flush()


def bytes_of(folder):
    return sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder))


def counts(dump):
    """Pages and bytes of XML in a dump; counted once"""
    path = dump + ".counts"
    if not os.path.exists(path):
        pages = size = 0
        with bz2.open(dump) as lines:
            for line in lines:
                size += len(line)
                pages += b"<page>" in line
        with open(path, "w") as out:
            json.dump({"pages": pages, "bytes": size}, out)
    return json.load(open(path))


SOURCES = (
    ("wikipedia", "--wikipedia", wikipedia, lambda path: counts(path)["bytes"]),
    ("posts", "--stackexchange", posts, os.path.getsize),
    ("reddit", "--reddit", reddit, bytes_of),
)


def scale(sizes, rounds, only):
    """Our CPU by size, start included, and the rate at which the next megabyte is done"""
    print("\nBy size: CPU of the whole process, start included")
    for source, option, make, size in SOURCES:
        if source not in only:
            continue
        paths = [make(mb) for mb in sizes]
        runs = [[] for _ in paths]
        for _ in range(rounds):
            for path, times in zip(paths, runs):
                times.append(measure(ours(option, path)))
                print("  %-20s %10.1f s wall %10.1f CPU s" % ((os.path.basename(path),) + times[-1]), flush=True)
        last = None
        for path, times in zip(paths, runs):
            mb, wall, cpu = size(path) / 1e6, statistics.median(w for w, _ in times), statistics.median(c for _, c in times)
            more = "" if last is None else ", %6.1f since the size before" % ((mb - last[0]) / (cpu - last[1]))
            print("%-10s %7.1f MB: %6.1f s wall, %6.1f CPU s, %6.1f MB per CPU s%s" % (source, mb, wall, cpu, mb / cpu, more))
            last = mb, cpu
        sys.stdout.flush()


def session(sizes, rounds, only):
    """Our CPU by size where the process runs already and has read each size once: neither start nor compiler in it"""
    print("\nBy size, in a process that is running")
    todo = []
    for source, option, make, size in SOURCES:
        if source in only:
            for mb in sizes:
                path = make(mb)
                todo.append((source, size(path) / 1e6, ours(option, path)[1:]))
    lines = os.path.join(WORK, "session.tsv")
    with open(lines, "w") as out:
        out.writelines("\t".join(words) + "\n" for _, _, words in todo)
    target = os.path.join(ROOT, "jobs", "target")
    classes = os.path.join(target, "test-classes")
    if not os.path.exists(os.path.join(classes, "io", "ccpairs", "jobs", "cli", "SessionBenchmark.class")):
        subprocess.run(["mvn", "-q", "-Pbenchmarks", "-pl", "pipeline-core,jobs", "test-compile"], cwd=ROOT, check=True)
    # As the launcher has it on two cores.
    options = ["-XX:Tier4InvocationThreshold=40000", "-XX:Tier4MinInvocationThreshold=4800", "-XX:Tier4CompileThreshold=120000"]
    options += ["-XX:Tier4BackEdgeThreshold=320000", "-XX:FreqInlineSize=120", "-XX:+UseSerialGC", "-Xmx4g"]
    spark = ["-Dspark.master=local[2]", "-Dspark.ui.enabled=false", "-Dspark.ui.showConsoleProgress=false"]
    settings = ["@" + os.path.join(ROOT, "conf", "java.options"), "-Dlog4j2.configurationFile=" + os.path.join(ROOT, "conf", "log4j2.properties")]
    jars = os.pathsep.join([os.path.join(target, "ccpairs.jar"), classes, os.path.join(target, "spark-home", "jars", "*")])
    command = ["java"] + settings + options + spark + ["-cp", jars, "io.ccpairs.jobs.cli.SessionBenchmark", lines, str(rounds)]
    runs = [[] for _ in todo]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}) as process:
        for row in process.stdout:
            print("  " + row.strip(), flush=True)
            row = json.loads(row)
            if row["round"]:
                runs[row["line"]].append((row["wall"], row["cpu"]))
    if process.returncode:
        sys.exit(process.returncode)
    for (source, mb, _), times in zip(todo, runs):
        wall, cpu = statistics.median(w for w, _ in times), statistics.median(c for _, c in times)
        print("%-10s %7.1f MB: %6.2f s wall, %6.2f CPU s, %6.1f MB per CPU s" % (source, mb, wall, cpu, mb / cpu))
    sys.stdout.flush()


def compare(title, size, unit, runs, rounds):
    """Runs the commands in turn and prints medians; the ratio is of units per CPU-second."""
    times = {name: [] for name, _ in runs}
    for _ in range(rounds):
        for name, command in runs:
            times[name].append(measure(command))
            print("  %-20s %10.1f s wall %10.1f CPU s" % ((name,) + times[name][-1]), flush=True)
    base = statistics.median(cpu for _, cpu in times[runs[0][0]])
    print("\n%s: %s %s" % (title, format(size, ",.0f"), unit))
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
    parser.add_argument("--sizes", type=int, nargs="*", default=[50, 200, 400, 1000], help="MB, for the table by size")
    parser.add_argument("--only", default="wikipedia,posts,reddit", help="sources")
    parser.add_argument("--parts", default="peers,limits,scale,session", help="tables")
    args = parser.parse_args()
    DATA, WORK = os.path.abspath(args.data), os.path.abspath(args.work)
    os.makedirs(WORK, exist_ok=True)
    python = sys.executable
    # Builds, and prepares what is prepared once for a build.
    fixtures = os.path.join(ROOT, "test-resources", "wikipedia")
    measure(ours("--wikipedia", fixtures))
    peers = args.only if "peers" in args.parts else ""
    if "wikipedia" in peers:
        dump = wikipedia(args.mb)
        compare(
            "Wikipedia, %.1f MB of XML in bz2" % (counts(dump)["bytes"] / 1e6),
            counts(dump)["pages"],
            "pages",
            [
                ("ccpairs mine", ours("--wikipedia", dump)),
                ("wikiextractor", [python, "-m", "wikiextractor.WikiExtractor", "--json", "--no-templates", "--processes", "1", "-q", "-o", os.path.join(WORK, "we"), dump]),
                ("gensim segment_wiki", [python, "-m", "gensim.scripts.segment_wiki", "-w", "1", "-f", dump, "-o", os.path.join(WORK, "gensim.json.gz")]),
            ],
            args.rounds,
        )
    if "posts" in peers:
        path = posts(args.mb)
        names = ["lxml, text_content", "lxml, inscriptis", "lxml, html2text"]
        compare_texts("--stackexchange", posts(2), names)
        compare(
            "Stack Exchange, Posts.xml",
            os.path.getsize(path) / 1e6,
            "MB",
            [("ccpairs mine", ours("--stackexchange", path))]
            + [(name, peer(name, path)) for name in ["lxml iterparse"] + names],
            args.rounds,
        )
    if "reddit" in peers:
        folder = reddit(args.mb)
        names = ["json, Markdown left", "json, markdown-it", "json, mistune"]
        compare_texts("--reddit", reddit(2), names)
        compare(
            "Reddit, NDJSON",
            bytes_of(folder) / 1e6,
            "MB",
            [("ccpairs mine", ours("--reddit", folder))]
            + [(name, peer(name, folder)) for name in ["Python json"] + names],
            args.rounds,
        )
    if "limits" in args.parts:
        limits(wikipedia(args.mb), posts(args.mb), reddit(args.mb))
    if "scale" in args.parts:
        scale(args.sizes, args.rounds, args.only)
    if "session" in args.parts:
        session(args.sizes, args.rounds, args.only)


if __name__ == "__main__":
    main()
