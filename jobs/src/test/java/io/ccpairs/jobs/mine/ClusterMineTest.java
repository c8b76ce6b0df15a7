package io.ccpairs.jobs.mine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.source.reddit.RedditConfig;
import io.ccpairs.core.source.stackexchange.StackExchangeConfig;
import io.ccpairs.core.source.wikipedia.WikipediaConfig;
import io.ccpairs.jobs.Dumps;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.OptOutList;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One thread, two threads, two executor processes: the same rows. */
class ClusterMineTest {
  @TempDir Path folder;

  @AfterAll
  static void backToThreads() {
    TestSpark.local();
  }

  @Test
  void everyMasterGivesTheSameRows() throws IOException {
    List<String> expected = mine("local[1]");
    assertThat(expected).isNotEmpty();
    assertThat(mine("local-cluster[2,1,1024]")).isEqualTo(expected);
    assertThat(mine("local[2]")).isEqualTo(expected);
  }

  private List<String> mine(String master) throws IOException {
    SparkSession spark = TestSpark.open(master);
    Map<Origin, List<String>> places = new EnumMap<>(Origin.class);
    places.put(Origin.REDDIT, List.of(Dumps.fixture("reddit")));
    places.put(Origin.STACKEXCHANGE, List.of(Dumps.fixture("stackexchange")));
    places.put(Origin.WIKIPEDIA, List.of(Dumps.fixture("wikipedia")));
    MineConfig d = MineConfig.defaults();
    MineConfig mine =
        new MineConfig(
            d.seed(),
            d.droppedSample(),
            d.dropped(),
            d.badRecords(),
            0.2,
            d.splitBytes(),
            3,
            d.maxRecordBytes());
    MineJob.Config config =
        new MineJob.Config(
            mine,
            WikipediaConfig.defaults(),
            StackExchangeConfig.defaults(),
            RedditConfig.defaults());
    var hadoop = spark.sparkContext().hadoopConfiguration();
    Path out = Files.createTempDirectory(folder, "work");
    Stage.Result result =
        new MineJob(spark.sparkContext(), config, OptOutList.NONE)
            .run(
                Inputs.find(places, hadoop),
                Workspace.at(out.toString(), hadoop),
                "a",
                OnExisting.SKIP,
                new TreeMap<>());
    List<String> rows = new ArrayList<>();
    for (String origin : result.run().manifest().rows().keySet()) {
      rows.addAll(
          spark
              .read()
              .schema(PairRows.SCHEMA)
              .parquet(result.run().data() + "/origin=" + origin)
              .toJSON()
              .collectAsList());
    }
    rows.sort(null);
    return rows;
  }
}
