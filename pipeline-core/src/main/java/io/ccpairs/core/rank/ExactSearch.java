package io.ccpairs.core.rank;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.kernel.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The passages with the greatest cosines for each of many queries, exactly. Letters: Q queries, P
 * passages, D dimensions, k hits for each query.
 *
 * <p>Passages come in portions of any size and are not kept. Tiles of float32 products find the
 * candidates: all within the products' rounding of the k-th best. Each candidate's score is then
 * the product in double precision, rounded to float32 once. So a score depends on its two vectors
 * alone, and hits are the same however the passages were divided.
 *
 * <p>One thread at a time. Runs on the driver and in tasks.
 */
public final class ExactSearch implements AutoCloseable {
  private static final int QUERY_TILE = 256;
  private static final int PASSAGE_TILE = 4096; // a tile's scores are 4 MB

  private final Embeddings queries;
  private final TopHits[] hits;
  private final int limit;
  private final NDManager manager;
  private final RankKernels kernels;
  private final float rounding;

  /**
   * A search without passages yet.
   *
   * @param queries (Q, D), rows of unit length
   * @param limit k, at least 1
   * @throws IllegalArgumentException when a vector has not unit length
   */
  public ExactSearch(Embeddings queries, int limit) throws IOException {
    for (int row = 0; row < queries.rows(); row++) {
      checkLength("query " + row, queries, row);
    }
    this.queries = queries;
    this.limit = limit;
    this.hits = new TopHits[queries.rows()];
    Arrays.setAll(hits, query -> new TopHits(limit));
    this.manager = Torch.manager(Device.cpu());
    this.kernels = RankKernels.load(manager);
    // A sum of D products of unit vectors in float32, in any order, is off by less than this.
    this.rounding = (queries.dimensions() + 4) * 0x1p-24f;
  }

  /**
   * Offers passages.
   *
   * @param ids names of the P passages
   * @param passages (P, D), rows of unit length
   * @throws IllegalArgumentException when a vector has not unit length, naming the passage
   */
  public void add(List<String> ids, Embeddings passages) {
    if (passages.rows() != ids.size()
        || (passages.rows() > 0 && passages.dimensions() != queries.dimensions())) {
      throw new IllegalArgumentException(
          "Cannot search "
              + passages.rows()
              + " vectors of "
              + passages.dimensions()
              + " numbers under "
              + ids.size()
              + " ids with queries of "
              + queries.dimensions()
              + " numbers");
    }
    for (int row = 0; row < passages.rows(); row++) {
      checkLength("passage " + ids.get(row), passages, row);
    }
    Torch.inferOnThisThread();
    for (int begin = 0; begin < passages.rows(); begin += PASSAGE_TILE) {
      int end = Math.min(passages.rows(), begin + PASSAGE_TILE);
      try (NDManager scope = manager.newSubManager()) {
        NDArray tile = rows(scope, passages, begin, end);
        for (int first = 0; first < hits.length; first += QUERY_TILE) {
          addTile(tile, begin, ids, passages, first, Math.min(hits.length, first + QUERY_TILE));
        }
      }
    }
  }

  private void addTile(
      NDArray tile, int firstPassage, List<String> ids, Embeddings passages, int first, int end) {
    try (NDManager scope = tile.getManager().newSubManager()) {
      NDArray some = rows(scope, queries, first, end);
      int passagesHere = (int) tile.getShape().get(0);
      float[] below = new float[end - first];
      boolean room = false;
      for (int i = 0; i < below.length; i++) {
        float floor = hits[first + i].floor();
        below[i] = floor - rounding;
        room |= floor == Float.NEGATIVE_INFINITY;
      }
      if (room && limit < passagesHere) {
        float[] kth = kernels.kth(some, tile, limit).toFloatArray();
        for (int i = 0; i < below.length; i++) {
          below[i] = Math.max(below[i], kth[i] - 2 * rounding);
        }
      }
      long all = tile.getShape().get(0);
      long[] places = kernels.reach(some, tile, scope.create(below), all).get(1).toLongArray();
      for (int i = 0; i < places.length; i += 2) {
        int query = first + (int) places[i];
        int passage = firstPassage + (int) places[i + 1];
        hits[query].add(ids.get(passage), cosine(query, passages, passage));
      }
    }
  }

  private float cosine(int query, Embeddings passages, int passage) {
    return (float) product(queries, query, passages, passage);
  }

  /** The product of two rows in double precision. */
  public static double product(Embeddings left, int leftRow, Embeddings right, int rightRow) {
    int width = left.dimensions();
    float[] a = left.values();
    float[] b = right.values();
    int i = leftRow * width;
    int j = rightRow * width;
    double sum = 0;
    for (int end = i + width; i < end; i++, j++) {
      sum += (double) a[i] * b[j];
    }
    return sum;
  }

  /** For each query its hits, the best first. */
  public List<List<Hit>> best() {
    List<List<Hit>> all = new ArrayList<>(hits.length);
    for (TopHits some : hits) {
      all.add(some.best());
    }
    return all;
  }

  /** For each query what it found, to be merged with what was found elsewhere. */
  public TopHits[] hits() {
    return hits.clone();
  }

  private static NDArray rows(NDManager scope, Embeddings vectors, int begin, int end) {
    int width = vectors.dimensions();
    return scope.create(
        Arrays.copyOfRange(vectors.values(), begin * width, end * width),
        new Shape(end - begin, width));
  }

  private static void checkLength(String what, Embeddings vectors, int row) {
    double square = product(vectors, row, vectors, row);
    if (!(Math.abs(square - 1) < 1e-3)) { // true for NaN as well
      throw new IllegalArgumentException(
          "Cannot search with "
              + what
              + ": its vector has length "
              + Math.sqrt(square)
              + ", not 1");
    }
  }

  @Override
  public void close() {
    kernels.close();
    manager.close();
  }
}
