"""Makes test-resources/models/xlm-roberta-tiny: a tiny XLM-RoBERTa with random weights and a Unigram tokenizer, and what
Hugging Face's transformers and tokenizers compute with them. EncoderGoldenTest holds ccpairs to these figures.

    pip install torch transformers tokenizers safetensors numpy
    python docs/checks/golden_xlm_roberta.py test-resources/models/xlm-roberta-tiny
"""

import json
import pathlib
import sys

import tokenizers
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXTS = [
    "how are rivers named",
    "Most rivers are named for their water, their colour or their people.",
    "",
    "x",
    "Flüsse heißen nach ihrem Wasser; le Nil coule vers le nord.",
    "река Москва 東京の川 نهر النيل",
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen",
]
MAX_TOKENS = 40


def tokenizer(folder):
    unigram = Tokenizer(models.Unigram())
    unigram.normalizer = normalizers.Sequence([normalizers.NFKC()])
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    unigram.decoder = decoders.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    unigram.train_from_iterator(
        TEXTS * 3, trainers.UnigramTrainer(vocab_size=160, special_tokens=special, unk_token="<unk>")
    )
    unigram.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    unigram.save(str(folder / "tokenizer.json"))
    return unigram


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    unigram = tokenizer(folder)
    torch.manual_seed(1)
    config = transformers.XLMRobertaConfig(
        vocab_size=unigram.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=32,
        max_position_embeddings=MAX_TOKENS + 2,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        initializer_range=0.4,  # larger than usual, so that attention is far from even
    )
    model = transformers.XLMRobertaModel(config, add_pooling_layer=False).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith("bias") or "LayerNorm" in name:
                weight.add_(torch.randn_like(weight) * 0.2)
    config.save_pretrained(folder)
    save_file({k: v.contiguous() for k, v in model.state_dict().items() if "position_ids" not in k},
              str(folder / "model.safetensors"), metadata={"format": "pt"})
    rows = []
    unigram.enable_truncation(MAX_TOKENS)
    for role in ("query", "passage"):
        for text in TEXTS:
            ids = unigram.encode(f"{role}: {text}").ids
            with torch.no_grad():
                states = model(torch.tensor([ids])).last_hidden_state
            vector = torch.nn.functional.normalize(states.mean(1), dim=1)[0]
            rows.append({"role": role, "text": text, "ids": ids, "vector": [round(x, 8) for x in vector.tolist()]})
    made = f"transformers {transformers.__version__}, tokenizers {tokenizers.__version__}, torch {torch.__version__}"
    with open(folder / "expected.json", "w") as out:
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        out.write(f'{{"made_with": "{made}", "rows": [\n{lines}\n]}}\n')


main()
