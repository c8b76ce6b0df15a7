package io.ccpairs.core.input;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A file that begins with the byte order mark of UTF-16, as UTF-8. Such a file is one split. */
final class Utf16Chunks implements Chunks {
  private final Chunks chunks;
  private final CharsetDecoder decoder;
  private byte[] waiting = new byte[0];
  private byte[] out = new byte[0];
  private int length;
  private boolean first = true;
  private boolean ended;

  private Utf16Chunks(Chunks chunks, Charset charset) {
    this.chunks = chunks;
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
  }

  /** Which kind of UTF-16 the first bytes of a file announce; null for none. */
  static @Nullable Charset marked(byte[] bytes, int length) {
    if (length >= 2 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE) {
      return UTF_16LE;
    }
    return length >= 2 && bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF ? UTF_16BE : null;
  }

  /** Decodes a file whose first chunk has been read already. */
  static Utf16Chunks behind(Chunks firstRead, Charset charset) {
    return new Utf16Chunks(firstRead, charset);
  }

  @Override
  public boolean next() throws IOException {
    if (ended) {
      return false;
    }
    int skip = first ? 2 : 0;
    boolean more = first || chunks.next();
    first = false;
    int arrived = more ? chunks.length() - skip : 0;
    byte[] in = Arrays.copyOf(waiting, waiting.length + arrived);
    if (more) {
      System.arraycopy(chunks.bytes(), skip, in, waiting.length, arrived);
    }
    ended = !more;
    ByteBuffer bytes = ByteBuffer.wrap(in);
    CharBuffer characters = CharBuffer.allocate(in.length / 2 + 2);
    decoder.decode(bytes, characters, ended);
    waiting = Arrays.copyOfRange(in, bytes.position(), in.length);
    ByteBuffer encoded = UTF_8.encode(characters.flip());
    length = encoded.remaining();
    out = new byte[length];
    encoded.get(out);
    return more || length > 0;
  }

  @Override
  public byte[] bytes() {
    return out;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public boolean beyond() {
    return false;
  }

  @Override
  public long base() {
    return chunks.base();
  }

  @Override
  public String place(long from, long offset) {
    return chunks.place(from, 0) + ", as UTF-8 byte " + offset;
  }

  @Override
  public void close() throws IOException {
    chunks.close();
  }
}
