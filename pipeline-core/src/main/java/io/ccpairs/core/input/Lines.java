package io.ccpairs.core.input;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a text file in UTF-8, plain or packed as gzip or zstd, which its bytes tell. */
public final class Lines implements Closeable {
  private static final int MAX_LINE_BYTES = 16 << 20;
  private static final int BUFFER = 1 << 16;

  private final String name;
  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long number;

  private Lines(String name, InputStream in) {
    this.name = name;
    this.in = in;
  }

  /** The lines of a file. */
  public static Lines open(ByteSource file) throws IOException {
    return of(file.name(), file.open(0));
  }

  /**
   * The lines in a file's bytes.
   *
   * @param name what errors name
   * @param file closed with the lines
   */
  public static Lines of(String name, InputStream file) throws IOException {
    return new Lines(name, unpacked(name, file));
  }

  /** The unpacked bytes of a file. */
  public static InputStream stream(ByteSource file) throws IOException {
    return unpacked(file.name(), file.open(0));
  }

  /**
   * The unpacked bytes in a file's.
   *
   * @param name what errors name
   */
  public static InputStream unpacked(String name, InputStream file) throws IOException {
    BufferedInputStream stored = new BufferedInputStream(file, BUFFER);
    try {
      stored.mark(4);
      byte[] magic = stored.readNBytes(4);
      stored.reset();
      if (magic.length > 1 && (magic[0] & 0xFF) == 0x1F && (magic[1] & 0xFF) == 0x8B) {
        return new BufferedInputStream(new GZIPInputStream(stored, BUFFER), BUFFER);
      } else if (magic.length > 3
          && (magic[0] & 0xFF) == 0x28
          && (magic[1] & 0xFF) == 0xB5
          && (magic[2] & 0xFF) == 0x2F
          && (magic[3] & 0xFF) == 0xFD) {
        return new BufferedInputStream(new ZstdInputStream(stored), BUFFER);
      }
      return stored;
    } catch (IOException e) {
      stored.close();
      throw new CorruptInputException(name, "byte 0", String.valueOf(e.getMessage()));
    }
  }

  /** The next line without its end; null behind the last. */
  public @Nullable String next() throws IOException {
    line.reset();
    int b;
    try {
      b = in.read();
      if (b < 0) {
        return null;
      }
      number++;
      while (b >= 0 && b != '\n') {
        line.write(b);
        if (line.size() > MAX_LINE_BYTES) {
          throw error("the line is longer than " + MAX_LINE_BYTES + " bytes");
        }
        b = in.read();
      }
    } catch (CorruptInputException e) {
      throw e;
    } catch (IOException e) {
      throw error(String.valueOf(e.getMessage()));
    }
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(line.toByteArray()))
              .toString();
    } catch (CharacterCodingException e) {
      CorruptInputException named = error("the line is not UTF-8");
      named.initCause(e);
      throw named;
    }
    if (number == 1 && text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /** The file's name. */
  public String name() {
    return name;
  }

  /** The number of the line that was read last, from 1. */
  public long number() {
    return number;
  }

  /** An error at the line that was read last. */
  public CorruptInputException error(String reason) {
    return new CorruptInputException(name, "line " + number, reason);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
