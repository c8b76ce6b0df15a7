package io.ccpairs.core.input;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Cuts files into stretches for tasks. */
public final class Splits {
  private Splits() {}

  /**
   * The splits of a file: stretches of about {@code targetBytes} of plain and bzip2 files, one for
   * all others. Only the first bytes are read.
   *
   * @param targetBytes stored bytes of a split; at least 1
   * @return none for an empty file
   * @throws CorruptInputException when the name claims another container than the bytes
   */
  public static List<Split> plan(ByteSource source, long targetBytes) throws IOException {
    if (targetBytes < 1) {
      throw new IllegalArgumentException("A split must have at least one byte, not " + targetBytes);
    }
    boolean splittable = Container.of(source).splittable();
    long length = source.length();
    if (splittable && length > targetBytes) {
      splittable = !RecordCursors.isUtf16(source);
    }
    List<Split> splits = new ArrayList<>();
    long pieces = splittable ? Math.max(1, (length + targetBytes - 1) / targetBytes) : 1;
    for (long piece = 0; piece < pieces && length > 0; piece++) {
      splits.add(new Split(source, at(piece, pieces, length), at(piece + 1, pieces, length)));
    }
    return splits;
  }

  /** Even pieces; in two steps, so that no product overflows. */
  private static long at(long piece, long pieces, long length) {
    return piece * (length / pieces) + Math.min(piece, length % pieces);
  }
}
