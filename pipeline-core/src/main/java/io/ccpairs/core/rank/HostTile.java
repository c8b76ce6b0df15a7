package io.ccpairs.core.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The scores of some queries with some passages, where Java can read them: the engine writes into
 * memory of ours, small enough for a processor's cache, and a loop finds the few that matter. The
 * engine's own comparisons pass over all scores several times and would cost as much as the
 * products. For one thread.
 */
final class HostTile {
  static final int QUERIES = 512;
  static final int PASSAGES = 1_024;

  private final ByteBuffer bytes =
      ByteBuffer.allocateDirect(4 * QUERIES * PASSAGES).order(ByteOrder.nativeOrder());
  private final FloatBuffer floats = bytes.asFloatBuffer();
  private final float[] row = new float[PASSAGES];
  private final int[] found = new int[PASSAGES];
  private int columns;

  /**
   * Computes the scores.
   *
   * @param scope what the arrays of the call belong to
   * @param queries (P, W)
   * @param rows those from {@code from} to {@code to}, at most {@link #QUERIES}, are the queries'
   * @param passages (T, W or more), T at most {@link #PASSAGES}
   */
  void compute(
      RankKernels kernels,
      NDManager scope,
      NDArray queries,
      int[] rows,
      int from,
      int to,
      NDArray passages) {
    columns = (int) passages.getShape().get(0);
    int count = to - from;
    long[] which = new long[count];
    for (int i = 0; i < count; i++) {
      which[i] = rows[from + i];
    }
    NDArray scores =
        scope.create(
            bytes.slice(0, 4 * count * columns).order(ByteOrder.nativeOrder()),
            new Shape(count, columns),
            DataType.FLOAT32);
    kernels.products(queries, scope.create(which), passages, scores);
  }

  /**
   * Finds the scores of a query that reach a limit.
   *
   * @param query its place among those computed
   * @return how many there are: see {@link #column} and {@link #score}
   */
  int find(int query, float below) {
    floats.get(query * columns, row, 0, columns);
    int count = 0;
    for (int i = 0; i < columns; i++) {
      if (row[i] >= below) {
        found[count++] = i;
      }
    }
    return count;
  }

  /** The passage of the n-th score that was found. */
  int column(int n) {
    return found[n];
  }

  /** The n-th score that was found. */
  float score(int n) {
    return row[found[n]];
  }
}
