#!/usr/bin/env python3
"""Page text beside wikiextractor's, on the same dump: how much of each other's words do they share?

Usage: wikipedia_text.py DUMP.xml.bz2 WORK
Mines the dump with every section kept, joins the sections of a page, and compares with wikiextractor's text of the page:
the ratio of matching words (difflib, without junk heuristics). Needs wikiextractor and pyarrow from PyPI.
"""
import difflib
import glob
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

import pyarrow.parquet as pq

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def words(text):
    text = re.sub(r"<[^>]*>|formula_\d+", " ", text)
    return re.findall(r"\w+", text)


def main():
    dump, work = sys.argv[1], sys.argv[2]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    subprocess.run(
        [os.path.join(ROOT, "jobs", "bin", "ccpairs"), "mine", "--wikipedia", dump, "--out", os.path.join(work, "ours"),
         "--set", "mine.dropped=all", "--set", "mine.wikipedia.min-lead-chars=1", "--set", "mine.wikipedia.min-section-chars=1",
         "--set", "mine.wikipedia.max-passage-chars=10000000"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-m", "wikiextractor.WikiExtractor", "--json", "--no-templates", "--processes", "1", "-q",
                    "-o", os.path.join(work, "theirs"), dump], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ours = {}
    for file in glob.glob(os.path.join(work, "ours", "pairs", "*", "data", "*", "*.parquet")):
        for row in pq.read_table(file).to_pylist():
            page, ordinal = row["source_id"].split(":")[1].split("#")
            ours.setdefault(page, []).append((int(ordinal), row["query"], row["passage"]))
    theirs = {}
    for file in glob.glob(os.path.join(work, "theirs", "*", "*")):
        for line in open(file, encoding="utf-8"):
            page = json.loads(line)
            theirs[page["id"]] = page
    ratios = []
    for page, sections in ours.items():
        if page not in theirs or not theirs[page]["text"]:
            continue
        text = "\n".join((q.split(" > ")[-1].split(": ")[-1] + "\n" if n else "") + p for n, q, p in sorted(sections))
        a, b = words(text), words(theirs[page]["text"])
        matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
        matched = sum(block.size for block in matcher.get_matching_blocks())
        ratios.append((matched / max(1, len(b)), 2.0 * matched / max(1, len(a) + len(b)), theirs[page]["title"], len(a), len(b)))
    ratios.sort()
    print("pages in both: %d; only ours: %d; only theirs: %d" % (len(ratios), len(set(ours) - set(theirs)), len(set(theirs) - set(ours))))
    print("of their words in ours: mean %.4f, median %.4f" % (statistics.mean(r[0] for r in ratios), statistics.median(r[0] for r in ratios)))
    print("ratio both ways:        mean %.4f, median %.4f" % (statistics.mean(r[1] for r in ratios), statistics.median(r[1] for r in ratios)))
    for r in ratios[:12]:
        print("%.4f %.4f  ours %6d words, theirs %6d  %s" % (r[0], r[1], r[3], r[4], r[2]))


if __name__ == "__main__":
    main()
