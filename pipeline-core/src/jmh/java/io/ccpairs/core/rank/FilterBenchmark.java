package io.ccpairs.core.rank;

import com.sun.management.OperatingSystemMXBean;
import io.ccpairs.core.encoder.kernel.Torch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The consistency filter on vectors of one's own: a program for {@code docs/benchmarks/filter.py},
 * which compares it with an exact search by FAISS.
 *
 * <p>Arguments: {@code build FOLDER POOL D} makes a pool of raw float32 vectors; {@code rank FOLDER
 * QUERIES OWN COUNTS PLAN ROUNDS} ranks pairs in it and writes the counts as int32. A plan is
 * {@code all}, or {@code exit,PROBES,bounds} with {@code 0} or {@code 1} for the first and last.
 */
public final class FilterBenchmark {
  private static final int LIMIT = 2;
  private static final int THREADS = Integer.getInteger("threads", 2);
  private static final ExecutorService POOL =
      Executors.newFixedThreadPool(
          THREADS,
          work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
          });

  private FilterBenchmark() {}

  /** See the class. */
  public static void main(String[] arguments) throws IOException {
    Torch.start();
    if (arguments[0].equals("build")) {
      build(Path.of(arguments[1]), Path.of(arguments[2]), Integer.parseInt(arguments[3]));
    } else {
      rank(
          Path.of(arguments[1]),
          floats(Path.of(arguments[2])),
          floats(Path.of(arguments[3])),
          Path.of(arguments[4]),
          arguments[5],
          Integer.parseInt(arguments[6]));
    }
  }

  private static void build(Path folder, Path vectors, int dimensions) throws IOException {
    double cpu = cpuSeconds();
    try (FileChannel in = FileChannel.open(vectors);
        PoolBuilder builder = new PoolBuilder(folder, dimensions)) {
      ByteBuffer row = ByteBuffer.allocateDirect(4 * dimensions).order(ByteOrder.nativeOrder());
      float[] vector = new float[dimensions];
      for (long i = 0; i < in.size() / (4L * dimensions); i++) {
        row.clear();
        while (row.hasRemaining() && in.read(row) >= 0) {}
        row.flip();
        row.asFloatBuffer().get(vector);
        builder.add(i, ~i, vector, 0);
      }
      builder.finish();
    }
    System.out.printf(Locale.ROOT, "build cpu=%.2f%n", cpuSeconds() - cpu);
  }

  /**
   * As many tasks as threads rank all pairs at once, each with one thread of the engine, as the
   * tasks of an executor rank a slice each. CPU seconds are those of one task.
   */
  private static void rank(
      Path folder, float[] queries, float[] own, Path counts, String named, int rounds)
      throws IOException {
    try (Pool pool = Pool.open(folder)) {
      int pairs = queries.length / pool.dimensions();
      ConsistencyFilter.Plan plan = plan(named);
      for (int round = 0; round < rounds; round++) {
        ConsistencyFilter filter = new ConsistencyFilter(pool, plan);
        double cpu = cpuSeconds();
        long start = System.nanoTime();
        int[] outranked = count(filter, queries, own);
        double wall = (System.nanoTime() - start) / 1e9;
        double used = (cpuSeconds() - cpu) / THREADS;
        ByteBuffer out = ByteBuffer.allocate(4 * pairs).order(ByteOrder.LITTLE_ENDIAN);
        out.asIntBuffer().put(outranked);
        Files.write(counts, out.array());
        System.out.printf(
            Locale.ROOT,
            "rank plan=%s cpu=%.3f wall=%.3f share=%.4f rss=%s%n",
            named,
            used,
            wall,
            filter.productsComputed() / THREADS / pairs / pool.size(),
            resident());
      }
    }
  }

  private static int[] count(ConsistencyFilter filter, float[] queries, float[] own) {
    long[] keys = new long[2 * queries.length / filter.pool().dimensions()];
    Arrays.fill(keys, -1);
    List<CompletableFuture<int[]>> tasks = new ArrayList<>();
    for (int task = 0; task < THREADS; task++) {
      tasks.add(
          CompletableFuture.supplyAsync(
              () -> {
                Torch.threads(1);
                return filter.count(queries, own, keys, LIMIT).outranked();
              },
              POOL));
    }
    int[] outranked = tasks.get(0).join();
    tasks.forEach(
        task -> {
          if (!Arrays.equals(task.join(), outranked)) {
            throw new IllegalStateException("Two tasks counted differently");
          }
        });
    return outranked;
  }

  private static ConsistencyFilter.Plan plan(String named) {
    if (named.equals("all")) {
      return ConsistencyFilter.Plan.ALL;
    }
    String[] parts = named.split(",");
    return new ConsistencyFilter.Plan(
        parts[0].equals("1"), Integer.parseInt(parts[1]), parts[2].equals("1"));
  }

  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static double cpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  /** Resident memory of this process, and how much of it are mapped files. */
  private static String resident() throws IOException {
    StringBuilder found = new StringBuilder();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS") || line.startsWith("RssAnon") || line.startsWith("RssFile")) {
        found.append(line.replaceAll("\\s+", "")).append(' ');
      }
    }
    return found.toString().strip().replace(' ', '/');
  }
}
