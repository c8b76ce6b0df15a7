package io.ccpairs.core.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.ccpairs.core.encoder.EncoderConfig;
import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.Prefixes;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.InitialWeights;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.shard.ShardRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A model of two layers over words w0 to w199, and pairs of which query and passage share words.
 */
final class TinyModel {
  static final int WORDS = 200;

  private TinyModel() {}

  static Path write(Path folder) throws IOException {
    EncoderConfig config = EncoderConfig.bert(32, 2, 4, WORDS + 3);
    StringBuilder vocabulary = new StringBuilder("\"[PAD]\": 0, \"[CLS]\": 1, \"[SEP]\": 2");
    for (int i = 0; i < WORDS; i++) {
      vocabulary.append(", \"").append(word(i)).append("\": ").append(i + 3);
    }
    Path tokenizer = Files.createTempFile("tokenizer", ".json");
    Files.writeString(
        tokenizer,
        """
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [
          {"id": 0, "content": "[PAD]", "single_word": false, "lstrip": false, "rstrip": false,
           "normalized": false, "special": true},
          {"id": 1, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false,
           "normalized": false, "special": true},
          {"id": 2, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false,
           "normalized": false, "special": true}],
         "normalizer": null,
         "pre_tokenizer": {"type": "WhitespaceSplit"},
         "post_processor": {"type": "TemplateProcessing",
          "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                     {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
          "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]},
                             "[SEP]": {"id": "[SEP]", "ids": [2], "tokens": ["[SEP]"]}}},
         "decoder": null,
         "model": {"type": "WordLevel", "unk_token": "w0", "vocab": {%s}}}
        """
            .formatted(vocabulary));
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = InitialWeights.of(config.parameters(), 0, 7, manager)) {
      ModelFolder.write(folder, config, weights, tokenizer, 128, Prefixes.E5, "");
    } finally {
      Files.delete(tokenizer);
    }
    return folder;
  }

  /** Writes the model and the batches of the golden file for its script. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Torch.inferOnThisThread();
    write(folder.resolve("model"));
    StringBuilder lines = new StringBuilder();
    for (int step = 0; step < 10; step++) {
      lines.append(
          pairs(16 * step, 16 * step + 16).stream()
              .map(row -> "[\"" + row.query() + "\", \"" + row.passage() + "\"]")
              .collect(Collectors.joining(", ", "[", "]\n")));
    }
    Files.writeString(folder.resolve("pairs.jsonl"), lines);
  }

  static String word(int i) {
    return "w" + i;
  }

  /** Pairs by number: 3 to 12 words each, of which query and passage share two. */
  static List<ShardRow> pairs(int begin, int end) {
    List<ShardRow> rows = new ArrayList<>();
    for (int i = begin; i < end; i++) {
      String shared = text(i, 0, 2);
      rows.add(
          new ShardRow(
              "pair-" + i,
              shared + text(i, 10, 1 + draw(i, 1, 6)),
              text(i, 30, 1 + draw(i, 2, 10)) + shared,
              i,
              -1));
    }
    return rows;
  }

  private static String text(int pair, int from, int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(word(draw(pair, from + i, WORDS))).append(' ');
    }
    return text.toString();
  }

  private static int draw(int pair, int place, int bound) {
    return Math.floorMod(PairId.draw("pair-" + pair, place), bound);
  }
}
