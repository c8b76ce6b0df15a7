package io.ccpairs.core.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.ccpairs.core.encoder.kernel.Script;
import java.util.Arrays;
import java.util.Map;

/**
 * The compiled kernels of ranking. Letters: B queries, T passages, D dimensions, M places found.
 * Results belong to the manager of the first argument. Threads may share it.
 */
final class RankKernels implements AutoCloseable {
  private final Script script;

  private RankKernels(Script script) {
    this.script = script;
  }

  static RankKernels load(NDManager parent) {
    Map<String, Object> attributes = Map.of("training", false);
    return new RankKernels(
        Script.load(parent, Script.archive(RankKernels.class, "rank.py", "Rank", attributes)));
  }

  /**
   * Counts (B) of scores above, and the places (M, 2) of those between below and above.
   *
   * @param own places row · T + column of scores that count for nothing
   */
  NDList outranked(NDArray queries, NDArray passages, NDArray above, NDArray below, NDArray own) {
    return call("outranked", queries, passages, above, below, own);
  }

  /**
   * The queries (N) of which more than most bounds reach below, and the places (M, 2) of others.
   */
  NDList reach(NDArray queries, NDArray passages, NDArray below, long most) {
    return call("reach", queries, passages, below, queries.getManager().create(most));
  }

  /**
   * Products of rows of queries and passages, written into an array (B, T).
   *
   * @param queries (P, W)
   * @param rows which of them (B), int64
   * @param passages (T, W or more): numbers after the first W count for nothing
   */
  void products(NDArray queries, NDArray rows, NDArray passages, NDArray into) {
    call("products", queries, rows, passages, into).close();
  }

  /** Some rows. */
  NDArray select(NDArray rows, NDArray which) {
    return call("select", rows, which).singletonOrThrow();
  }

  /**
   * The share of each list's bounds that is expected to reach below (P, C).
   *
   * @param queries (P, W)
   * @param means of the rows of bounds of each list (C, W or more)
   * @param variances the same
   */
  NDArray expected(NDArray queries, NDArray means, NDArray variances, NDArray below) {
    return call("expected", queries, means, variances, below).singletonOrThrow();
  }

  /** For each query its n-th best score (B); n is at most T. */
  NDArray kth(NDArray queries, NDArray passages, int n) {
    return call("kth", queries, passages, queries.getManager().create((long) n)).singletonOrThrow();
  }

  /** For each row the nearest centres (B, n), the nearest first. */
  NDArray nearest(NDArray rows, NDArray centres, int n) {
    return call("nearest", rows, centres, rows.getManager().create((long) n)).singletonOrThrow();
  }

  /** Sums (C, W) of the rows (B, W) of each list. */
  NDArray sums(NDArray rows, NDArray lists, int number) {
    return call("sums", rows, lists, rows.getManager().create((long) number)).singletonOrThrow();
  }

  /** The directions (D, D) along which rows are longest, the longest first, in float64. */
  NDArray directions(NDArray rows) {
    return call("directions", rows).singletonOrThrow();
  }

  /**
   * Rows of bounds, computed in double precision; see the kernel's source.
   *
   * @param directions (D, D) float64
   * @param only the cut whose length is kept; −1 for all
   */
  NDArray turned(NDArray rows, NDArray directions, int[] cuts, int only) {
    return call(
            "turned",
            rows,
            directions,
            rows.getManager().create(Arrays.stream(cuts).asLongStream().toArray()),
            rows.getManager().create((long) only))
        .singletonOrThrow();
  }

  private NDList call(String method, NDArray... arguments) {
    NDList inputs = new NDList();
    for (NDArray argument : arguments) {
      inputs.add(Script.plain(argument));
    }
    return script.call(method, inputs, false);
  }

  @Override
  public void close() {
    script.close();
  }
}
