package io.ccpairs.core.rank;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.kernel.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A pool in memory. On a CPU it is read from {@link PoolFile}'s arrays by mapping, not by copying:
 * processes of one host share it in the page cache. On another device its vectors are copied there
 * once and stay. Letters: N passages, D dimensions, W numbers of a bound, C lists. Threads may
 * share it.
 */
public final class Pool implements AutoCloseable {
  /** Bytes of one mapped part at most. */
  private static final long PART_BYTES = 1L << 29;

  private static final int GPU_TILE = 65_536;

  private final PoolFile.Shape shape;
  private final NDManager manager;
  private final RankKernels kernels;
  private final boolean resident;
  private final int partRows;
  private final List<ByteBuffer> vectorParts = new ArrayList<>();
  private final List<FloatBuffer> vectorFloats = new ArrayList<>();
  private final List<ByteBuffer> boundParts = new ArrayList<>();
  private final List<FloatBuffer> boundFloats = new ArrayList<>();
  private final List<NDArray> residentVectors = new ArrayList<>();
  private final List<NDArray> residentBounds = new ArrayList<>();
  private final long[] keys;
  private final int[] byKey;
  private final long[] begins;
  private final NDArray directions;
  private final NDArray centres;
  private final NDArray means;
  private final NDArray variances;

  private Pool(Path folder, PoolFile.Shape shape, NDManager manager, boolean resident)
      throws IOException {
    this.shape = shape;
    this.manager = manager;
    this.resident = resident;
    this.kernels = RankKernels.load(manager);
    int n = shape.passages();
    int d = shape.dimensions();
    int f = shape.bound();
    this.partRows = (int) Math.max(1, PART_BYTES / (4L * d));
    for (long at = 0; at < n; at += partRows) {
      int rows = (int) Math.min(partRows, n - at);
      ByteBuffer part = PoolFile.map(folder.resolve(PoolFile.VECTORS), 4L * at * d, 4L * rows * d);
      vectorParts.add(part);
      vectorFloats.add(part.asFloatBuffer());
      if (resident) {
        residentVectors.add(copied(part, new Shape(rows, d)));
      }
      if (shape.bound() > 0) {
        ByteBuffer bounds =
            PoolFile.map(folder.resolve(PoolFile.BOUNDS), 4L * at * f, 4L * rows * f);
        boundParts.add(bounds);
        boundFloats.add(bounds.asFloatBuffer());
        if (resident) {
          residentBounds.add(copied(bounds, new Shape(rows, f)));
        }
      }
    }
    this.keys = PoolFile.longs(folder.resolve(PoolFile.KEYS), 2 * n);
    this.byKey = byKey(keys, n);
    this.begins =
        shape.lists() == 0
            ? new long[] {0, n}
            : PoolFile.longs(folder.resolve(PoolFile.LISTS), shape.lists() + 1);
    int turned = shape.bound() > 0 ? d : 0;
    this.directions =
        manager.create(
            PoolFile.doubles(folder.resolve(PoolFile.DIRECTIONS), turned * d),
            new Shape(turned, d));
    this.centres =
        manager.create(
            PoolFile.floats(folder.resolve(PoolFile.CENTRES), shape.lists() * d),
            new Shape(shape.lists(), d));
    int moments = shape.lists() * f;
    float[] both = PoolFile.floats(folder.resolve(PoolFile.MOMENTS), 2 * moments);
    Shape ofLists = new Shape(shape.lists(), f);
    this.means = manager.create(Arrays.copyOf(both, moments), ofLists);
    this.variances = manager.create(Arrays.copyOfRange(both, moments, 2 * moments), ofLists);
  }

  /**
   * Opens a pool on the CPU.
   *
   * @throws IOException when a file is missing, damaged or shorter than its shape says
   */
  public static Pool open(Path folder) throws IOException {
    return open(folder, Device.cpu());
  }

  /**
   * Opens a pool for a device: mapped on the CPU, copied into the memory of a GPU.
   *
   * @throws IOException when a file is missing, damaged or shorter than its shape says
   */
  public static Pool open(Path folder, Device device) throws IOException {
    return open(folder, device, device.isGpu());
  }

  static Pool open(Path folder, Device device, boolean resident) throws IOException {
    PoolFile.Shape shape = PoolFile.readShape(folder);
    NDManager manager = Torch.manager(device);
    try {
      Torch.inferOnThisThread();
      return new Pool(folder, shape, manager, resident);
    } catch (IOException | RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Rows by the order of their keys. */
  static int[] byKey(long[] keys, int rows) {
    return IntStream.range(0, rows)
        .boxed()
        .sorted((a, b) -> compareKeys(keys, a, keys[2 * b], keys[2 * b + 1]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  static int compareKeys(long[] keys, int row, long high, long low) {
    int byHigh = Long.compare(keys[2 * row], high);
    return byHigh != 0 ? byHigh : Long.compare(keys[2 * row + 1], low);
  }

  /** False for what is no number, and for vectors of zeros, which models of no use give. */
  static boolean isUnit(float[] vectors, int offset, int dimensions) {
    double square = 0;
    for (int i = offset; i < offset + dimensions; i++) {
      square += (double) vectors[i] * vectors[i];
    }
    return Math.abs(square - 1) < 0.01;
  }

  /** N. */
  public int size() {
    return shape.passages();
  }

  /** D. */
  public int dimensions() {
    return shape.dimensions();
  }

  /** Where bounds may end; none where there are no bounds. */
  int[] cuts() {
    return shape.bound() == 0 ? new int[0] : PoolFile.cuts(shape.dimensions());
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

  /** Means of the rows of bounds of each list (C, W). */
  NDArray means() {
    return means;
  }

  /** Variances of the rows of bounds of each list (C, W). */
  NDArray variances() {
    return variances;
  }

  NDArray centres() {
    return centres;
  }

  /** Passages that queries meet at once: scores stay in a CPU's cache, or fill a GPU. */
  int tile() {
    return isMapped() ? HostTile.PASSAGES : GPU_TILE;
  }

  /** Whether the pool is read where it is mapped; else it stands in a device's memory. */
  boolean isMapped() {
    return !resident;
  }

  /**
   * Copies the vector of a text, if the pool has it: what was encoded once need not be again.
   *
   * @return false where the pool has not the text of this key
   */
  public boolean copyVector(long high, long low, float[] into, int offset) {
    int passage = place(high, low);
    if (passage < 0) {
      return false;
    }
    vectorFloats
        .get(passage / partRows)
        .get((passage % partRows) * shape.dimensions(), into, offset, shape.dimensions());
    return true;
  }

  /** The passage with the text of this key; −1 where the pool has not that text. */
  int place(long high, long low) {
    int from = 0;
    int to = byKey.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int order = compareKeys(keys, byKey[middle], high, low);
      if (order == 0) {
        return byKey[middle];
      }
      if (order < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return -1;
  }

  /**
   * The product of a vector and a passage in double precision, summed in the order of the numbers.
   */
  double product(float[] vectors, int offset, int passage) {
    float[] row = row(passage);
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      sum += (double) vectors[offset + i] * row[i];
    }
    return sum;
  }

  /** The same but for the order of the sum, which is the fastest: within 1e-13 of it. */
  double quickProduct(float[] vectors, int offset, int passage) {
    float[] row = row(passage);
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int i = 0;
    for (; i + 4 <= row.length; i += 4) {
      a += (double) vectors[offset + i] * row[i];
      b += (double) vectors[offset + i + 1] * row[i + 1];
      c += (double) vectors[offset + i + 2] * row[i + 2];
      e += (double) vectors[offset + i + 3] * row[i + 3];
    }
    for (; i < row.length; i++) {
      a += (double) vectors[offset + i] * row[i];
    }
    return a + b + (c + e);
  }

  /** Copies rows of bounds; they must not cross a part's border. */
  void copyBounds(int from, int to, float[] into) {
    int width = shape.bound();
    boundFloats.get(from / partRows).get((from % partRows) * width, into, 0, (to - from) * width);
  }

  /** W. */
  int bound() {
    return shape.bound();
  }

  private float[] row(int passage) {
    int d = shape.dimensions();
    float[] row = new float[d];
    vectorFloats.get(passage / partRows).get((passage % partRows) * d, row);
    return row;
  }

  /** The square of the distance of a vector and a passage. */
  double distanceSquare(float[] vectors, int offset, int passage) {
    float[] row = row(passage);
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      double difference = (double) vectors[offset + i] - row[i];
      sum += difference * difference;
    }
    return sum;
  }

  /** Rows of vectors (rows, D), aliased, not copied; they must not cross a part's border. */
  NDArray vectors(NDManager scope, int from, int to) {
    return resident
        ? slice(scope, residentVectors, from, to)
        : slice(scope, vectorParts, from, to, shape.dimensions());
  }

  /** Rows of bounds (rows, W), aliased. */
  NDArray bounds(NDManager scope, int from, int to) {
    return resident
        ? slice(scope, residentBounds, from, to)
        : slice(scope, boundParts, from, to, shape.bound());
  }

  /** The end of a range that begins here, has at most so many rows and crosses no part's border. */
  int end(int from, int rows, int limit) {
    long border = (from / partRows + 1L) * partRows;
    return (int) Math.min(Math.min((long) from + rows, border), limit);
  }

  /** An array of its own on the pool's device. */
  private NDArray copied(ByteBuffer values, Shape rows) {
    NDArray array = manager.create(values, rows, DataType.FLOAT32);
    if (manager.getDevice().isGpu()) {
      return array;
    }
    NDArray copy = array.duplicate();
    array.close();
    return copy;
  }

  private NDArray slice(NDManager scope, List<ByteBuffer> parts, int from, int to, int width) {
    ByteBuffer part = parts.get(from / partRows);
    int first = from % partRows;
    ByteBuffer rows =
        part.slice(4 * first * width, 4 * (to - from) * width).order(ByteOrder.nativeOrder());
    return scope.create(rows, new Shape(to - from, width), DataType.FLOAT32);
  }

  private NDArray slice(NDManager scope, List<NDArray> parts, int from, int to) {
    long first = from % partRows;
    NDArray rows =
        parts.get(from / partRows).get(new NDIndex().addSliceDim(first, first + to - from));
    rows.attach(scope);
    return rows;
  }

  @Override
  public void close() {
    kernels.close();
    manager.close();
  }
}
