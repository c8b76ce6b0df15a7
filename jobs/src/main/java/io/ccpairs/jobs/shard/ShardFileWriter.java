package io.ccpairs.jobs.shard;

import io.ccpairs.core.shard.BatchPlan;
import io.ccpairs.core.shard.PartialFile;
import io.ccpairs.core.shard.ShardHash;
import io.ccpairs.core.shard.ShardSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.SeekableInputStream;

/**
 * Writes one shard. Each slice is written as a Parquet file in memory, whose only row group is then
 * appended: so row groups begin and end where slices do, whatever the writer thinks of their size.
 */
final class ShardFileWriter implements AutoCloseable {
  private static final long ONE_ROW_GROUP = 1L << 30;

  private final int slices;
  private final ParquetFileWriter writer;
  private final List<String> hashes = new ArrayList<>();
  private long rows;
  private long siblings;

  /** A row of a shard. */
  record Row(
      String pairId, String origin, String query, String passage, long queryKey, long passageKey) {}

  ShardFileWriter(Path file, int slices, Configuration configuration) throws IOException {
    this.slices = slices;
    this.writer =
        new ParquetFileWriter(
            HadoopOutputFile.fromPath(file, configuration),
            ShardSchema.ALL,
            ParquetFileWriter.Mode.OVERWRITE,
            ONE_ROW_GROUP,
            0,
            null,
            ParquetProperties.builder().build());
    writer.start();
  }

  /** Adds a whole batch. */
  void add(long batch, List<Row> pairs) throws IOException {
    Set<Long> queries = new HashSet<>();
    Set<Long> passages = new HashSet<>();
    for (Row pair : pairs) {
      boolean newQuery = queries.add(pair.queryKey());
      boolean newPassage = passages.add(pair.passageKey());
      siblings += newQuery && newPassage ? 0 : 1;
    }
    for (int slice = 0; slice < slices; slice++) {
      slice(
          batch,
          pairs.subList(
              BatchPlan.sliceBegin(slice, pairs.size(), slices),
              BatchPlan.sliceBegin(slice + 1, pairs.size(), slices)));
    }
    rows += pairs.size();
  }

  private void slice(long batch, List<Row> pairs) throws IOException {
    Memory memory = new Memory();
    try (ParquetWriter<Group> slice =
        ExampleParquetWriter.builder(memory)
            .withType(ShardSchema.ALL)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ONE_ROW_GROUP)
            .withMinRowCountForPageSizeCheck(100)
            .withDictionaryEncoding(false)
            .withDictionaryEncoding(ShardSchema.ORIGIN, true)
            .withDictionaryEncoding(ShardSchema.BATCH, true)
            .withStatisticsEnabled(ShardSchema.QUERY, false)
            .withStatisticsEnabled(ShardSchema.PASSAGE, false)
            .build()) {
      for (Row pair : pairs) {
        Group group = new SimpleGroup(ShardSchema.ALL);
        group.add(ShardSchema.PAIR_ID, pair.pairId());
        group.add(ShardSchema.ORIGIN, pair.origin());
        group.add(ShardSchema.QUERY, pair.query());
        group.add(ShardSchema.PASSAGE, pair.passage());
        group.add(ShardSchema.QUERY_KEY, pair.queryKey());
        group.add(ShardSchema.PASSAGE_KEY, pair.passageKey());
        group.add(ShardSchema.BATCH, batch);
        slice.write(group);
      }
    }
    byte[] bytes = memory.bytes.toByteArray();
    PartialFile file = PartialFile.whole(bytes);
    List<BlockMetaData> groups;
    try (ParquetFileReader reader = ParquetFileReader.open(file)) {
      groups = reader.getFooter().getBlocks();
    }
    if (groups.size() != 1) {
      throw new IOException(
          "Cannot write a slice of "
              + pairs.size()
              + " pairs in one row group; raise shard.slices");
    }
    BlockMetaData group = groups.get(0);
    int begin = Math.toIntExact(group.getStartingPos());
    hashes.add(ShardHash.of(bytes, begin, Math.toIntExact(begin + group.getCompressedSize())));
    try (SeekableInputStream stream = file.newStream()) {
      writer.appendRowGroups(stream, groups, false);
    }
  }

  /** Rows written so far. */
  long rows() {
    return rows;
  }

  /** Pairs that share a batch with an earlier one of equal query key or passage key. */
  long siblings() {
    return siblings;
  }

  @Override
  public void close() throws IOException {
    writer.end(Map.of(ShardHash.ROW_GROUPS, ShardHash.joined(hashes)));
  }

  /** A file in memory. */
  private static final class Memory implements OutputFile {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public PositionOutputStream create(long blockSize) {
      return new PositionOutputStream() {
        @Override
        public long getPos() {
          return bytes.size();
        }

        @Override
        public void write(int b) {
          bytes.write(b);
        }

        @Override
        public void write(byte[] from, int begin, int count) {
          bytes.write(from, begin, count);
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSize) {
      return create(blockSize);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }
}
