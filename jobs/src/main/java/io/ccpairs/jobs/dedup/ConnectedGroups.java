package io.ccpairs.jobs.dedup;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.min;

import io.ccpairs.core.dedup.Groups;
import io.ccpairs.jobs.workspace.ContractException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The groups that edges connect, as (id, first): every id with the smallest of its group. */
final class ConnectedGroups {
  private static final StructType GROUPED =
      new StructType().add("id", DataTypes.StringType).add("first", DataTypes.StringType);
  private static final StructType LINKED =
      new StructType().add("id", DataTypes.StringType).add("low", DataTypes.StringType);

  /** A chain of a million ids in the worst order we know takes 22 rounds, ten times more 3 more. */
  static final int MAX_ROUNDS = 100;

  private ConnectedGroups() {}

  /** In the driver's memory: for edges that fit there. */
  static Dataset<Row> onDriver(SparkSession spark, Dataset<Row> edges) {
    Groups groups = new Groups();
    Iterator<Row> all = edges.toLocalIterator();
    while (all.hasNext()) {
      Row edge = all.next();
      groups.connect(edge.getString(0), edge.getString(1));
    }
    List<Row> rows = new ArrayList<>();
    groups.all().forEach((id, first) -> rows.add(RowFactory.create(id, first)));
    return spark.createDataFrame(rows, GROUPED);
  }

  /**
   * On the cluster, by stars (Kiveris and others, "Connected Components in MapReduce and Beyond",
   * 2014): every id ties those of its neighbours that come after it to the smallest it sees, then
   * those that come before it, until each group is a star around its smallest. Rounds grow with the
   * logarithm of the longest chain, and no step has more links than there are edges.
   *
   * @param edges (a, b) in any order
   * @param scratch gets the links of the round at hand: each round begins with files, so no plan
   *     grows and no executor's end loses more than a task
   * @throws ContractException when so many rounds do not end it
   */
  static Dataset<Row> onCluster(Dataset<Row> edges, Path scratch, int maxRounds)
      throws IOException {
    SparkSession spark = edges.sparkSession();
    FileSystem files = scratch.getFileSystem(spark.sparkContext().hadoopConfiguration());
    Dataset<Row> links =
        links(edges.select(greatest(col("a"), col("b")), least(col("a"), col("b"))));
    for (int round = 1; !areStars(links); round++) {
      if (round > maxRounds) {
        throw new ContractException(
            "Cannot tell the groups of near-duplicates after "
                + maxRounds
                + " rounds on the cluster; a larger dedup.driver-edges makes them in the driver's"
                + " memory");
      }
      Path place = new Path(scratch, "round-" + round);
      DedupJob.save(tiedBefore(tiedBehind(links)), place);
      files.delete(new Path(scratch, "round-" + (round - 1)), true);
      links = spark.read().schema(LINKED).parquet(place.toString());
    }
    return edges
        .select(col("a").as("id"))
        .union(edges.select("b"))
        .distinct()
        .join(links, new String[] {"id"}, "left")
        .select(col("id"), coalesce(col("low"), col("id")).as("first"));
  }

  /** Whether no id has two links, and none that is linked to has one of its own. */
  private static boolean areStars(Dataset<Row> links) {
    Dataset<Row> centres = links.select(col("low").as("id"));
    return links.count() == links.select("id").distinct().count()
        && links.join(centres, new String[] {"id"}, "left_semi").isEmpty();
  }

  /** Each id ties the neighbours behind it to the smallest of itself and all its neighbours. */
  private static Dataset<Row> tiedBehind(Dataset<Row> links) {
    Dataset<Row> lowest = links.groupBy("id").agg(min("low").as("lowest"));
    return links(
        links
            .select(col("low").as("at"), col("id").as("behind"))
            .join(lowest.withColumnRenamed("id", "at"), new String[] {"at"}, "left")
            // An id without a link of its own has no smaller neighbour.
            .select(col("behind"), coalesce(col("lowest"), col("at"))));
  }

  /** Each id ties itself and the neighbours before it to the smallest of these. */
  private static Dataset<Row> tiedBefore(Dataset<Row> links) {
    Dataset<Row> lowest = links.groupBy("id").agg(min("low").as("lowest"));
    return links(
        links
            .join(lowest, "id")
            .select(col("low"), col("lowest"))
            .union(lowest.select("id", "lowest")));
  }

  /** Rows of a larger and a smaller id as (id, low), each once. */
  private static Dataset<Row> links(Dataset<Row> pairs) {
    Dataset<Row> named = pairs.toDF("id", "low");
    Column apart = col("id").notEqual(col("low"));
    return named.where(apart).distinct();
  }
}
