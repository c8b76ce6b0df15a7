package io.ccpairs.core.rank;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;

/**
 * A pool on disk: N vectors of D numbers with the key of each text, ordered by lists of near
 * neighbours, and what speeds up the search in them. Mapped into memory, so that all tasks of a
 * host share one copy in the page cache.
 *
 * <p>A folder of raw little-endian arrays: {@code vectors.f32} (N, D), {@code keys.i64} (N, 2),
 * {@code bounds.f32} (N, W), {@code moments.f32} (2, C, W) with the means and the variances of the
 * bounds of each list, {@code directions.f64} (D, D), {@code centres.f32} (C, D), {@code lists.i64}
 * (C + 1) where each list begins; {@code shape} holds N, D, W and C. W is the last of K cuts plus
 * K: coordinates along the directions up to each cut, and the length of what lies beyond it.
 */
public final class PoolFile {
  static final String VECTORS = "vectors.f32";
  static final String KEYS = "keys.i64";
  static final String BOUNDS = "bounds.f32";
  static final String MOMENTS = "moments.f32";
  static final String DIRECTIONS = "directions.f64";
  static final String CENTRES = "centres.f32";
  static final String LISTS = "lists.i64";
  static final String SHAPE = "shape";
  private static final int MAGIC = 0x43435033;

  /** The files, in the order in which they are written; the last makes the pool whole. */
  public static final java.util.List<String> FILES =
      java.util.List.of(VECTORS, KEYS, BOUNDS, MOMENTS, DIRECTIONS, CENTRES, LISTS, SHAPE);

  private PoolFile() {}

  /**
   * The sizes of a pool.
   *
   * @param passages N
   * @param dimensions D
   * @param bound W; 0 where the pool is too small to need bounds
   * @param lists C; 0 where the pool is too small to need lists
   */
  record Shape(int passages, int dimensions, int bound, int lists) {}

  /**
   * Where bounds may end, of D dimensions: the shorter, the cheaper; the longer, the sharper. Pairs
   * choose, see {@link ConsistencyFilter}.
   */
  static int[] cuts(int dimensions) {
    return IntStream.of(4, 6, 8, 10, 12, 15)
        .map(part -> part * dimensions / 24)
        .filter(cut -> cut > 0)
        .distinct()
        .toArray();
  }

  /** W for D dimensions. */
  static int width(int dimensions) {
    int[] cuts = cuts(dimensions);
    return cuts.length == 0 ? 0 : cuts[cuts.length - 1] + cuts.length;
  }

  static void writeShape(Path folder, Shape shape) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(Files.newOutputStream(folder.resolve(SHAPE)))) {
      out.writeInt(MAGIC);
      out.writeInt(shape.passages());
      out.writeInt(shape.dimensions());
      out.writeInt(shape.bound());
      out.writeInt(shape.lists());
    }
  }

  static Shape readShape(Path folder) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(folder.resolve(SHAPE)))) {
      int magic = in.readInt();
      Shape shape = new Shape(in.readInt(), in.readInt(), in.readInt(), in.readInt());
      if (magic != MAGIC
          || shape.passages() < 0
          || shape.dimensions() < 1
          || shape.bound() < 0
          || shape.lists() < 0) {
        throw new IOException("Cannot open pool " + folder + ": " + SHAPE + " is damaged");
      }
      return shape;
    }
  }

  static void writeFloats(Path file, float[] values) throws IOException {
    try (FileChannel channel = create(file)) {
      int step = 1 << 20;
      ByteBuffer bytes = ByteBuffer.allocateDirect(4 * step).order(ByteOrder.nativeOrder());
      for (int at = 0; at < values.length; at += step) {
        int count = Math.min(step, values.length - at);
        bytes.clear();
        bytes.asFloatBuffer().put(values, at, count);
        write(channel, bytes.limit(4 * count));
      }
    }
  }

  static void writeLongs(Path file, long[] values) throws IOException {
    try (FileChannel channel = create(file)) {
      int step = 1 << 19;
      ByteBuffer bytes = ByteBuffer.allocateDirect(8 * step).order(ByteOrder.nativeOrder());
      for (int at = 0; at < values.length; at += step) {
        int count = Math.min(step, values.length - at);
        bytes.clear();
        bytes.asLongBuffer().put(values, at, count);
        write(channel, bytes.limit(8 * count));
      }
    }
  }

  static void writeDoubles(Path file, double[] values) throws IOException {
    long[] bits = new long[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits(values[i]);
    }
    writeLongs(file, bits);
  }

  static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Maps rows of a file.
   *
   * @throws IOException when the file is shorter, naming it
   */
  static ByteBuffer map(Path file, long fromByte, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < fromByte + bytes) {
        throw new IOException(
            "Cannot open pool file "
                + file
                + ": it holds "
                + channel.size()
                + " bytes, "
                + (fromByte + bytes)
                + " are needed");
      }
      return channel
          .map(FileChannel.MapMode.READ_ONLY, fromByte, bytes)
          .order(ByteOrder.nativeOrder());
    }
  }

  static float[] floats(Path file, int count) throws IOException {
    FloatBuffer buffer = map(file, 0, 4L * count).asFloatBuffer();
    float[] values = new float[count];
    buffer.get(values);
    return values;
  }

  static double[] doubles(Path file, int count) throws IOException {
    double[] values = new double[count];
    map(file, 0, 8L * count).asDoubleBuffer().get(values);
    return values;
  }

  static long[] longs(Path file, int count) throws IOException {
    LongBuffer buffer = map(file, 0, 8L * count).asLongBuffer();
    long[] values = new long[count];
    buffer.get(values);
    return values;
  }
}
