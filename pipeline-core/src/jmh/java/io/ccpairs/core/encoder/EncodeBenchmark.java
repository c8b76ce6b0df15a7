package io.ccpairs.core.encoder;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.sun.management.OperatingSystemMXBean;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Our side of docs/benchmarks/encode.py: a process that prints one JSON object a line. Texts are
 * the lines of a file.
 */
public final class EncodeBenchmark {
  private EncodeBenchmark() {}

  /**
   * One of: {@code vectors FOLDER TEXTS OUT ROLE}, {@code time FOLDER TEXTS THREADS ROUNDS
   * BATCH_TOKENS OUT}, {@code layouts FOLDER TEXTS THREADS ROUNDS}, {@code tokens FOLDER TEXTS},
   * {@code sgemm THREADS}, {@code memory FOLDER TEXTS}.
   */
  public static void main(String[] arguments) throws IOException {
    switch (arguments[0]) {
      case "vectors" ->
          vectors(
              Path.of(arguments[1]),
              texts(arguments[2]),
              Path.of(arguments[3]),
              Role.valueOf(arguments[4]));
      case "time" ->
          time(
              Path.of(arguments[1]),
              texts(arguments[2]),
              EncoderOptions.cpu()
                  .withThreads(Integer.parseInt(arguments[3]))
                  .withBatchTokens(Integer.parseInt(arguments[5])),
              Integer.parseInt(arguments[4]),
              Path.of(arguments[6]));
      case "layouts" ->
          layouts(
              Path.of(arguments[1]),
              texts(arguments[2]),
              Integer.parseInt(arguments[3]),
              Integer.parseInt(arguments[4]));
      case "tokens" -> tokens(Path.of(arguments[1]), texts(arguments[2]));
      case "sgemm" -> sgemm(Integer.parseInt(arguments[1]));
      case "memory" -> memory(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
      default -> throw new IllegalArgumentException("Unknown word " + arguments[0]);
    }
    System.exit(0); // the engine's threads would hold the process
  }

  private static List<String> texts(String file) throws IOException {
    return Files.readAllLines(Path.of(file), UTF_8);
  }

  private static void vectors(Path folder, List<String> texts, Path out, Role role)
      throws IOException {
    try (TextEncoder encoder = TextEncoder.open(folder, EncoderOptions.cpu())) {
      write(encoder.encode(role, texts), out);
    }
  }

  private static void write(Embeddings rows, Path out) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(rows.values().length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(rows.values());
    Files.write(out, bytes.array());
  }

  private static void time(
      Path folder, List<String> texts, EncoderOptions options, int rounds, Path out)
      throws IOException {
    try (TextEncoder encoder = TextEncoder.open(folder, options)) {
      double flops = 0;
      long tokens = 0;
      for (String text : texts.stream().distinct().toList()) {
        int length = encoder.tokenizer().ids(Role.QUERY, text).length;
        flops += encoder.encoder().config().flops(length);
        tokens += length;
      }
      encoder.encode(Role.QUERY, texts.subList(0, Math.min(64, texts.size())));
      for (int round = 0; round < rounds; round++) {
        double cpu = cpuSeconds();
        long start = System.nanoTime();
        Embeddings rows = encoder.encode(Role.QUERY, texts);
        print(
            "wall",
            (System.nanoTime() - start) / 1e9,
            "cpu",
            cpuSeconds() - cpu,
            "tokens",
            tokens,
            "gflop",
            flops / 1e9);
        write(rows, out);
      }
    }
  }

  /** The encoder alone on the same batches, packed and padded, in turn; texts sorted by length. */
  private static void layouts(Path folder, List<String> texts, int threads, int rounds)
      throws IOException {
    EncoderOptions options = EncoderOptions.cpu().withThreads(threads);
    try (TextEncoder encoder = TextEncoder.open(folder, options);
        NDManager manager = Torch.manager(Device.cpu())) {
      List<int[]> sorted =
          texts.stream()
              .distinct()
              .map(text -> encoder.tokenizer().ids(Role.QUERY, text))
              .sorted(Comparator.comparingInt(ids -> ids.length))
              .toList();
      List<List<int[]>> batches = new ArrayList<>();
      int tokens = 0;
      for (int[] ids : sorted) {
        tokens += ids.length;
        if (batches.isEmpty() || tokens > options.batchTokens()) {
          batches.add(new ArrayList<>());
          tokens = ids.length;
        }
        batches.get(batches.size() - 1).add(ids);
      }
      Torch.inferOnThisThread();
      Torch.threads(threads);
      for (int round = -1; round < rounds; round++) {
        for (String layout : new String[] {"packed", "padded"}) {
          long computed = 0;
          double cpu = cpuSeconds();
          long start = System.nanoTime();
          for (List<int[]> batch : batches) {
            TokenBatch laid =
                layout.equals("packed")
                    ? TokenBatch.packed(batch)
                    : TokenBatch.padded(batch, encoder.encoder().config().padId());
            computed += laid.ids().length;
            try (NDManager scope = manager.newSubManager()) {
              encoder.encoder().encode(scope, laid).toFloatArray();
            }
          }
          if (round >= 0) {
            print(
                "layout",
                '"' + layout + '"',
                "wall",
                (System.nanoTime() - start) / 1e9,
                "cpu",
                cpuSeconds() - cpu,
                "tokens",
                computed);
          }
        }
      }
    }
  }

  private static void tokens(Path folder, List<String> texts) throws IOException {
    ModelFolder model = ModelFolder.open(folder);
    try (Tokenizer tokenizer =
        Tokenizer.open(
            model.tokenizerFile(),
            model.config().vocabulary(),
            model.maxTokens(),
            model.prefixes())) {
      for (int round = 0; round < 5; round++) {
        long tokens = 0;
        double cpu = cpuSeconds();
        long start = System.nanoTime();
        for (String text : texts) {
          tokens += tokenizer.ids(Role.QUERY, text).length;
        }
        print(
            "wall", (System.nanoTime() - start) / 1e9, "cpu", cpuSeconds() - cpu, "tokens", tokens);
      }
    }
  }

  private static void sgemm(int threads) {
    int n = 1536;
    try (NDManager manager = Torch.manager(Device.cpu())) {
      Torch.inferOnThisThread();
      Torch.threads(threads);
      NDArray a = manager.ones(new Shape(n, n), DataType.FLOAT32);
      NDArray b = manager.ones(new Shape(n, n), DataType.FLOAT32);
      a.matMul(b).close();
      for (int round = 0; round < 5; round++) {
        double cpu = cpuSeconds();
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
          a.matMul(b).close();
        }
        print(
            "wall", (System.nanoTime() - start) / 1e9,
            "cpu", cpuSeconds() - cpu,
            "gflop", 20 * 2.0 * n * n * n / 1e9);
      }
    }
  }

  /** Short distinct texts in blocks of 10,000 through one encoder: what the process then holds. */
  private static void memory(Path folder, int texts) throws IOException {
    try (TextEncoder encoder = TextEncoder.open(folder, EncoderOptions.cpu())) {
      for (int block = 0; block < texts / 10_000; block++) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
          some.add("text " + (block * 10_000 + i) + " of many");
        }
        encoder.encode(Role.PASSAGE, some);
        if (block % 4 == 0 || block == texts / 10_000 - 1) {
          System.gc();
          long resident =
              Files.readAllLines(Path.of("/proc/self/status")).stream()
                  .filter(line -> line.startsWith("VmRSS"))
                  .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                  .sum();
          print("texts", (block + 1) * 10_000L, "resident_mb", resident / 1024.0);
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
              ? String.format(Locale.ROOT, "%.4f", number)
              : String.valueOf(pairs[i + 1]));
    }
    System.out.println(line.append('}'));
  }
}
