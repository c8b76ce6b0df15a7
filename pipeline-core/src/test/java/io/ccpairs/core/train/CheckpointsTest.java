package io.ccpairs.core.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.shard.BatchSource;
import io.ccpairs.core.train.TrainConfig.Dropout;
import io.ccpairs.core.train.collective.Collective;
import io.ccpairs.core.train.collective.Ranks;
import io.ccpairs.core.train.collective.SingleRank;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  @TempDir static Path shared;
  private static Path model;

  @TempDir Path folder;
  private Checkpoints checkpoints;

  private static final TrainConfig CONFIG = TrainerProcess.config(20);

  @BeforeAll
  static void writeModel() throws IOException {
    Torch.inferOnThisThread();
    model = TinyModel.write(shared.resolve("model"));
  }

  @BeforeEach
  void inAnEmptyDirectory() {
    checkpoints = new Checkpoints(folder.resolve("checkpoints"), 2);
  }

  private static Trainer open(TrainConfig config, Collective rank) throws IOException {
    return Trainer.open(model, config, Device.cpu(), Precision.FLOAT32, rank);
  }

  private static void train(Trainer trainer, long until) throws IOException {
    while (trainer.step() < until) {
      int step = (int) trainer.step();
      trainer.step(TinyModel.pairs(16 * step, 16 * step + 16));
    }
  }

  private static List<float[]> weights(Trainer trainer) {
    return trainer.encoder().weights().arrays().stream().map(NDArray::toFloatArray).toList();
  }

  @Test
  void aTrainingThatIsRestoredEndsWithTheSameBits() throws IOException {
    List<float[]> uninterrupted;
    try (Trainer trainer = open(CONFIG, new SingleRank())) {
      train(trainer, 3);
      trainer.save(folder.resolve("three"));
      train(trainer, 6);
      uninterrupted = weights(trainer);
    }
    try (Trainer trainer = open(CONFIG, new SingleRank())) {
      assertThat(trainer.restore(folder.resolve("three")).step()).isEqualTo(3);
      train(trainer, 6);
      assertThat(trainer.step()).isEqualTo(6);
      for (int i = 0; i < uninterrupted.size(); i++) {
        assertThat(weights(trainer).get(i)).isEqualTo(uninterrupted.get(i));
      }
    }
    // The partner that must fail: the weights alone, with new moments.
    try (Trainer trainer =
        Trainer.open(
            folder.resolve("three"), CONFIG, Device.cpu(), Precision.FLOAT32, new SingleRank())) {
      trainer.step(TinyModel.pairs(48, 64));
      trainer.step(TinyModel.pairs(64, 80));
      trainer.step(TinyModel.pairs(80, 96));
      assertThat(weights(trainer).get(0)).isNotEqualTo(uninterrupted.get(0));
    }
  }

  @Test
  void onlyTheNewestAreKeptAndLeftoversGo() throws IOException {
    Path left = folder.resolve("checkpoints/.step-00000001.killed");
    Files.createDirectories(left.resolve("step-00000001"));
    try (Trainer trainer = open(CONFIG, new SingleRank())) {
      for (int step = 1; step <= 3; step++) {
        train(trainer, step);
        Path saved = checkpoints.save(trainer);
        assertThat(checkpoints.save(trainer)).isEqualTo(saved);
      }
      assertThatThrownBy(() -> trainer.save(checkpoints.list().get(0)))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
    try (Stream<Path> entries = Files.list(folder.resolve("checkpoints"))) {
      assertThat(entries.map(each -> each.getFileName().toString()).sorted())
          .containsExactly("step-00000002", "step-00000003");
    }
  }

  @Test
  void aDamagedCheckpointIsRefusedByNameAndTheOneBeforeIsUsed() throws IOException {
    try (Trainer trainer = open(CONFIG, new SingleRank())) {
      train(trainer, 1);
      checkpoints.save(trainer);
      train(trainer, 2);
      Path newest = checkpoints.save(trainer);
      List<String> names;
      try (Stream<Path> tree = Files.walk(newest)) {
        names =
            tree.filter(Files::isRegularFile)
                .map(file -> newest.relativize(file).toString())
                .sorted()
                .toList();
      }
      assertThat(names)
          .contains("model.safetensors", "optimiser.safetensors", "trainer_state.json");
      for (String name : names) {
        Path file = newest.resolve(name);
        byte[] whole = Files.readAllBytes(file);
        for (int flip = 0; flip < 3 && whole.length > 0; flip++) {
          byte[] flipped = whole.clone();
          int at = Math.floorMod(PairId.draw(name, flip), whole.length);
          flipped[at] ^= (byte) (1 << Math.floorMod(PairId.draw(name, 100 + flip), 8));
          Files.write(file, flipped);
          refused(newest, name);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        refused(newest, name);
        Files.delete(file);
        refused(newest, name);
        Files.write(file, whole);
      }
      Files.writeString(newest.resolve("surplus"), "x");
      refused(newest, "surplus");
      Files.delete(newest.resolve("surplus"));
      assertThat(checkpoints.latestGood(reason -> {})).contains(newest);
    }
  }

  private void refused(Path newest, String name) throws IOException {
    List<String> reasons = new ArrayList<>();
    assertThat(checkpoints.latestGood(reasons::add)).contains(checkpoints.list().get(0));
    assertThat(reasons).singleElement().asString().contains(name).contains("" + newest);
    assertThatThrownBy(() -> TrainerState.verified(newest)).isInstanceOf(ModelFileException.class);
  }

  @Test
  void otherNumbersOfRanksGoOnWithoutSkippingOrRepeatingAPair() throws Exception {
    TrainConfig config = CONFIG.with(c -> c.dropout = Dropout.NONE);
    ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    BatchSource source =
        (step, rank, world) ->
            TinyModel.pairs((int) (24 * step), (int) (24 * step + 24))
                .subList(24 * rank / world, 24 * (rank + 1) / world);
    List<Integer> worlds = List.of(2, 1, 3, 2);
    for (int part = 0; part < worlds.size(); part++) {
      long end = 2L * part + 2;
      Ranks.inProcess(
          worlds.get(part),
          rank -> {
            try (Trainer trainer = open(config, rank)) {
              var last = checkpoints.latestGood(reason -> {});
              if (last.isPresent()) {
                trainer.restore(last.get());
              }
              try (SliceReader reader =
                  new SliceReader(
                      (step, r, w) -> {
                        var slice = source.slice(step, r, w);
                        if (step < end) {
                          slice.forEach(row -> seen.add(row.pairId()));
                        }
                        return slice;
                      },
                      trainer,
                      rank)) {
                while (trainer.step() < end) {
                  trainer.step(reader.next());
                }
              }
              rank.barrier();
              if (rank.rank() == 0) {
                checkpoints.save(trainer);
              }
              return 0;
            }
          });
    }
    assertThat(seen).hasSize(24 * 8).doesNotHaveDuplicates();
    try (Trainer alone = open(config, new SingleRank());
        Trainer changing = open(config, new SingleRank())) {
      for (int step = 0; step < 8; step++) {
        alone.step(source.slice(step, 0, 1));
      }
      changing.restore(checkpoints.latestGood(reason -> {}).orElseThrow());
      assertThat(changing.step()).isEqualTo(8);
      double one = alone.step(source.slice(8, 0, 1)).loss();
      assertThat(changing.step(source.slice(8, 0, 1)).loss()).isCloseTo(one, Offset.offset(1e-3));
    }
  }

  /** Kills by -Dccpairs.kills; each at a place drawn by hash, in or between steps and saves. */
  @Test
  void aTrainingThatIsKilledAgainAndAgainEndsWithTheSameBits() throws Exception {
    int kills = Integer.getInteger("ccpairs.kills", 2);
    long steps = 6 + 4L * kills;
    Path quiet = folder.resolve("quiet");
    assertThat(TrainerProcess.start(model, quiet, steps).waitFor()).isZero();
    Path killed = folder.resolve("killed");
    for (int kill = 0; kill < kills; kill++) {
      Process process = TrainerProcess.start(model, killed, steps);
      int lines = 1 + Math.floorMod(PairId.draw("lines", kill), 4);
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        for (int line = 0; line < lines; line++) {
          out.readLine();
        }
        Thread.sleep(Math.floorMod(PairId.draw("wait", kill), 60));
        process.destroyForcibly().waitFor();
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      assertThat(process.exitValue()).as("killed, not finished").isEqualTo(137);
    }
    assertThat(TrainerProcess.start(model, killed, steps).waitFor()).isZero();
    assertThat(TrainerProcess.weights(killed, steps))
        .isEqualTo(TrainerProcess.weights(quiet, steps));
  }

  /** 134 would be a memory fault in the engine; the trainer is amid a step all the time. */
  @Test
  void aTrainingThatIsToldToEndEndsInOrder() throws Exception {
    Process process = TrainerProcess.start(model, folder.resolve("told"), 1_000);
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      out.readLine();
      process.destroy();
      assertThat(process.waitFor()).isEqualTo(128 + 15);
    }
  }
}
