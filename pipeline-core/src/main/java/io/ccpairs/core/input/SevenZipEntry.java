package io.ccpairs.core.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.apache.commons.compress.archivers.sevenz.SevenZArchiveEntry;
import org.apache.commons.compress.archivers.sevenz.SevenZFile;

/**
 * One file of a 7z archive, read where it lies: nothing is unpacked to a disk, and names of other
 * entries do not matter.
 */
final class SevenZipEntry extends FilterInputStream {
  private static final int MAX_MEMORY_KIB = 1 << 20;

  /** How the library begins to say that it knows no decoder, and its name for PPMd. */
  private static final String UNSUPPORTED = "Unsupported compression method";

  private static final String PPMD = "[3, 4, 1]";

  private final SevenZFile archive;

  private SevenZipEntry(InputStream entry, SevenZFile archive) {
    super(entry);
    this.archive = archive;
  }

  /**
   * Opens the first entry with this name, whatever folder it is in.
   *
   * @throws CorruptInputException when the archive is damaged or holds no such entry
   */
  static SevenZipEntry open(ByteSource source, String name) throws IOException {
    SevenZFile archive;
    try {
      archive =
          SevenZFile.builder()
              .setSeekableByteChannel(new Channel(source))
              .setMaxMemoryLimitKiB(MAX_MEMORY_KIB)
              .get();
    } catch (IOException | RuntimeException e) {
      throw new CorruptInputException(
          source.name(), "its directory", String.valueOf(e.getMessage()));
    }
    try {
      for (SevenZArchiveEntry entry : archive.getEntries()) {
        String path = entry.getName();
        if (path != null
            && !entry.isDirectory()
            && path.substring(path.lastIndexOf('/') + 1).equals(name)) {
          return new SevenZipEntry(archive.getInputStream(entry), archive);
        }
      }
    } catch (IOException | RuntimeException e) {
      archive.close();
      throw new CorruptInputException(source.name(), name, reason(String.valueOf(e.getMessage())));
    }
    archive.close();
    throw new CorruptInputException(source.name(), "its directory", "the archive holds no " + name);
  }

  private static String reason(String message) {
    return message.startsWith(UNSUPPORTED)
        ? "it is packed with "
            + (message.contains(PPMD) ? "PPMd" : "a method")
            + ", which is not read; pack it anew with bzip2 or LZMA2"
        : message;
  }

  @Override
  public int read(byte[] into, int offset, int wanted) throws IOException {
    try {
      return in.read(into, offset, wanted);
    } catch (RuntimeException e) {
      // Decoders of damaged entries trip over their own arrays.
      throw new IOException("the entry is damaged: " + e, e);
    }
  }

  @Override
  public void close() throws IOException {
    archive.close();
  }

  /** Seeks by opening the source anew. */
  private static final class Channel implements SeekableByteChannel {
    private static final int FORWARD = 1 << 16;

    private final ByteSource source;
    private InputStream in = InputStream.nullInputStream();
    private long streamAt = -1;
    private long position;
    private boolean open = true;

    Channel(ByteSource source) {
      this.source = source;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      if (position >= source.length()) {
        return -1;
      }
      if (streamAt < 0 || position < streamAt || position - streamAt > FORWARD) {
        in.close();
        in = source.open(position);
        streamAt = position;
      }
      in.skipNBytes(position - streamAt);
      byte[] bytes = new byte[Math.min(into.remaining(), 1 << 16)];
      int got = in.read(bytes, 0, bytes.length);
      if (got > 0) {
        into.put(bytes, 0, got);
        position += got;
      }
      streamAt = position;
      return got;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public SeekableByteChannel position(long at) {
      position = at;
      return this;
    }

    @Override
    public long size() {
      return source.length();
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() throws IOException {
      open = false;
      in.close();
    }

    @Override
    public int write(ByteBuffer bytes) {
      throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw new NonWritableChannelException();
    }
  }
}
