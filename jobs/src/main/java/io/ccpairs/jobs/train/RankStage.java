package io.ccpairs.jobs.train;

import io.ccpairs.core.shard.ShardIndex;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * The barrier stage in which all ranks of a training run at once. It feeds a shuffle, because Spark
 * starts such a stage again when a rank is lost, and gives a barrier result stage up.
 */
final class RankStage {
  private static final long SLOTS_SECONDS = 20;

  private final SparkSession spark;

  RankStage(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * How many ranks there will be; waits for their executors.
   *
   * @param asked 0 for one on each executor, and one in local mode
   * @throws TrainingException when the shards or the cluster do not allow so many
   */
  int ranks(int asked, ShardIndex index) {
    boolean local = spark.sparkContext().isLocal();
    int wanted = asked;
    if (wanted == 0) {
      // Dynamic allocation may begin with none.
      wanted =
          local
              ? 1
              : Math.max(
                  1,
                  spark.sparkContext().getConf().getInt("spark.executor.instances", executors()));
    }
    if (index.slices() % wanted != 0) {
      throw new TrainingException(
          "Cannot train in "
              + wanted
              + " ranks: the shards were planned in "
              + index.slices()
              + " slices, which must be a multiple of the ranks. Set pretrain.run.ranks, or plan"
              + " again with another shard.slices");
    }
    long end = System.nanoTime() + SLOTS_SECONDS * 1_000_000_000L;
    int slots = slots();
    while (slots < wanted && System.nanoTime() < end) {
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TrainingException("Interrupted while waiting for executors", e);
      }
      slots = slots();
    }
    if (slots < wanted) {
      throw new TrainingException(
          "Cannot start "
              + wanted
              + " ranks at once: the cluster has "
              + slots
              + " free slots after "
              + SLOTS_SECONDS
              + " s. Give it --num-executors "
              + wanted
              + " (and --conf spark.dynamicAllocation.enabled=false), or train with --set"
              + " pretrain.run.ranks="
              + Math.max(1, slots));
    }
    return wanted;
  }

  private int slots() {
    return spark
        .sparkContext()
        .maxNumConcurrentTasks(
            spark.sparkContext().resourceProfileManager().defaultResourceProfile());
  }

  private int executors() {
    // The driver is in the list.
    return spark.sparkContext().statusTracker().getExecutorInfos().length - 1;
  }

  /**
   * Runs all ranks to their end.
   *
   * @return how each ended
   */
  List<Rank.Ended> run(Rank.Order order, int ranks) {
    spark.sparkContext().setJobDescription("pretrain: " + ranks + " ranks");
    try {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      Broadcast<SerializableConfiguration> hadoop =
          context.broadcast(
              new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
      List<Integer> numbers = new ArrayList<>();
      for (int rank = 0; rank < ranks; rank++) {
        numbers.add(rank);
      }
      Function1<scala.collection.Iterator<Integer>, scala.collection.Iterator<Rank.Ended>> task =
          (Function1<scala.collection.Iterator<Integer>, scala.collection.Iterator<Rank.Ended>>
                  & Serializable)
              partition -> CollectionConverters.asScala(rank(order, hadoop));
      return new ArrayList<>(
          new JavaRDD<>(
                  context
                      .parallelize(numbers, ranks)
                      .rdd()
                      .barrier()
                      .mapPartitions(task, false, ClassTag$.MODULE$.apply(Rank.Ended.class)),
                  ClassTag$.MODULE$.<Rank.Ended>apply(Rank.Ended.class))
              .repartition(1)
              .collect());
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  private static java.util.Iterator<Rank.Ended> rank(
      Rank.Order order, Broadcast<SerializableConfiguration> hadoop) {
    try {
      return Rank.run(order, hadoop.value().value());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e.getMessage(), e);
    }
  }
}
