"""Reads the event file of a training with TensorBoard's own reader and compares every curve with metrics.jsonl.

    pip install tensorboard
    python docs/checks/tensorboard_curves.py MODEL

MODEL is a trained model's folder. Exits with 1 where a point is missing or differs beyond float32.
"""

import json
import math
import pathlib
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

training = pathlib.Path(sys.argv[1]) / "training"
lines = [json.loads(line) for line in (training / "metrics.jsonl").read_text().splitlines()]
events = EventAccumulator(str(training), size_guidance={"scalars": 0})
events.Reload()
names = events.Tags()["scalars"]
assert set(names) == set(lines[0]) - {"step", "time", "eta_seconds"}, names
for name in names:
    points = [(point.step, point.value) for point in events.Scalars(name)]
    said = [(line["step"], line[name]) for line in lines]
    assert [step for step, _ in points] == [step for step, _ in said], name
    assert all(math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-30) for (_, a), (_, b) in zip(points, said)), name
    print(f"{name:20} {len(points)} points, step {points[0][0]}: {points[0][1]:.6g} ... step {points[-1][0]}: {points[-1][1]:.6g}")
