package io.ccpairs.jobs.dedup;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.min;

import io.ccpairs.core.dedup.Groups;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** The groups that edges connect, as (id, first): every id with the smallest of its group. */
final class ConnectedGroups {
  private static final StructType GROUPED =
      new StructType().add("id", DataTypes.StringType).add("first", DataTypes.StringType);

  /** A chain of so many doublings is longer than any table has rows. */
  private static final int MAX_ROUNDS = 64;

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
   * On the cluster: each id takes the smallest label of its neighbours, then the label of its
   * label, until none changes. The second step doubles the reach of the first, so a chain of n
   * takes about log n rounds.
   */
  static Dataset<Row> onCluster(Dataset<Row> edges) {
    Dataset<Row> both =
        edges
            .select(col("a").as("id"), col("b").as("other"))
            .union(edges.select(col("b").as("id"), col("a").as("other")))
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> labels =
        both.groupBy("id")
            .agg(min("other").as("lowest"))
            .select(col("id"), least(col("id"), col("lowest")).as("first"))
            .persist(StorageLevel.MEMORY_AND_DISK());
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Dataset<Row> near =
          both.join(labels.select(col("id").as("other"), col("first")), "other")
              .groupBy("id")
              .agg(min("first").as("near"));
      Dataset<Row> stepped =
          labels.join(near, "id").select(col("id"), least(col("first"), col("near")).as("first"));
      Dataset<Row> jumped =
          stepped
              .as("s")
              .join(
                  stepped.select(col("id").as("via"), col("first").as("above")),
                  col("s.first").equalTo(col("via")),
                  "left")
              .select(col("s.id"), coalesce(col("above"), col("s.first")).as("first"))
              // Without it every round would carry the plans of all rounds before.
              .localCheckpoint();
      long changed =
          jumped
              .as("now")
              .join(labels.as("then"), "id")
              .where(col("now.first").notEqual(col("then.first")))
              .count();
      labels.unpersist();
      labels = jumped;
      if (changed == 0) {
        break;
      }
    }
    both.unpersist();
    return labels;
  }
}
