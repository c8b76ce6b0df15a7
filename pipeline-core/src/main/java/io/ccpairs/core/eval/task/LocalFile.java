package io.ccpairs.core.eval.task;

import io.ccpairs.core.input.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of this machine's disk. */
public final class LocalFile implements ByteSource {
  private static final long serialVersionUID = 1L;

  private final String path;

  /** The file need not be there yet. */
  public LocalFile(Path path) {
    this.path = path.toString();
  }

  @Override
  public String name() {
    return path;
  }

  @Override
  public long length() {
    try {
      return Files.size(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InputStream open(long from) throws IOException {
    FileChannel channel = FileChannel.open(Path.of(path)).position(from);
    return Channels.newInputStream(channel);
  }
}
