package io.ccpairs.jobs.shard;

import io.ccpairs.core.shard.ShardReader;
import io.ccpairs.core.shard.ShardRow;
import io.ccpairs.core.shard.ShardSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.schema.MessageType;

/**
 * Rows a second of the shard reader, batch by batch with its hashes checked, beside Parquet's own
 * reader over the same files and columns: {@code RUN}, the folder of a run of shards. One thread;
 * see docs/benchmarks/train.py.
 */
public final class ShardBenchmark {
  private static final int ROUNDS = 5;

  private ShardBenchmark() {}

  /** Prints one JSON object. */
  public static void main(String[] arguments) throws IOException {
    double[] ours = new double[ROUNDS];
    double[] parquet = new double[ROUNDS];
    long rows = 0;
    long bytes = 0;
    for (int round = -1; round < ROUNDS; round++) {
      ShardReader reader = HadoopShards.open(arguments[0], new Configuration());
      bytes = reader.index().files().stream().mapToLong(file -> file.bytes()).sum();
      long begin = System.nanoTime();
      rows = 0;
      long letters = 0;
      for (long step = 0; step < reader.index().batches(); step++) {
        for (ShardRow row : reader.slice(step, 0, 1)) {
          letters += row.query().length() + row.passage().length() + row.pairId().length();
          rows++;
        }
      }
      long between = System.nanoTime();
      long same = parquet(Path.of(arguments[0]), letters);
      long end = System.nanoTime();
      if (same != rows) {
        throw new IllegalStateException(rows + " rows, but Parquet's reader has " + same);
      }
      if (round >= 0) {
        ours[round] = (between - begin) / 1e9;
        parquet[round] = (end - between) / 1e9;
      }
    }
    Arrays.sort(ours);
    Arrays.sort(parquet);
    System.out.printf(
        Locale.ROOT,
        "{\"rows\": %d, \"mb\": %.1f, \"ours\": %.0f, \"parquet\": %.0f}%n",
        rows,
        bytes / 1e6,
        rows / ours[ROUNDS / 2],
        rows / parquet[ROUNDS / 2]);
  }

  private static long parquet(Path run, long letters) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(run.resolve("data"))) {
      all.filter(path -> path.toString().endsWith(".parquet")).sorted().forEach(files::add);
    }
    MessageType columns =
        new MessageType(
            "shard",
            ShardSchema.ALL.getFields().stream()
                .filter(field -> !field.getName().equals(ShardSchema.ORIGIN))
                .filter(field -> !field.getName().equals(ShardSchema.BATCH))
                .toList());
    Configuration configuration = new Configuration();
    configuration.set(ReadSupport.PARQUET_READ_SCHEMA, columns.toString());
    long rows = 0;
    long left = letters;
    for (Path file : files) {
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
              .withConf(configuration)
              .build()) {
        for (Group group = reader.read(); group != null; group = reader.read()) {
          left -= group.getString(ShardSchema.QUERY, 0).length();
          left -= group.getString(ShardSchema.PASSAGE, 0).length();
          left -= group.getString(ShardSchema.PAIR_ID, 0).length();
          rows++;
        }
      }
    }
    if (left != 0) {
      throw new IllegalStateException("The readers differ by " + left + " letters");
    }
    return rows;
  }
}
