package io.ccpairs.jobs.workspace;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.jobs.spark.PairRows;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** A stage from one published table of pairs to another: every row of the input gets a verdict. */
public final class TableStage {
  private final SparkSession spark;
  private final Workspace workspace;
  private final PublishedRun input;

  /** A stage over a run. */
  public TableStage(SparkSession spark, Workspace workspace, PublishedRun input) {
    this.spark = spark;
    this.workspace = workspace;
    this.input = input;
  }

  /** The rows of one origin of the input. */
  public Dataset<Row> rows(Origin origin) {
    return spark.read().schema(PairRows.SCHEMA).parquet(input.data(origin).toString());
  }

  /** The origins of the input. */
  public List<Origin> origins() {
    return input.origins();
  }

  /**
   * What to order of a stage with this input alone.
   *
   * @param more further files that shape the rows
   */
  public Order order(
      String table,
      String stage,
      int version,
      @Nullable String name,
      List<Manifest.InputFile> more,
      SortedMap<String, String> settings)
      throws IOException {
    List<Manifest.InputFile> inputs = new java.util.ArrayList<>();
    Path manifest = Draft.manifest(input.path());
    inputs.add(file(manifest.getFileSystem(spark.sparkContext().hadoopConfiguration()), manifest));
    inputs.addAll(more);
    return new Order(table, stage, version, PairRows.SCHEMA_VERSION, name, inputs, settings);
  }

  /** A file as manifests and fingerprints name it. */
  public static Manifest.InputFile file(FileSystem files, Path path) throws IOException {
    FileStatus status = files.getFileStatus(path);
    return new Manifest.InputFile(
        status.getPath().toString(), status.getLen(), status.getModificationTime());
  }

  /**
   * Makes what is ordered, unless it is there, and checks that every row of the input was judged.
   */
  public Stage.Result run(Order order, OnExisting onExisting, Stage.PieceMaker maker)
      throws IOException {
    return new Stage(spark.sparkContext(), workspace, 0)
        .run(
            order,
            onExisting,
            origins(),
            (origin, draft, writer) -> {
              spark
                  .sparkContext()
                  .setJobDescription(order.stage() + " " + origin.word() + ": judge and write");
              Draft.Piece piece = maker.make(origin, draft, writer);
              checkAllCame(origin, piece);
              return piece;
            });
  }

  private void checkAllCame(Origin origin, Draft.Piece piece) {
    long listed = input.manifest().rows().getOrDefault(origin.word(), 0L);
    long came = piece.funnel().funnel().in(origin, Kind.PAIR);
    if (listed != came) {
      throw new ContractException(
          "Accounting broken for "
              + origin.word()
              + ": the manifest of "
              + input.path()
              + " lists "
              + listed
              + " rows, "
              + came
              + " were judged");
    }
  }
}
