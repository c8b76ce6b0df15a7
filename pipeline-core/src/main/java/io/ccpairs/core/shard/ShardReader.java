package io.ccpairs.core.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.api.GroupConverter;

/**
 * Reads the slices of batches. A rank reads the row groups of its slices in one piece, checks each
 * against its hash, and nothing else; the footers of the files at hand are kept.
 *
 * <p>For one thread at a time.
 */
public final class ShardReader implements BatchSource {
  private static final int FOOTERS_KEPT = 8;

  private final ShardIndex index;
  private final ShardStore store;
  private final ParquetReadOptions options =
      ParquetReadOptions.builder(new PlainParquetConfiguration())
          .withCodecFactory(new ZstdPages())
          .usePageChecksumVerification(false) // the hash of the row group was checked
          .build();
  private final GroupConverter converter =
      new GroupRecordConverter(ShardSchema.READ).getRootConverter();
  private final List<Place[]> epochs = new ArrayList<>();
  private final Map<ShardIndex.Shard, Footer> footers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ShardIndex.Shard, Footer> eldest) {
          return size() > FOOTERS_KEPT;
        }
      };

  /** Where a batch lies: in which file, and as which of its batches. */
  private record Place(ShardIndex.Shard file, int at) {}

  /** A footer as it stands in its file, and read. */
  private record Footer(PartialFile.Range bytes, ParquetMetadata read) {}

  /** A reader of the shards that an index names. */
  public ShardReader(ShardIndex index, ShardStore store) {
    this.index = index;
    this.store = store;
    for (ShardIndex.Epoch epoch : index.epochs()) {
      epochs.add(new Place[Math.toIntExact(epoch.batches())]);
    }
    for (ShardIndex.Shard file : index.files()) {
      Place[] places = epochs.get(file.epoch());
      for (int at = 0; at < file.batches().size(); at++) {
        places[Math.toIntExact(file.batches().get(at))] = new Place(file, at);
      }
    }
  }

  /** What is read. */
  public ShardIndex index() {
    return index;
  }

  @Override
  public List<ShardRow> slice(long step, int rank, int world) throws IOException {
    if (world < 1 || index.slices() % world != 0) {
      throw new IllegalArgumentException(
          "Cannot read batches in "
              + world
              + " ranks: they were planned in "
              + index.slices()
              + " slices, which must be a multiple of the ranks (shard.slices)");
    }
    Place place = place(step);
    Footer footer = footer(place.file());
    int each = index.slices() / world;
    int first = place.at() * index.slices() + rank * each;
    List<BlockMetaData> groups = footer.read().getBlocks().subList(first, first + each);
    long begin = begin(groups.get(0));
    BlockMetaData last = groups.get(each - 1);
    byte[] bytes =
        store.read(place.file().path(), begin, Math.toIntExact(begin(last) + size(last) - begin));
    String hashes = hashes(place.file(), footer.read());
    for (int i = 0; i < each; i++) {
      int from = (int) (begin(groups.get(i)) - begin);
      String found = ShardHash.of(bytes, from, from + (int) size(groups.get(i)));
      if (!found.equals(ShardHash.at(hashes, first + i))) {
        throw damaged(place.file(), "row group " + (first + i) + " has another hash than planned");
      }
    }
    List<ShardRow> rows = new ArrayList<>();
    PartialFile file =
        new PartialFile(place.file().bytes(), new PartialFile.Range(begin, bytes), footer.bytes());
    try (ParquetFileReader reader = new ParquetFileReader(file, options)) {
      reader.setRequestedSchema(ShardSchema.READ);
      for (int i = 0; i < each; i++) {
        add(rows, reader.readRowGroup(first + i));
      }
    }
    return rows;
  }

  private Place place(long step) {
    long at = step % index.batches();
    int epoch = 0;
    while (at >= epochs.get(epoch).length) {
      at -= epochs.get(epoch).length;
      epoch++;
    }
    return epochs.get(epoch)[(int) at];
  }

  private Footer footer(ShardIndex.Shard shard) throws IOException {
    Footer known = footers.get(shard);
    if (known != null) {
      return known;
    }
    byte[] bytes =
        store.read(shard.path(), shard.footer(), Math.toIntExact(shard.bytes() - shard.footer()));
    if (!ShardHash.of(bytes, 0, bytes.length).equals(shard.footerHash())) {
      throw damaged(shard, "its footer has another hash than planned");
    }
    PartialFile.Range range = new PartialFile.Range(shard.footer(), bytes);
    PartialFile file = new PartialFile(shard.bytes(), range);
    try (ParquetFileReader reader = new ParquetFileReader(file, options)) {
      ParquetMetadata footer = reader.getFooter();
      long rows = footer.getBlocks().stream().mapToLong(BlockMetaData::getRowCount).sum();
      if (rows != shard.rows()
          || footer.getBlocks().size() != shard.batches().size() * index.slices()
          || hashes(shard, footer).length() != 16 * footer.getBlocks().size()) {
        throw damaged(shard, "the index lists " + shard.rows() + " rows, the file holds " + rows);
      }
      Footer kept = new Footer(range, footer);
      footers.put(shard, kept);
      return kept;
    }
  }

  private static String hashes(ShardIndex.Shard shard, ParquetMetadata footer) throws IOException {
    String hashes = footer.getFileMetaData().getKeyValueMetaData().get(ShardHash.ROW_GROUPS);
    if (hashes == null) {
      throw damaged(shard, "its footer has no hashes");
    }
    return hashes;
  }

  private void add(List<ShardRow> rows, PageReadStore group) {
    ColumnReadStoreImpl columns =
        new ColumnReadStoreImpl(group, converter, ShardSchema.READ, "ccpairs");
    int count = Math.toIntExact(group.getRowCount());
    String[] ids = texts(columns, ShardSchema.PAIR_ID, count);
    String[] queries = texts(columns, ShardSchema.QUERY, count);
    String[] passages = texts(columns, ShardSchema.PASSAGE, count);
    long[] queryKeys = numbers(columns, ShardSchema.QUERY_KEY, count);
    long[] passageKeys = numbers(columns, ShardSchema.PASSAGE_KEY, count);
    for (int i = 0; i < count; i++) {
      rows.add(new ShardRow(ids[i], queries[i], passages[i], queryKeys[i], passageKeys[i]));
    }
  }

  private static ColumnReader column(ColumnReadStoreImpl columns, String name) {
    return columns.getColumnReader(ShardSchema.READ.getColumnDescription(new String[] {name}));
  }

  private static String[] texts(ColumnReadStoreImpl columns, String name, int count) {
    ColumnReader column = column(columns, name);
    String[] texts = new String[count];
    for (int i = 0; i < count; i++) {
      texts[i] = column.getBinary().toStringUsingUTF8();
      column.consume();
    }
    return texts;
  }

  private static long[] numbers(ColumnReadStoreImpl columns, String name, int count) {
    ColumnReader column = column(columns, name);
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = column.getLong();
      column.consume();
    }
    return numbers;
  }

  private static long begin(BlockMetaData group) {
    return group.getStartingPos();
  }

  private static long size(BlockMetaData group) {
    return group.getCompressedSize();
  }

  private static IOException damaged(ShardIndex.Shard shard, String how) {
    return new IOException("Cannot read shard " + shard.path() + ": " + how);
  }
}
