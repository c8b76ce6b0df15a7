package io.ccpairs.core.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.ccpairs.core.encoder.kernel.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A pool in memory: read from {@link PoolFile}'s arrays by mapping, not by copying. Letters: N
 * passages, D dimensions, F numbers of a prefix, C lists. Threads may share it.
 */
public final class Pool implements AutoCloseable {
  /** Rows of one mapped part. */
  private static final int PART = 1 << 18;

  private final PoolFile.Shape shape;
  private final NDManager manager;
  private final RankKernels kernels;
  private final List<ByteBuffer> vectorParts = new ArrayList<>();
  private final List<FloatBuffer> vectorFloats = new ArrayList<>();
  private final List<ByteBuffer> prefixParts = new ArrayList<>();
  private final long[] keys;
  private final long[] begins;
  private final NDArray directions;
  private final NDArray centres;

  private Pool(Path folder, PoolFile.Shape shape, NDManager manager) throws IOException {
    this.shape = shape;
    this.manager = manager;
    this.kernels = RankKernels.load(manager);
    int n = shape.passages();
    int d = shape.dimensions();
    for (long at = 0; at < n; at += PART) {
      long rows = Math.min(PART, n - at);
      ByteBuffer part = PoolFile.map(folder.resolve(PoolFile.VECTORS), 4L * at * d, 4L * rows * d);
      vectorParts.add(part);
      vectorFloats.add(part.asFloatBuffer());
      if (shape.prefix() > 0) {
        int f = shape.prefix() + 1;
        prefixParts.add(
            PoolFile.map(folder.resolve(PoolFile.PREFIXES), 4L * at * f, 4L * rows * f));
      }
    }
    this.keys = PoolFile.longs(folder.resolve(PoolFile.KEYS), 2 * n);
    this.begins =
        shape.lists() == 0
            ? new long[] {0, n}
            : PoolFile.longs(folder.resolve(PoolFile.LISTS), shape.lists() + 1);
    this.directions =
        manager.create(
            PoolFile.floats(folder.resolve(PoolFile.DIRECTIONS), shape.prefix() > 0 ? d * d : 0),
            new ai.djl.ndarray.types.Shape(shape.prefix() > 0 ? d : 0, d));
    this.centres =
        manager.create(
            PoolFile.floats(folder.resolve(PoolFile.CENTRES), shape.lists() * d),
            new ai.djl.ndarray.types.Shape(shape.lists(), d));
  }

  /**
   * Opens a pool.
   *
   * @throws IOException when a file is missing, damaged or shorter than its shape says
   */
  public static Pool open(Path folder) throws IOException {
    PoolFile.Shape shape = PoolFile.readShape(folder);
    NDManager manager = Torch.manager(ai.djl.Device.cpu());
    try {
      return new Pool(folder, shape, manager);
    } catch (IOException | RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** N. */
  public int size() {
    return shape.passages();
  }

  /** D. */
  public int dimensions() {
    return shape.dimensions();
  }

  /** F; 0 where there are no prefixes. */
  int prefix() {
    return shape.prefix();
  }

  /** C; 0 where there are no lists. */
  int lists() {
    return shape.lists();
  }

  /** Where a list begins. */
  int begin(int list) {
    return (int) begins[list];
  }

  RankKernels kernels() {
    return kernels;
  }

  NDManager manager() {
    return manager;
  }

  NDArray directions() {
    return directions;
  }

  NDArray centres() {
    return centres;
  }

  /** Whether the passage has the text of this key. */
  boolean hasKey(int passage, long high, long low) {
    return keys[2 * passage] == high && keys[2 * passage + 1] == low;
  }

  /** The product of a vector and a passage in double precision. */
  double product(float[] vectors, int offset, int passage) {
    int d = shape.dimensions();
    FloatBuffer part = vectorFloats.get(passage / PART);
    int at = (passage % PART) * d;
    double sum = 0;
    for (int i = 0; i < d; i++) {
      sum += (double) vectors[offset + i] * part.get(at + i);
    }
    return sum;
  }

  /** Rows of vectors (rows, D), aliased, not copied; they must not cross a part's border. */
  NDArray vectors(NDManager scope, int from, int to) {
    return slice(scope, vectorParts, from, to, shape.dimensions());
  }

  /** Rows of prefixes (rows, F + 1), aliased. */
  NDArray prefixes(NDManager scope, int from, int to) {
    return slice(scope, prefixParts, from, to, shape.prefix() + 1);
  }

  /** The end of a range that begins here, has at most so many rows and crosses no part's border. */
  int end(int from, int rows, int limit) {
    int border = (from / PART + 1) * PART;
    return Math.min(Math.min(from + rows, border), limit);
  }

  private static NDArray slice(
      NDManager scope, List<ByteBuffer> parts, int from, int to, int width) {
    ByteBuffer part = parts.get(from / PART);
    int first = from % PART;
    ByteBuffer rows =
        part.slice(4 * first * width, 4 * (to - from) * width).order(ByteOrder.nativeOrder());
    return scope.create(rows, new ai.djl.ndarray.types.Shape(to - from, width), DataType.FLOAT32);
  }

  @Override
  public void close() {
    kernels.close();
    manager.close();
  }
}
