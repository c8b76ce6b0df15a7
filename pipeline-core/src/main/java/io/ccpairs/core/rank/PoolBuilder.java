package io.ccpairs.core.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.kernel.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Writes a pool: takes vectors one after the other, then groups them into lists by k-means on a
 * sample, and adds bounds along the directions in which they are longest. What it adds speeds up
 * the search and never changes a decision.
 *
 * <p>Memory: 16 bytes for each passage and one sample of vectors; vectors wait on disk.
 */
public final class PoolBuilder implements AutoCloseable {
  /** Smaller pools are scanned whole faster than by lists. */
  private static final int MIN_LISTED = 20_000;

  private static final int SAMPLE_PER_LIST = 60;
  private static final int ROUNDS = 8;
  private static final int BLOCK = 16_384;

  private final Path folder;
  private final int dimensions;
  private final FileChannel incoming;
  private final ByteBuffer row;
  private long[] keys = new long[1 << 12];
  private int passages;

  /**
   * A builder into a folder, which is made.
   *
   * @param dimensions of the vectors
   */
  public PoolBuilder(Path folder, int dimensions) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.dimensions = dimensions;
    this.incoming =
        FileChannel.open(
            folder.resolve("incoming.f32"),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    this.row = ByteBuffer.allocateDirect(4 * dimensions).order(ByteOrder.nativeOrder());
  }

  /**
   * Adds a passage, unless its vector has not unit length or holds something that is no number: a
   * passage of which the model makes nothing outranks nothing.
   *
   * @param high first half of its text's key; no two passages may have the same key
   * @param low second half
   * @param vectors holds the vector, of unit length, from {@code offset} on
   * @return whether it was added
   */
  public boolean add(long high, long low, float[] vectors, int offset) throws IOException {
    if (!Pool.isUnit(vectors, offset, dimensions)) {
      return false;
    }
    if (2 * passages == keys.length) {
      keys = Arrays.copyOf(keys, 2 * keys.length);
    }
    keys[2 * passages] = high;
    keys[2 * passages + 1] = low;
    passages++;
    row.clear();
    row.asFloatBuffer().put(vectors, offset, dimensions);
    PoolFile.write(incoming, row);
    return true;
  }

  /** How many passages were added. */
  public int passages() {
    return passages;
  }

  /**
   * Orders and writes the pool; its last file makes it whole.
   *
   * @throws IllegalArgumentException when a key was added twice
   */
  public void finish() throws IOException {
    int[] byKey = Pool.byKey(keys, passages);
    for (int i = 1; i < passages; i++) {
      if (Pool.compareKeys(keys, byKey[i - 1], keys[2 * byKey[i]], keys[2 * byKey[i] + 1]) == 0) {
        throw new IllegalArgumentException(
            "Cannot build pool "
                + folder
                + ": a text was added twice; a pool holds distinct texts");
      }
    }
    Torch.inferOnThisThread();
    int lists =
        passages < MIN_LISTED ? 0 : (int) Math.min(1_000, Math.round(Math.sqrt(passages) / 2));
    int bound = passages < MIN_LISTED ? 0 : PoolFile.width(dimensions);
    try (NDManager manager = Torch.manager(ai.djl.Device.cpu());
        RankKernels kernels = RankKernels.load(manager)) {
      NDArray sample = sample(manager, Math.max(1, lists) * SAMPLE_PER_LIST);
      double[] directions = new double[0];
      float[] centres = new float[0];
      int[] listOf = new int[passages];
      if (lists > 0) {
        directions = kernels.directions(sample).toDoubleArray();
        centres = centres(kernels, manager, sample, lists);
        assign(kernels, manager, centres, lists, listOf);
      }
      int[] order = order(listOf, lists);
      writeOrdered(kernels, manager, order, listOf, directions, new Moments(lists, bound));
      PoolFile.writeDoubles(folder.resolve(PoolFile.DIRECTIONS), directions);
      PoolFile.writeFloats(folder.resolve(PoolFile.CENTRES), centres);
      PoolFile.writeLongs(folder.resolve(PoolFile.LISTS), begins(listOf, lists));
    }
    PoolFile.writeShape(folder, new PoolFile.Shape(passages, dimensions, bound, lists));
    incoming.close();
    Files.delete(folder.resolve("incoming.f32"));
  }

  /** Rows spread evenly over the pool, whose order is that of hashes. */
  private NDArray sample(NDManager manager, int wanted) throws IOException {
    int count = Math.min(wanted, passages);
    float[] rows = new float[count * dimensions];
    for (int i = 0; i < count; i++) {
      read((long) i * passages / count, 1, rows, i * dimensions);
    }
    return manager.create(rows, new Shape(count, dimensions));
  }

  private float[] centres(RankKernels kernels, NDManager manager, NDArray sample, int lists) {
    int rows = (int) sample.getShape().get(0);
    float[] centres = new float[lists * dimensions];
    float[] all = sample.toFloatArray();
    for (int list = 0; list < lists; list++) {
      int from = (int) ((long) list * rows / lists);
      System.arraycopy(all, from * dimensions, centres, list * dimensions, dimensions);
    }
    for (int round = 0; round < ROUNDS; round++) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray now = scope.create(centres, new Shape(lists, dimensions));
        NDArray held = scope.create(all, new Shape(rows, dimensions));
        NDArray nearest = kernels.nearest(held, now, 1).reshape(rows);
        float[] sums = kernels.sums(held, nearest, lists).toFloatArray();
        for (int list = 0; list < lists; list++) {
          unit(sums, list * dimensions, centres);
        }
      }
    }
    return centres;
  }

  /** The sum made unit length; a list without members keeps its centre. */
  private void unit(float[] sums, int offset, float[] centres) {
    double square = 0;
    for (int i = 0; i < dimensions; i++) {
      square += (double) sums[offset + i] * sums[offset + i];
    }
    if (square > 0) {
      float scale = (float) (1 / Math.sqrt(square));
      for (int i = 0; i < dimensions; i++) {
        centres[offset + i] = sums[offset + i] * scale;
      }
    }
  }

  private void assign(
      RankKernels kernels, NDManager manager, float[] centres, int lists, int[] listOf)
      throws IOException {
    float[] rows = new float[BLOCK * dimensions];
    for (int at = 0; at < passages; at += BLOCK) {
      int count = Math.min(BLOCK, passages - at);
      read(at, count, rows, 0);
      try (NDManager scope = manager.newSubManager()) {
        NDArray block =
            scope.create(Arrays.copyOf(rows, count * dimensions), new Shape(count, dimensions));
        long[] nearest =
            kernels
                .nearest(block, scope.create(centres, new Shape(lists, dimensions)), 1)
                .toLongArray();
        for (int i = 0; i < count; i++) {
          listOf[at + i] = (int) nearest[i];
        }
      }
    }
  }

  private int[] order(int[] listOf, int lists) {
    long[] begins = begins(listOf, lists);
    int[] next = new int[Math.max(1, lists)];
    for (int list = 0; list < next.length; list++) {
      next[list] = (int) begins[list];
    }
    int[] order = new int[passages];
    for (int i = 0; i < passages; i++) {
      order[next[listOf[i]]++] = i;
    }
    return order;
  }

  private long[] begins(int[] listOf, int lists) {
    long[] begins = new long[Math.max(1, lists) + 1];
    for (int list : listOf) {
      begins[list + 1]++;
    }
    for (int list = 1; list < begins.length; list++) {
      begins[list] += begins[list - 1];
    }
    return begins;
  }

  private void writeOrdered(
      RankKernels kernels,
      NDManager manager,
      int[] order,
      int[] listOf,
      double[] directions,
      Moments moments)
      throws IOException {
    try (FileChannel vectors = PoolFile.create(folder.resolve(PoolFile.VECTORS));
        FileChannel bounds = PoolFile.create(folder.resolve(PoolFile.BOUNDS))) {
      ByteBuffer out =
          ByteBuffer.allocateDirect(4 * BLOCK * dimensions).order(ByteOrder.nativeOrder());
      long[] ordered = new long[2 * passages];
      float[] block = new float[BLOCK * dimensions];
      for (int at = 0; at < passages; at += BLOCK) {
        int count = Math.min(BLOCK, passages - at);
        for (int i = 0; i < count; i++) {
          int from = order[at + i];
          read(from, 1, block, i * dimensions);
          ordered[2 * (at + i)] = keys[2 * from];
          ordered[2 * (at + i) + 1] = keys[2 * from + 1];
        }
        out.clear();
        out.asFloatBuffer().put(block, 0, count * dimensions);
        PoolFile.write(vectors, out.limit(4 * count * dimensions));
        if (moments.width > 0) {
          try (NDManager scope = manager.newSubManager()) {
            NDArray rows =
                scope.create(
                    Arrays.copyOf(block, count * dimensions), new Shape(count, dimensions));
            NDArray turned =
                kernels.turned(
                    rows,
                    scope.create(directions, new Shape(dimensions, dimensions)),
                    PoolFile.cuts(dimensions),
                    -1);
            PoolFile.write(bounds, turned.toByteBuffer(true));
            long[] lists = new long[count];
            for (int i = 0; i < count; i++) {
              lists[i] = listOf[order[at + i]];
            }
            moments.add(kernels, turned, lists);
          }
        }
      }
      PoolFile.writeLongs(folder.resolve(PoolFile.KEYS), ordered);
      PoolFile.writeFloats(folder.resolve(PoolFile.MOMENTS), moments.meansAndVariances());
    }
  }

  /** Means and variances of the bounds of each list, from which the search guesses what they do. */
  private static final class Moments {
    private final int lists;
    private final int width;
    private final double[] sums;
    private final double[] squares;
    private final long[] rows;

    Moments(int lists, int width) {
      this.lists = lists;
      this.width = width;
      this.sums = new double[lists * width];
      this.squares = new double[lists * width];
      this.rows = new long[lists];
    }

    void add(RankKernels kernels, NDArray bounds, long[] listOf) {
      NDArray of = bounds.getManager().create(listOf);
      float[] some = kernels.sums(bounds, of, lists).toFloatArray();
      float[] square = kernels.sums(bounds.mul(bounds), of, lists).toFloatArray();
      for (int i = 0; i < some.length; i++) {
        sums[i] += some[i];
        squares[i] += square[i];
      }
      for (long list : listOf) {
        rows[(int) list]++;
      }
    }

    float[] meansAndVariances() {
      float[] both = new float[2 * lists * width];
      for (int i = 0; i < sums.length; i++) {
        double count = Math.max(1, rows[i / width]);
        double mean = sums[i] / count;
        both[i] = (float) mean;
        both[sums.length + i] = (float) Math.max(0, squares[i] / count - mean * mean);
      }
      return both;
    }
  }

  private void read(long first, int count, float[] into, int offset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count * dimensions).order(ByteOrder.nativeOrder());
    long at = 4 * first * dimensions;
    while (bytes.hasRemaining()) {
      int read = incoming.read(bytes, at + bytes.position());
      if (read < 0) {
        throw new IOException("Cannot build pool " + folder + ": its vectors are cut short");
      }
    }
    bytes
        .flip()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .get(into, offset, count * dimensions);
  }

  @Override
  public void close() throws IOException {
    incoming.close();
  }
}
