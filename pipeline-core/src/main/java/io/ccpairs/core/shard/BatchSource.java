package io.ccpairs.core.shard;

import java.io.IOException;
import java.util.List;

/** The global batches of a training, in the order that the plan gives them. */
public interface BatchSource {
  /**
   * One rank's slice of a global batch. The slices of all ranks, one after another, are the same
   * batch for any number of ranks.
   *
   * @param step the batch's number over the whole training, from 0
   * @param rank from 0
   * @param world how many ranks there are
   * @throws IOException when a shard is missing or damaged, naming it
   */
  List<ShardRow> slice(long step, int rank, int world) throws IOException;
}
