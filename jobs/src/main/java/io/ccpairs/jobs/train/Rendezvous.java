package io.ccpairs.jobs.train;

import io.ccpairs.core.train.collective.Collective;
import io.ccpairs.core.train.collective.RingCollective;
import io.ccpairs.core.train.collective.RingId;
import io.ccpairs.core.train.collective.RingListener;
import io.ccpairs.core.train.collective.SingleRank;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * Meets the other ranks of the stage.
   *
   * @param secret by which ranks know each other
   * @param silentSeconds after which a silent rank is given up
   * @param step at which this rank would go on
   */
  static Rendezvous hold(BarrierTaskContext task, byte[] secret, int silentSeconds, long step)
      throws IOException {
    if (task.getTaskInfos().length == 1) {
      return new Rendezvous(new SingleRank(), step, 1);
    }
    // Spark's own address on this host: the one by which executors reach each other.
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    String process = SparkEnv.get().executorId();
    RingListener listener = RingListener.open(InetAddress.getByName(host));
    try {
      String[] said =
          task.allGather(host + " " + listener.address().getPort() + " " + process + " " + step);
      List<InetSocketAddress> addresses = new ArrayList<>();
      int here = 0;
      for (String one : said) {
        String[] words = one.split(" ");
        addresses.add(new InetSocketAddress(words[0], Integer.parseInt(words[1])));
        here += words[2].equals(process) ? 1 : 0;
      }
      RingId id =
          new RingId(SparkEnv.get().conf().getAppId(), task.stageId(), task.stageAttemptNumber());
      Collective ring =
          RingCollective.join(
              listener,
              id,
              task.partitionId(),
              addresses,
              secret,
              Duration.ofSeconds(silentSeconds));
      return new Rendezvous(ring, Long.parseLong(said[0].split(" ")[3]), here);
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /** Leaves the ring, also when the task was killed; ranks that still wait get an exception. */
  void leave() {
    collective.close();
  }
}
