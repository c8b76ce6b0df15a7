"""Calls of jobs/bin/ccpairs, and what its tables say."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONF = HERE / "study.conf"
PROGRAM = os.environ.get("CCPAIRS", str(HERE.parents[1] / "jobs/bin/ccpairs"))


def ccpairs(*words, spark=(), capture=False):
    """Runs one job; its output goes to ours, or is the result."""
    line = [PROGRAM, *map(str, words), *(["--", *spark] if spark else [])]
    start = time.time()
    if not capture:
        print("\n$ ccpairs " + " ".join(map(str, words)), flush=True)
    done = subprocess.run(line, check=False, text=True, stdout=subprocess.PIPE if capture else None)
    if done.returncode:
        sys.exit(f"ccpairs {words[0]} ended with {done.returncode}")
    if not capture:
        used = os.times()
        print(f"  {time.time() - start:.0f} s, {used.children_user + used.children_system:.0f} CPU-seconds so far", flush=True)
    return done.stdout


def sets(settings):
    return [word for setting in settings for word in ("--set", setting)]


def manifest(run):
    return json.loads((run / "__meta__/manifest.json").read_text())


def first_run(table):
    """The oldest published run of a table."""
    return min((file.parents[1] for file in Path(table).glob("run=*/__meta__/manifest.json")), key=lambda run: manifest(run)["sequence"])


def rows(table, columns, spark=()):
    """Rows of a run, dropped ones too."""
    views = f"select {columns}, true as kept from kept union all select {columns}, false as kept from dropped"
    return [json.loads(line) for line in ccpairs("inspect", table, "--json", "--sql", views, spark=spark, capture=True).splitlines()
            if line.startswith("{")]


def truth(corpus):
    """Origin and source id of the pairs that were planted wrong."""
    return {(file.name.split("-")[0], entry["source_id"])
            for file in Path(corpus, "truth").glob("*.ndjson")
            for entry in map(json.loads, file.read_text().splitlines()) if entry["label"] == "wrong"}
