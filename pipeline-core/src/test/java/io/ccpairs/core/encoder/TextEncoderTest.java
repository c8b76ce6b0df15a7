package io.ccpairs.core.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextEncoderTest {
  @TempDir private static Path folder;
  private static Path model = Path.of("");
  private static TextEncoder encoder;

  @BeforeAll
  static void open() throws IOException {
    model = SmallModel.write(folder.resolve("tiny"), 1).folder();
    encoder = TextEncoder.open(model, EncoderOptions.cpu());
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  /** Texts of many lengths, every fifth one a repetition. */
  private static List<String> texts(int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int n = i % 5 == 4 ? i / 10 : i;
      texts.add(
          SmallModel.TEXTS.get(n % SmallModel.TEXTS.size()).substring(0, n % 20) + " the " + n);
    }
    return texts;
  }

  @Test
  void batchesAndRepetitionsChangeNothing() throws IOException {
    List<String> texts = texts(5000);
    Embeddings many = encoder.encode(Role.PASSAGE, texts);
    assertThat(many.rows()).isEqualTo(5000);
    for (int i = 0; i < texts.size(); i += 617) {
      float[] alone = encoder.encode(Role.PASSAGE, List.of(texts.get(i))).row(0);
      assertThat(Encoders.largestDifference(many.row(i), alone)).as(texts.get(i)).isLessThan(2e-6);
    }
    assertThat(texts.get(9)).isEqualTo(texts.get(0));
    assertThat(many.row(9)).isEqualTo(many.row(0));

    EncoderOptions small = EncoderOptions.cpu().withBatchTokens(1).withThreads(1);
    try (TextEncoder oneByOne = TextEncoder.open(model, small)) {
      Embeddings single = oneByOne.encode(Role.PASSAGE, texts.subList(0, 300));
      for (int i = 0; i < single.rows(); i++) {
        assertThat(Encoders.largestDifference(many.row(i), single.row(i))).isLessThan(2e-6);
      }
    }
  }

  @Test
  void aRoleIsItsPrefix() throws IOException {
    String text = "rivers";
    float[] query = encoder.encode(Role.QUERY, List.of(text)).row(0);
    float[] passage = encoder.encode(Role.PASSAGE, List.of(text)).row(0);
    assertThat(Encoders.largestDifference(query, passage)).isGreaterThan(1e-3);

    EncoderOptions cpu = EncoderOptions.cpu();
    EncoderOptions bare =
        new EncoderOptions(
            cpu.device(), cpu.precision(), cpu.threads(), cpu.batchTokens(), 0, Prefixes.NONE);
    try (TextEncoder plain = TextEncoder.open(model, bare)) {
      assertThat(plain.encode(Role.PASSAGE, List.of("query: " + text)).row(0)).isEqualTo(query);
    }
  }

  @Test
  void thePrefixCountsTowardsTheLimitAndALongTextLosesItsEnd() throws IOException {
    EncoderOptions short8 = EncoderOptions.cpu().withMaxTokens(8);
    try (TextEncoder cut = TextEncoder.open(model, short8)) {
      int[] whole = encoder.tokenizer().ids(Role.QUERY, "how are rivers named how are rivers");
      int[] ids = cut.tokenizer().ids(Role.QUERY, "how are rivers named how are rivers");
      assertThat(ids).hasSize(8);
      assertThat(ids)
          .startsWith(java.util.Arrays.copyOf(whole, 7))
          .endsWith(whole[whole.length - 1]);
    }
    assertThatThrownBy(() -> TextEncoder.open(model, EncoderOptions.cpu().withMaxTokens(513)))
        .hasMessageContaining("Cannot cut texts to 513 tokens")
        .hasMessageContaining("positions for 512");
    assertThatThrownBy(() -> TextEncoder.open(model, EncoderOptions.cpu().withMaxTokens(2)))
        .hasMessageContaining("at least 3 are needed");
  }

  @Test
  void hostileTextsAreTextsLikeOthers() {
    List<String> hostile =
        List.of(
            "",
            " \n\t ",
            "\u0000\u0001",
            "half a pair \uD83D and the other half \uDE00",
            "x".repeat(2_000_000),
            "a b ".repeat(500_000),
            "[SEP] [CLS] [PAD] </s>",
            "\u202Eright to left\u202C",
            "e" + "\u0301".repeat(10_000));
    Embeddings rows = encoder.encode(Role.QUERY, hostile);
    for (int i = 0; i < hostile.size(); i++) {
      assertThat(rows.cosine(i, i)).isBetween(0.99999f, 1.00001f);
      assertThat(encoder.tokenizer().ids(Role.QUERY, hostile.get(i)).length)
          .isLessThanOrEqualTo(64);
    }
    assertThat(encoder.encode(Role.QUERY, List.of()).rows()).isZero();
  }

  @Test
  void threadsShareOneEncoder() throws Exception {
    List<String> texts = texts(400);
    float[] expected = encoder.encode(Role.QUERY, texts).values();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<float[]> work = () -> encoder.encode(Role.QUERY, texts).values();
      List<Future<float[]>> results = threads.invokeAll(java.util.Collections.nCopies(12, work));
      for (Future<float[]> result : results) {
        assertThat(Encoders.largestDifference(result.get(), expected)).isLessThan(2e-6);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void memoryStaysFlatOverManyTexts() throws IOException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      texts.add("river " + i);
    }
    encoder.encode(Role.QUERY, texts); // pools of the allocator fill once
    long before = residentMegabytes();
    for (int round = 0; round < 4; round++) {
      encoder.encode(Role.QUERY, texts);
    }
    // 80,000 vectors' activations would be 80,000 × 6 tokens × 32 × 4 bytes × a dozen = 700 MB.
    assertThat(residentMegabytes() - before).isLessThan(150);
  }

  private static long residentMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    System.gc();
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }

  @Test
  void aTokenizerWithMoreIdsThanTheModelIsRefused() throws IOException {
    Path broken = folder.resolve("broken");
    SmallModel.write(broken, 1);
    String tokenizer = Files.readString(broken.resolve("tokenizer.json"));
    int last = SmallModel.pieces().size() - 1;
    Files.writeString(
        broken.resolve("tokenizer.json"),
        tokenizer
            .replace(": " + last + "\n", ": 5000\n")
            .replace(" : " + last + "\n", " : 5000\n"));
    assertThatThrownBy(() -> TextEncoder.open(broken, EncoderOptions.cpu()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("broken/tokenizer.json: its largest token id is 5000, the model has");
    Files.writeString(broken.resolve("tokenizer.json"), "{\"model\": {\"vocab\": {\"a\": 1}}}");
    assertThatThrownBy(() -> TextEncoder.open(broken, EncoderOptions.cpu()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("broken/tokenizer.json");
    Files.writeString(broken.resolve("tokenizer.json"), "{");
    assertThatThrownBy(() -> TextEncoder.open(broken, EncoderOptions.cpu()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("broken/tokenizer.json");
  }
}
