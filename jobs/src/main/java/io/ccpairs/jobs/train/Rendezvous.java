package io.ccpairs.jobs.train;

import io.ccpairs.core.train.collective.Collective;
import io.ccpairs.core.train.collective.SingleRank;
import java.io.IOException;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;

/**
 * How ranks find each other: one call of Spark's {@code allGather}, in which each says where it
 * listens, in which process it is, and at which step it would go on. The step of rank 0 holds.
 *
 * @param collective the ring, joined
 * @param step at which all go on
 * @param ranksOfThisProcess how many ranks share this process, itself included
 */
record Rendezvous(Collective collective, long step, int ranksOfThisProcess) {

  /** Leaves the ring, also when the task was killed; ranks that still wait get an exception. */
  void leave() {
    collective.close();
  }

  /**
   * Meets the other ranks of the stage.
   *
   * @param step at which this rank would go on
   */
  static Rendezvous hold(BarrierTaskContext task, long step) throws IOException {
    int world = task.getTaskInfos().length;
    if (world == 1) {
      return new Rendezvous(new SingleRank(), step, 1);
    }
    throw new IOException(
        "Cannot train in "
            + world
            + " ranks: executor "
            + SparkEnv.get().executorId()
            + " has no ring yet; set pretrain.run.ranks=1");
  }
}
