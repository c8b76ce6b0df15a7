package io.ccpairs.core.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.ccpairs.core.pair.PairId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.sevenz.SevenZArchiveEntry;
import org.apache.commons.compress.archivers.sevenz.SevenZMethod;
import org.apache.commons.compress.archivers.sevenz.SevenZOutputFile;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** Files in memory, packers, and the whole of a file's records through any splits. */
public record Bytes(String name, byte[] content) implements ByteSource {
  static final byte[] LINES = {'\n'};
  static final byte[] PAGES = "</page>".getBytes(UTF_8);
  static final InputLimits LIMITS = InputLimits.defaults();

  @Override
  public long length() {
    return content.length;
  }

  @Override
  public InputStream open(long from) {
    return new ByteArrayInputStream(content, (int) from, content.length - (int) from);
  }

  public static ByteSource file(Path path) {
    return new FileSource(path.toString());
  }

  private record FileSource(String name) implements ByteSource {
    @Override
    public long length() {
      try {
        return Files.size(Path.of(name));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public InputStream open(long from) throws IOException {
      InputStream in = Files.newInputStream(Path.of(name));
      in.skipNBytes(from);
      return in;
    }
  }

  /** All records, split after split, with their places; a problem stands for its record. */
  static List<String> records(
      ByteSource source,
      long targetBytes,
      byte[] delimiter,
      InputLimits limits,
      List<String> places)
      throws IOException {
    List<String> records = new ArrayList<>();
    for (Split split : Splits.plan(source, targetBytes)) {
      read(split, delimiter, limits, records, places);
    }
    return records;
  }

  static void read(
      Split split, byte[] delimiter, InputLimits limits, List<String> records, List<String> places)
      throws IOException {
    try (RecordCursor cursor = RecordCursors.open(split, delimiter, limits)) {
      while (cursor.next()) {
        String problem = cursor.problem();
        records.add(
            problem != null
                ? "!" + problem
                : new String(cursor.buffer(), cursor.start(), cursor.length(), UTF_8));
        places.add(cursor.place());
      }
    }
  }

  static List<String> records(ByteSource source, long targetBytes, byte[] delimiter)
      throws IOException {
    return records(source, targetBytes, delimiter, LIMITS, new ArrayList<>());
  }

  /** Text that packs badly: words of a hash. */
  static List<String> lines(int count, int seed) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder line = new StringBuilder("line " + i);
      long draw = PairId.draw("line" + i, seed);
      for (int word = 0; word < (draw & 15); word++) {
        line.append(' ').append(Long.toString(PairId.mix(draw + word) >>> 40, 36));
      }
      lines.add(line.toString());
    }
    return lines;
  }

  static byte[] join(List<String> lines, String end) {
    return (String.join(end, lines) + end).getBytes(UTF_8);
  }

  interface Packer {
    OutputStream over(OutputStream out) throws IOException;
  }

  static byte[] pack(byte[] content, Packer packer) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = packer.over(packed)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  static byte[] bzip2(byte[] content) {
    return pack(content, out -> new BZip2CompressorOutputStream(out, 1));
  }

  /** Streams of {@code piece} bytes each, one behind the other. */
  static byte[] bzip2(byte[] content, int piece) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (int at = 0; at < content.length; at += piece) {
      packed.writeBytes(
          bzip2(java.util.Arrays.copyOfRange(content, at, Math.min(content.length, at + piece))));
    }
    return packed.toByteArray();
  }

  static byte[] gzip(byte[] content) {
    return pack(content, GZIPOutputStream::new);
  }

  static byte[] zstd(byte[] content) {
    return pack(content, out -> new ZstdOutputStreamNoFinalizer(out).setChecksum(true));
  }

  static byte[] sevenZip(String entry, byte[] content) {
    SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel();
    try (SevenZOutputFile out = new SevenZOutputFile(channel)) {
      out.setContentCompression(SevenZMethod.BZIP2);
      SevenZArchiveEntry head = new SevenZArchiveEntry();
      head.setName(entry);
      out.putArchiveEntry(head);
      out.write(content);
      out.closeArchiveEntry();
      out.finish();
      return java.util.Arrays.copyOf(channel.array(), (int) channel.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the directory of a {@link #sevenZip} say that its entry is packed in another way. */
  static void packedWith(byte[] archive, byte[] method) {
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int directory = 32 + (int) bytes.getLong(12);
    int size = (int) bytes.getLong(20);
    int at = directory;
    while (bytes.get(at) != 4 || bytes.get(at + 1) != 2 || bytes.get(at + 2) != 2) {
      at++;
    }
    System.arraycopy(method, 0, archive, at, method.length);
    CRC32 crc = new CRC32();
    crc.update(archive, directory, size);
    bytes.putInt(28, (int) crc.getValue());
    crc.reset();
    crc.update(archive, 12, 20);
    bytes.putInt(8, (int) crc.getValue());
  }
}
