"""Kills a training again and again, as a machine would, and compares its end with that of an undisturbed one.

    python docs/checks/killed_training.py SHARDS WORK [KILLS]

SHARDS is a table of shards of small batches (ccpairs shard --batch 64), WORK an empty folder. Each kill is SIGKILL at a moment drawn
by hash: while the JVM starts, while words are counted, within steps, within checkpoints. The same command goes on each time. Exits with 1
unless both models have the same bytes and every step has one line of figures.
"""

import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
STEPS_A_KILL = 12


def start(shards, out, steps):
    settings = {"pretrain.steps": steps, "pretrain.warmup-steps": 10, "pretrain.threads": 1, "pretrain.run.checkpoint-steps": 4,
                "pretrain.run.log-steps": 1, "model.hidden": 32, "model.layers": 1, "model.heads": 2}
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    return subprocess.Popen([ROOT / "jobs/bin/ccpairs", "pretrain", "--new", "tiny", "--in", shards, "--out", out, *words],
                            process_group=0, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def figures(folder):
    """The last step that has a line of figures."""
    return max((int(path.stem) for path in (folder / "metrics").glob("[0-9]*.json")), default=0)


def checkpoint(folder):
    """The step of the newest whole checkpoint."""
    return max((int(path.parent.name[5:]) for path in (folder / "checkpoints").glob("step-*/trainer_state.json")), default=0)


def draw(word, below):
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") / 2**32 * below


def main(shards, work, kills=20):
    work, kills = pathlib.Path(work), int(kills)
    steps = STEPS_A_KILL * (kills + 1)
    if start(shards, work / "quiet", steps).wait() != 0:
        sys.exit("the undisturbed training failed")
    folder = work / "killed.training"
    for kill in range(kills):
        process = start(shards, work / "killed", steps)
        before = figures(folder)
        early = kill % 5 == 0  # as it starts
        while not early and figures(folder) <= before and process.poll() is None:
            time.sleep(0.05)
        time.sleep(draw(f"wait {kill}", 10 if early else 1.5))
        os.killpg(process.pid, signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            sys.exit(f"kill {kill + 1}: it had ended")
        print(f"kill {kill + 1}: figures up to step {figures(folder)}, newest checkpoint "
              f"{checkpoint(folder)}", flush=True)
    if start(shards, work / "killed", steps).wait() != 0:
        sys.exit("the killed training does not go on")
    ends = []
    for name in ("quiet", "killed"):
        lines = (work / name / "training/metrics.jsonl").read_text().splitlines()
        assert [json.loads(line)["step"] for line in lines] == list(range(1, steps + 1)), name
        ends.append((hashlib.sha256((work / name / "model.safetensors").read_bytes()).hexdigest(),
                     [json.loads(line)["loss"] for line in lines]))
    print(f"{kills} kills, {steps} steps: weights {'the same' if ends[0][0] == ends[1][0] else 'DIFFER'}, losses "
          f"{'the same' if ends[0][1] == ends[1][1] else 'DIFFER'}; {ends[0][0]}")
    sys.exit(ends[0] != ends[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
