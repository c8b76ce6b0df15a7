package io.ccpairs.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.ccpairs.core.encoder.TokenBatch;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.JsonFile;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.shard.ShardRow;
import io.ccpairs.core.train.TrainConfig.Dropout;
import io.ccpairs.core.train.collective.Collective;
import io.ccpairs.core.train.collective.CollectiveException;
import io.ccpairs.core.train.collective.Ranks;
import io.ccpairs.core.train.collective.SingleRank;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerTest {
  @TempDir static Path folder;
  private static Path model;

  private static final TrainConfig CONFIG =
      TrainConfig.defaults()
          .with(
              c -> {
                c.steps = 60;
                c.warmupSteps = 5;
                c.learningRate = 1e-3;
                c.dropout = Dropout.NONE;
                c.threads = 1;
              });

  /** The same in chunks of so many tokens, of the last of which so many are kept. */
  private static TrainConfig chunks(TrainConfig config, int tokens, int kept) {
    return config.with(
        c -> {
          c.chunkTokens = tokens;
          c.keptTokens = kept;
        });
  }

  @BeforeAll
  static void writeModel() throws IOException {
    Torch.inferOnThisThread();
    model = TinyModel.write(folder.resolve("model"));
  }

  private static Trainer open(TrainConfig config, Collective collective) throws IOException {
    return Trainer.open(model, config, Device.cpu(), Precision.FLOAT32, collective);
  }

  /** A rank's slice: the pairs are dealt out in order, as evenly as they go. */
  private static List<ShardRow> slice(List<ShardRow> batch, Collective rank) {
    int pairs = batch.size();
    return batch.subList(
        pairs * rank.rank() / rank.world(), pairs * (rank.rank() + 1) / rank.world());
  }

  /** All weights one after another. */
  private static float[] weights(Trainer trainer) {
    return flat(trainer.encoder().weights().arrays());
  }

  private static float[] flat(List<NDArray> arrays) {
    int size = 0;
    for (NDArray array : arrays) {
      size += (int) array.size();
    }
    float[] all = new float[size];
    int at = 0;
    for (NDArray array : arrays) {
      float[] part = array.toFloatArray();
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** The gradient of the batch's loss as one rank sees it after all exchanges. */
  private static float[] gradient(TrainConfig config, List<ShardRow> batch, Collective rank)
      throws IOException {
    try (Trainer trainer = open(config, rank);
        NDManager scope = trainer.encoder().weights().manager().newSubManager()) {
      int[] counts = new int[rank.world()];
      Arrays.setAll(
          counts, i -> batch.size() * (i + 1) / counts.length - batch.size() * i / counts.length);
      trainer.backward(trainer.tokenise(slice(batch, rank)), counts, scope);
      return flat(trainer.sharedGradients(scope));
    }
  }

  private static double distance(float[] a, float[] b) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < a.length; i++) {
      difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      length += (double) b[i] * b[i];
    }
    return Math.sqrt(difference / length);
  }

  /** 48 pairs, some with a query, a passage or both in common. */
  private static List<ShardRow> batchWithSiblings() {
    List<ShardRow> batch = new ArrayList<>(TinyModel.pairs(0, 40));
    for (int i = 0; i < 8; i++) {
      ShardRow row = batch.get(5 * i);
      ShardRow other = batch.get(3 * i + 1);
      batch.add(
          new ShardRow("sibling-" + i, row.query(), other.passage(), row.queryKey(), 1000 + i));
    }
    return batch;
  }

  @ParameterizedTest(name = "{0} ranks, chunks of {1} tokens, {2} kept, ring {3}")
  @CsvSource({
    "1, 64, 0, false",
    "1, 64, 200, false",
    "1, 1, 0, false",
    "2, 100000, 0, false",
    "2, 100, 0, true",
    "4, 100000, 0, true",
    "4, 37, 80, false",
    "7, 50, 0, false",
  })
  void ranksAndChunksGiveTheGradientOfOneBigBatch(int world, int chunk, int kept, boolean ring)
      throws Exception {
    List<ShardRow> batch = batchWithSiblings();
    float[] whole = gradient(chunks(CONFIG, 100_000, 0), batch, new SingleRank());
    Ranks.Task<float[]> task = rank -> gradient(chunks(CONFIG, chunk, kept), batch, rank);
    List<float[]> parts =
        ring ? Ranks.ring(world, Duration.ofSeconds(30), task) : Ranks.inProcess(world, task);
    for (float[] part : parts) {
      assertThat(part).isEqualTo(parts.get(0));
      assertThat(distance(part, whole)).isLessThan(1e-5);
    }
  }

  @Test
  void twoBatchesOfHalfTheSizeAreNotOneBigBatch() throws Exception {
    List<ShardRow> batch = batchWithSiblings();
    float[] whole = gradient(CONFIG, batch, new SingleRank());
    float[] first = gradient(CONFIG, batch.subList(0, 24), new SingleRank());
    float[] second = gradient(CONFIG, batch.subList(24, 48), new SingleRank());
    float[] mean = new float[whole.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (first[i] + second[i]) / 2;
    }
    assertThat(distance(mean, whole)).isGreaterThan(1e-2);
  }

  @Test
  void aTextThatSeveralPairsShareIsEncodedOnce() throws Exception {
    try (Trainer trainer = open(CONFIG, new SingleRank())) {
      List<ShardRow> rows = batchWithSiblings();
      TokenisedSlice slice = trainer.tokenise(rows);
      assertThat(slice.ids().length).isEqualTo(80);
      assertThat(slice.pairs()).isEqualTo(48);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(slice.ids()[(int) slice.queryRows()[i]])
            .isEqualTo(trainer.tokenizer().ids(Role.QUERY, rows.get(i).query()));
        assertThat(slice.ids()[(int) slice.passageRows()[i]])
            .isEqualTo(trainer.tokenizer().ids(Role.PASSAGE, rows.get(i).passage()));
      }
    }
  }

  @Test
  void tenStepsCostWhatTheyCostInSentenceTransformers() throws Exception {
    JsonFile golden =
        JsonFile.read(
            Path.of(System.getProperty("ccpairs.root"), "test-resources/train/infonce_golden.json"),
            1 << 16);
    byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(weights)))
        .as("the golden file was made from these weights")
        .isEqualTo(golden.text("weights_sha256"));
    List<?> losses = (List<?>) Objects.requireNonNull(golden.find("losses"));
    List<?> norms = (List<?>) Objects.requireNonNull(golden.find("norms"));
    TrainConfig config =
        CONFIG.with(
            c -> {
              c.steps = 12;
              c.warmupSteps = 4;
              c.learningRate = 2e-4;
            });
    try (Trainer trainer = open(config, new SingleRank())) {
      for (int step = 0; step < 10; step++) {
        StepReport report = trainer.step(TinyModel.pairs(16 * step, 16 * step + 16));
        double loss = (Double) Objects.requireNonNull(losses.get(step));
        double norm = (Double) Objects.requireNonNull(norms.get(step));
        assertThat(report.loss()).isCloseTo(loss, Offset.offset(1e-4 * loss));
        assertThat(report.gradientNorm()).isCloseTo(norm, Offset.offset(1e-3 * norm));
      }
    }
  }

  @ParameterizedTest(name = "{0} ranks")
  @CsvSource({"1", "2"})
  void theSameRanksGiveTheSameBitsWithDropout(int world) throws Exception {
    TrainConfig config = chunks(CONFIG.with(c -> c.dropout = Dropout.MODEL), 200, 0);
    Ranks.Task<float[]> task =
        rank -> {
          try (Trainer trainer = open(config, rank)) {
            for (int step = 0; step < 5; step++) {
              trainer.step(slice(TinyModel.pairs(32 * step, 32 * step + 32), rank));
            }
            return weights(trainer);
          }
        };
    List<float[]> first = Ranks.inProcess(world, task);
    List<float[]> second = Ranks.ring(world, Duration.ofSeconds(30), task);
    List<float[]> third = Ranks.ring(world, Duration.ofSeconds(30), task);
    assertThat(first.get(0)).isEqualTo(first.get(world - 1));
    assertThat(second.get(0)).isEqualTo(third.get(0));
    if (world == 2) {
      // Two addends have one sum, so here even threads and sockets agree.
      assertThat(first.get(0)).isEqualTo(second.get(0));
    }
  }

  @Test
  void dropoutIsDrawnBySeedAndStep() throws Exception {
    List<ShardRow> batch = TinyModel.pairs(0, 32);
    TrainConfig dropped = CONFIG.with(c -> c.dropout = Dropout.MODEL);
    float[] once = gradient(dropped, batch, new SingleRank());
    assertThat(gradient(dropped, batch, new SingleRank())).isEqualTo(once);
    assertThat(distance(gradient(dropped.with(c -> c.seed = 1), batch, new SingleRank()), once))
        .isGreaterThan(1e-3);
    assertThat(distance(gradient(CONFIG, batch, new SingleRank()), once)).isGreaterThan(1e-3);
  }

  @Test
  void chunksThatAreEncodedTwiceDrawTheSameDropoutTwice() throws Exception {
    // With everything kept there is one pass only, so nothing can be replayed wrongly.
    List<ShardRow> batch = TinyModel.pairs(0, 32);
    TrainConfig dropped = CONFIG.with(c -> c.dropout = Dropout.MODEL);
    float[] onePass = gradient(chunks(dropped, 100, 1_000_000), batch, new SingleRank());
    float[] twoPasses = gradient(chunks(dropped, 100, 0), batch, new SingleRank());
    assertThat(distance(twoPasses, onePass)).isLessThan(1e-6);
  }

  @Test
  void ranksThatBeginWithOtherWeightsAreToldApart() throws Exception {
    Path other = folder.resolve("other");
    try (Trainer trainer = open(CONFIG, new SingleRank())) {
      trainer.step(TinyModel.pairs(0, 8));
      trainer.save(other);
    }
    assertThatThrownBy(
            () ->
                Ranks.inProcess(
                    2,
                    rank -> {
                      try (Trainer trainer =
                          Trainer.open(
                              rank.rank() == 1 ? other : model,
                              CONFIG,
                              Device.cpu(),
                              Precision.FLOAT32,
                              rank)) {
                        return trainer.step(slice(TinyModel.pairs(0, 8), rank));
                      }
                    }))
        .isInstanceOf(CollectiveException.class)
        .hasMessageContaining("ank 1");
  }

  @Test
  void itLearnsAndMemoryStaysFlat() throws IOException {
    try (Trainer trainer =
        open(
            CONFIG.with(
                c -> {
                  c.temperature = 0.05;
                  c.steps = 100;
                  c.warmupSteps = 10;
                  c.learningRate = 3e-3;
                }),
            new SingleRank())) {
      double before = heldOut(trainer);
      trainer.step(TinyModel.pairs(0, 64));
      long arrays = trainer.arrays();
      for (int step = 1; step < 100; step++) {
        trainer.step(TinyModel.pairs(64 * step, 64 * step + 64));
        if (step % 50 == 0) {
          assertThat(trainer.arrays()).isEqualTo(arrays);
        }
      }

      assertThat(heldOut(trainer)).isGreaterThan(before + 0.1);
    }
  }

  /** The share of 200 unseen queries whose own passage is the nearest of 200. */
  private static double heldOut(Trainer trainer) {
    List<ShardRow> rows = TinyModel.pairs(1_000_000, 1_000_200);
    float[][] queries = encode(trainer, Role.QUERY, rows.stream().map(ShardRow::query).toList());
    float[][] passages =
        encode(trainer, Role.PASSAGE, rows.stream().map(ShardRow::passage).toList());
    int right = 0;
    for (int i = 0; i < queries.length; i++) {
      int best = 0;
      for (int j = 1; j < passages.length; j++) {
        best = dot(queries[i], passages[j]) > dot(queries[i], passages[best]) ? j : best;
      }
      right += best == i ? 1 : 0;
    }
    return right / (double) queries.length;
  }

  private static float[][] encode(Trainer trainer, Role role, List<String> texts) {
    List<int[]> ids = texts.stream().map(text -> trainer.tokenizer().ids(role, text)).toList();
    int width = trainer.encoder().dimensions();
    float[][] rows = new float[texts.size()][];
    try (NDManager scope = trainer.encoder().weights().manager().newSubManager()) {
      float[] all = trainer.encoder().encode(scope, TokenBatch.packed(ids)).toFloatArray();
      Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * width, (i + 1) * width));
    }
    return rows;
  }

  private static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  void aLossThatIsNoNumberLeavesTheWeightsAlone() throws Exception {
    try (Trainer trainer = open(CONFIG, new SingleRank())) {
      trainer.step(TinyModel.pairs(0, 8));
      float[] before = weights(trainer);
      NDArray norm = trainer.encoder().weights().get("embeddings.LayerNorm.bias");
      float[] healthy = norm.toFloatArray();
      norm.set(nan(healthy.length));
      StepReport report = trainer.step(TinyModel.pairs(8, 16));
      assertThat(report.loss()).isNaN();
      assertThat(LossWatch.of(CONFIG).advice(report)).isPresent();
      norm.set(healthy);
      assertThat(weights(trainer)).isEqualTo(before);
      assertThat(trainer.step()).isEqualTo(2);
    }
  }

  private static float[] nan(int length) {
    float[] numbers = new float[length];
    Arrays.fill(numbers, Float.NaN);
    return numbers;
  }

  /** The graph of a chunk must not lean on Java's memory, which a collection hands out anew. */
  @Test
  void aGraphOutlivesJavasGarbageCollection() throws Exception {
    try (Trainer trainer = open(CONFIG, new SingleRank());
        NDManager scope = trainer.encoder().weights().manager().newSubManager()) {
      List<int[]> ids = Arrays.asList(trainer.tokenise(TinyModel.pairs(0, 8)).ids());
      List<float[]> found = new ArrayList<>();
      for (boolean collects : new boolean[] {false, true}) {
        JniUtils.setGradMode(true);
        NDArray vectors = trainer.encoder().encodeForTraining(scope, TokenBatch.packed(ids));
        JniUtils.setGradMode(false);
        List<ByteBuffer> others = new ArrayList<>();
        for (int round = 0; collects && round < 3; round++) {
          System.gc();
          Thread.sleep(20); // the cleaner frees buffers on a thread of its own
          for (int i = 0; i < 500; i++) {
            others.add(ByteBuffer.allocateDirect(1240));
          }
        }
        JniUtils.backward((PtNDArray) vectors, (PtNDArray) vectors.onesLike(), false, false);
        found.add(flat(trainer.sharedGradients(scope)));
        try (TrainKernels kernels = TrainKernels.load(scope)) {
          kernels.zero(trainer.sharedGradients(scope));
        }
        assertThat(others.size()).isEqualTo(collects ? 1500 : 0);
      }
      assertThat(found.get(1)).isEqualTo(found.get(0));
    }
  }

  @Test
  void bfloat16IsForGpus() {
    assertThatThrownBy(
            () -> Trainer.open(model, CONFIG, Device.cpu(), Precision.BFLOAT16, new SingleRank()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only GPUs");
  }

  @Test
  void textsLongerThanTheModelsPositionsAreRefusedAtOnce() {
    assertThatThrownBy(() -> open(CONFIG.with(c -> c.maxTokens = 513), new SingleRank()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("513");
  }
}
