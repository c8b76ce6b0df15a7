package io.ccpairs.core.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.Device;
import com.sun.management.OperatingSystemMXBean;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.shard.ShardRow;
import io.ccpairs.core.train.TrainConfig.Dropout;
import io.ccpairs.core.train.collective.Collective;
import io.ccpairs.core.train.collective.RingCollective;
import io.ccpairs.core.train.collective.RingId;
import io.ccpairs.core.train.collective.RingListener;
import io.ccpairs.core.train.collective.SingleRank;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Our side of docs/benchmarks/train.py: a process that prints one JSON object a line. Pairs are two
 * lines of a file each, query and passage.
 */
public final class TrainBenchmark {
  private TrainBenchmark() {}

  /**
   * One of: {@code step FOLDER PAIRS BATCH STEPS THREADS CHUNK_TOKENS KEPT_TOKENS DROPOUT RANK
   * WORLD MEETING}, {@code memory FOLDER PAIRS BATCH STEPS}.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path folder = Path.of(arguments[1]);
    List<ShardRow> pairs = pairs(Path.of(arguments[2]));
    int batch = Integer.parseInt(arguments[3]);
    int steps = Integer.parseInt(arguments[4]);
    switch (arguments[0]) {
      case "step" -> {
        TrainConfig config =
            config(steps, Integer.parseInt(arguments[5]))
                .with(
                    c -> {
                      c.chunkTokens = Integer.parseInt(arguments[6]);
                      c.keptTokens = Integer.parseInt(arguments[7]);
                      c.dropout = Dropout.valueOf(arguments[8]);
                    });
        int rank = Integer.parseInt(arguments[9]);
        int world = Integer.parseInt(arguments[10]);
        try (Collective ranks =
            world == 1 ? new SingleRank() : join(rank, world, Path.of(arguments[11]))) {
          steps(folder, pairs, batch, config, ranks);
        }
      }
      case "memory" -> memory(folder, pairs, batch, steps);
      default -> throw new IllegalArgumentException("Unknown word " + arguments[0]);
    }
    System.exit(0); // the engine's threads would hold the process
  }

  /** Each pair without siblings. */
  private static List<ShardRow> pairs(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file, UTF_8);
    List<ShardRow> pairs = new ArrayList<>();
    for (int i = 0; i + 1 < lines.size(); i += 2) {
      pairs.add(new ShardRow("pair-" + i, lines.get(i), lines.get(i + 1), i, i));
    }
    return pairs;
  }

  private static TrainConfig config(int steps, int threads) {
    return TrainConfig.defaults()
        .with(
            c -> {
              c.steps = steps;
              c.warmupSteps = 0;
              c.learningRate = 2e-5;
              c.threads = threads;
            });
  }

  private static List<ShardRow> batch(List<ShardRow> pairs, int size, long step) {
    int batches = pairs.size() / size;
    int begin = (int) (step % batches) * size;
    return pairs.subList(begin, begin + size);
  }

  /** Steps as a training makes them, but that tokenising is not hidden behind computing. */
  private static void steps(
      Path folder, List<ShardRow> pairs, int size, TrainConfig config, Collective ranks)
      throws IOException {
    try (Trainer trainer = Trainer.open(folder, config, Device.cpu(), Precision.FLOAT32, ranks)) {
      while (trainer.step() < config.steps()) {
        List<ShardRow> batch = batch(pairs, size, trainer.step());
        List<ShardRow> slice =
            batch.subList(
                size * ranks.rank() / ranks.world(), size * (ranks.rank() + 1) / ranks.world());
        double cpu = cpuSeconds();
        long begin = System.nanoTime();
        StepReport report = trainer.step(slice);
        double wall = (System.nanoTime() - begin) / 1e9;
        print(
            "loss", report.loss(),
            "rate", report.learningRate(),
            "tokens", report.tokens(),
            "wall", wall,
            "cpu", cpuSeconds() - cpu,
            "collective", report.collectiveSeconds());
      }
    }
  }

  /** Joins a ring of processes that meet in a folder. */
  private static Collective join(int rank, int world, Path meeting)
      throws IOException, InterruptedException {
    RingListener listener = RingListener.open(InetAddress.getLoopbackAddress());
    Path draft = meeting.resolve("draft." + rank);
    Files.writeString(draft, String.valueOf(listener.address().getPort()));
    Files.move(draft, meeting.resolve("port." + rank), StandardCopyOption.ATOMIC_MOVE);
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int other = 0; other < world; other++) {
      Path port = meeting.resolve("port." + other);
      while (!Files.exists(port)) {
        Thread.sleep(10);
      }
      addresses.add(
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(), Integer.parseInt(Files.readString(port))));
    }
    byte[] secret = "of a benchmark only".getBytes(UTF_8);
    RingId id = new RingId("benchmark", 0, 0);
    return RingCollective.join(listener, id, rank, addresses, secret, Duration.ofMinutes(2));
  }

  /** What the process holds after every hundredth step. */
  private static void memory(Path folder, List<ShardRow> pairs, int size, int steps)
      throws IOException {
    TrainConfig config = config(steps, 2);
    try (Trainer trainer =
        Trainer.open(folder, config, Device.cpu(), Precision.FLOAT32, new SingleRank())) {
      while (trainer.step() < steps) {
        StepReport report = trainer.step(batch(pairs, size, trainer.step()));
        if (report.step() % 100 == 0 || report.step() == 10) {
          long resident =
              Files.readAllLines(Path.of("/proc/self/status")).stream()
                  .filter(line -> line.startsWith("VmRSS"))
                  .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                  .sum();
          print(
              "step", report.step(),
              "resident_mb", resident / 1024.0,
              "arrays", trainer.arrays(),
              "loss", report.loss());
        }
      }
    }
  }

  private static double cpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static void print(Object... pairs) {
    StringBuilder line = new StringBuilder("{");
    for (int i = 0; i < pairs.length; i += 2) {
      line.append(i == 0 ? "" : ", ").append('"').append(pairs[i]).append("\": ");
      line.append(
          pairs[i + 1] instanceof Double number
              ? String.format(Locale.ROOT, "%.8f", number)
              : String.valueOf(pairs[i + 1]));
    }
    System.out.println(line.append('}'));
  }
}
