package io.ccpairs.core.input;

import java.io.IOException;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

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
    Chunks chunks = chunks(split, limits);
    try {
      boolean begun = split.start() == 0 && chunks.next();
      @Nullable Charset utf16 = begun ? Utf16Chunks.marked(chunks.bytes(), chunks.length()) : null;
      Chunks decoded = utf16 == null ? chunks : Utf16Chunks.behind(chunks, utf16);
      return new DelimitedCursor(
          decoded, begun && utf16 == null, split.start() > 0, delimiter, limits.maxRecordBytes());
    } catch (IOException e) {
      chunks.close();
      throw e;
    }
  }

  /** Whether a file begins with the mark of UTF-16, so that it cannot be cut at bytes. */
  static boolean isUtf16(ByteSource source) throws IOException {
    try (Chunks chunks = chunks(new Split(source, 0, source.length()), InputLimits.defaults())) {
      return chunks.next() && Utf16Chunks.marked(chunks.bytes(), chunks.length()) != null;
    }
  }

  private static Chunks chunks(Split split, InputLimits limits) throws IOException {
    return switch (Container.of(split.source())) {
      case PLAIN -> new PlainChunks(split);
      case BZIP2 -> new Bzip2Chunks(split, limits);
      case GZIP -> StreamChunks.gzip(split, limits);
      case ZSTD -> StreamChunks.zstd(split, limits);
      case SEVEN_ZIP -> StreamChunks.sevenZip(split, limits);
    };
  }
}
