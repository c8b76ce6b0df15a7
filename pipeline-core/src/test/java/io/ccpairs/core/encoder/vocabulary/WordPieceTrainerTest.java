package io.ccpairs.core.encoder.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.ccpairs.core.encoder.Prefixes;
import io.ccpairs.core.encoder.Tokenizer;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordPieceTrainerTest {
  /** The example of Sennrich et al. 2016, who gave the algorithm to the field. */
  private static final Map<String, Long> WORDS =
      Map.of("low", 5L, "lower", 2L, "newest", 6L, "widest", 3L);

  private static final List<String> TEXTS =
      List.of(
          "How are rivers named?",
          "Ein Café in Zürich, 3,50 €; naïve façade.",
          "東京の川 и Москва-река",
          "عاصمة مصر هي القاهرة",
          "한국어 텍스트 ไทย हिन्दी",
          "a\u0000b\u200bc\tİstanbul $5+3=8 «quoted» …",
          "x = y_1 ** 2 # code\r\nemoji 😀 done");

  @TempDir private Path folder;

  @BeforeAll
  static void startsTheEngineOffline() {
    Torch.start();
  }

  @Test
  void neighboursThatStandTogetherMostOftenAreJoinedFirst() {
    WordPieces pieces = WordPieceTrainer.train(WORDS, 45);

    assertThat(pieces.pieces().subList(0, 5)).isEqualTo(WordPieces.SPECIAL);
    assertThat(String.join("", pieces.pieces().subList(5, 15))).isEqualTo("deilnorstw");
    assertThat(pieces.pieces().subList(15, 17)).containsExactly("##d", "##e");
    // (e, s) and (s, t) stand together 9 times each, (l, o) and then (lo, w) 7 times.
    assertThat(pieces.pieces().subList(25, 29)).containsExactly("##es", "##est", "lo", "low");
    assertThat(pieces.pieces()).contains("newest", "widest").hasSizeLessThanOrEqualTo(45);
  }

  @Test
  void theOrderOfTheCountsChangesNothing() {
    Map<String, Long> many = new LinkedHashMap<>();
    for (int i = 0; i < 3000; i++) {
      long draw = PairId.draw("word" + i, 7);
      many.put(
          Long.toString(Math.floorMod(draw, 1_000_000L), 36), 1 + Math.floorMod(draw >> 20, 5L));
    }
    List<Map.Entry<String, Long>> entries = new ArrayList<>(many.entrySet());
    java.util.Collections.reverse(entries);
    Map<String, Long> reversed = new LinkedHashMap<>();
    entries.forEach(entry -> reversed.put(entry.getKey(), entry.getValue()));

    assertThat(WordPieceTrainer.train(many, 800)).isEqualTo(WordPieceTrainer.train(reversed, 800));
    reversed.merge("zzzz", 100L, Long::sum);
    assertThat(WordPieceTrainer.train(many, 800))
        .isNotEqualTo(WordPieceTrainer.train(reversed, 800));
  }

  @Test
  void aRareCharacterGetsNoPieceWhereThereIsLittleRoom() {
    Map<String, Long> words = new HashMap<>(WORDS);
    words.put("q", 1L);

    assertThat(WordPieceTrainer.train(words, 45).pieces()).doesNotContain("q");
    assertThat(WordPieceTrainer.train(words, 60).pieces()).contains("q");
    assertThatThrownBy(() -> WordPieceTrainer.train(words, 10))
        .hasMessage(
            "Cannot train a vocabulary of 10 pieces: 5 are special, so at least 20 are needed");
  }

  @Test
  void ourWordsAreThoseOfTheTokenizerInEveryScript() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    Map<String, Long> counts = new HashMap<>();
    for (String text : TEXTS) {
      BertWords.of(text).forEach(word -> counts.merge(word, 1L, Long::sum));
    }
    WordPieceTrainer.train(counts, 600).write(file);

    try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(file)) {
      for (String text : TEXTS) {
        Encoding encoding = tokenizer.encode(text, false, false);
        assertThat(joined(encoding.getTokens())).isEqualTo(BertWords.of(text));
      }
    }
  }

  private static List<String> joined(String[] pieces) {
    List<String> words = new ArrayList<>();
    for (String piece : pieces) {
      if (piece.startsWith("##")) {
        words.set(words.size() - 1, words.get(words.size() - 1) + piece.substring(2));
      } else {
        words.add(piece);
      }
    }
    return words;
  }

  @Test
  void aTextBecomesTheIdsOfItsPiecesBetweenClsAndSep() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    WordPieces pieces = WordPieceTrainer.train(WORDS, 45);
    pieces.write(file);

    try (Tokenizer tokenizer = Tokenizer.open(file, pieces.size(), 8, Prefixes.NONE)) {
      int cls = WordPieces.SPECIAL.indexOf("[CLS]");
      int sep = WordPieces.SPECIAL.indexOf("[SEP]");
      int unknown = WordPieces.SPECIAL.indexOf("[UNK]");
      assertThat(tokenizer.ids(Role.QUERY, "Lowest, NEWEST"))
          .containsExactly(
              cls,
              pieces.pieces().indexOf("low"),
              pieces.pieces().indexOf("##est"),
              unknown,
              pieces.pieces().indexOf("newest"),
              sep);
      assertThat(tokenizer.ids(Role.QUERY, "")).containsExactly(cls, sep);
      assertThat(tokenizer.ids(Role.QUERY, "low ".repeat(100))).hasSize(8).endsWith(sep);
    }
  }

  @Test
  void pieceListsWithoutTheSpecialOnesOrWithRepetitionsAreRefused() {
    assertThatThrownBy(() -> new WordPieces(List.of("a", "b")))
        .hasMessageContaining("it must begin with [[PAD], [UNK], [CLS], [SEP], [MASK]]");
    List<String> twice = new ArrayList<>(WordPieces.SPECIAL);
    twice.addAll(List.of("a", "a"));
    assertThatThrownBy(() -> new WordPieces(twice)).hasMessageContaining("7 pieces, 6 of them");
  }
}
