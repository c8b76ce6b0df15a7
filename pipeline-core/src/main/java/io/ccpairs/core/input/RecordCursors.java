package io.ccpairs.core.input;

import java.io.IOException;

/** Opens splits. */
public final class RecordCursors {
  private RecordCursors() {}

  /**
   * A cursor over the records of a split, whatever the file is packed in.
   *
   * @param delimiter ends each record, for example {@code "\n"} or {@code "</page>"} in UTF-8; at
   *     least one byte. What stands behind the last delimiter of the file is a record if it is more
   *     than white space
   * @throws CorruptInputException when the file is damaged or not what its name says
   */
  public static RecordCursor open(Split split, byte[] delimiter, InputLimits limits)
      throws IOException {
    Chunks chunks =
        switch (Container.of(split.source())) {
          case PLAIN -> new PlainChunks(split);
          case BZIP2 -> new Bzip2Chunks(split, limits);
          case GZIP -> StreamChunks.gzip(split, limits);
          case ZSTD -> StreamChunks.zstd(split, limits);
          case SEVEN_ZIP -> StreamChunks.sevenZip(split, limits);
        };
    return new DelimitedCursor(chunks, split.start() > 0, delimiter, limits.maxRecordBytes());
  }
}
