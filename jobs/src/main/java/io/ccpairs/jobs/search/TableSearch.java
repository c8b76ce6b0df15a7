package io.ccpairs.jobs.search;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.ExactSearch;
import io.ccpairs.core.rank.Hit;
import io.ccpairs.core.rank.TopHits;
import io.ccpairs.jobs.encode.EncodeConfig;
import io.ccpairs.jobs.encode.SharedEncoder;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.workspace.PublishedRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The passages of a table that are nearest to questions, every distinct passage compared. For
 * people: it encodes the whole table for each call, and passages whose cosines differ by rounding
 * (1e-7) may change places between clusters.
 */
public final class TableSearch {
  private final SparkSession spark;
  private final EncodeConfig config;

  /** A search in a session. */
  public TableSearch(SparkSession spark, EncodeConfig config) {
    this.spark = spark;
    this.config = config;
  }

  /**
   * A passage that was found.
   *
   * @param row the pair that it stands in; of several with the same passage the smallest id
   */
  public record Found(float cosine, Row row) {}

  /**
   * Searches.
   *
   * @param model a model's folder
   * @param number of passages for each question
   * @return for each question the nearest passages, the nearest first
   */
  public List<List<Found>> find(
      PublishedRun run, List<Origin> origins, String model, List<String> questions, int number) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> shared =
        context.broadcast(new SerializableConfiguration(hadoop));
    Broadcast<Embeddings> vectors =
        context.broadcast(
            SharedEncoder.of(model, config.maxTokens(), hadoop).encode(Role.QUERY, questions));
    EncodeConfig settings = config;
    Dataset<Row> pairs =
        spark
            .read()
            .schema(PairRows.SCHEMA)
            .parquet(
                origins.stream().map(origin -> run.data(origin).toString()).toArray(String[]::new));
    spark.sparkContext().setJobDescription("search: encode and compare passages");
    List<TopHits[]> parts =
        pairs
            .groupBy("passage")
            .agg(functions.min("pair_id").as("pair_id"))
            .toJavaRDD()
            .mapPartitions(
                rows -> {
                  try (ExactSearch search = new ExactSearch(vectors.value(), number)) {
                    List<String> ids = new ArrayList<>();
                    List<String> texts = new ArrayList<>();
                    while (rows.hasNext()) {
                      Row row = rows.next();
                      texts.add(row.getString(0));
                      ids.add(row.getString(1));
                      if (!rows.hasNext() || ids.size() == settings.batchPairs()) {
                        search.add(
                            ids,
                            SharedEncoder.of(model, settings.maxTokens(), shared.value().value())
                                .encode(Role.PASSAGE, texts));
                        ids = new ArrayList<>();
                        texts = new ArrayList<>();
                      }
                    }
                    return List.<TopHits[]>of(search.hits()).iterator();
                  }
                })
            .collect();
    TopHits[] best = new TopHits[questions.size()];
    Arrays.setAll(best, question -> new TopHits(number));
    for (TopHits[] part : parts) {
      for (int question = 0; question < best.length; question++) {
        best[question].addAll(part[question]);
      }
    }
    List<List<Found>> found = withRows(pairs, best);
    spark.sparkContext().setJobDescription(null);
    return found;
  }

  private static List<List<Found>> withRows(Dataset<Row> pairs, TopHits[] best) {
    Set<String> ids = new LinkedHashSet<>();
    for (TopHits hits : best) {
      hits.best().forEach(hit -> ids.add(hit.id()));
    }
    Map<String, Row> rows = new HashMap<>();
    pairs
        .filter(functions.col("pair_id").isin(ids.toArray()))
        .collectAsList()
        .forEach(row -> rows.put(row.getAs("pair_id"), row));
    List<List<Found>> found = new ArrayList<>();
    for (TopHits hits : best) {
      List<Found> some = new ArrayList<>();
      for (Hit hit : hits.best()) {
        some.add(new Found(hit.score(), Objects.requireNonNull(rows.get(hit.id()))));
      }
      found.add(some);
    }
    return found;
  }
}
