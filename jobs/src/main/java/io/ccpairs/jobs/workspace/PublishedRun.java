package io.ccpairs.jobs.workspace;

import com.fasterxml.jackson.databind.JsonNode;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.jobs.spark.Statistics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A run that is whole, and where its parts are. */
public record PublishedRun(Path path, Manifest manifest) {

  /** The rows; {@code origin=<o>} folders below. */
  public Path data() {
    return new Path(path, Draft.DATA);
  }

  /** Dropped rows with their verdict: a sample, unless all were asked for. */
  public Path dropped() {
    return new Path(path, Draft.DROPPED);
  }

  /** Records that could not be read. */
  public Path bad() {
    return new Path(path, Draft.BAD);
  }

  /** The report's counts. */
  public FunnelFile funnel(FileSystem files) throws IOException {
    return Json.read(files, new Path(new Path(path, Draft.META), "funnel.json"), FunnelFile.class);
  }

  /** The rows of one origin. */
  public Path data(Origin origin) {
    return new Path(data(), "origin=" + origin.word());
  }

  /** What a stage keeps with the run beside its rows. */
  public Path aside(String name) {
    return aside(path, name);
  }

  /** What a stage keeps beside the rows of the run at a path. */
  public static Path aside(Path run, String name) {
    return new Path(run, "__" + name + "__");
  }

  /** The origins of which it has rows, or had some to judge. */
  public List<Origin> origins() {
    return manifest.rows().keySet().stream().map(Origin::of).sorted().toList();
  }

  /** How the rows are spread; empty for a run of a version that did not count. */
  @SuppressWarnings("unchecked") // written by Draft in this form; numbers come back as they fit
  public Statistics statistics(FileSystem files) throws IOException {
    Path file = new Path(new Path(path, Draft.META), "statistics.json");
    if (!files.exists(file)) {
      return new Statistics();
    }
    Map<String, Map<String, Map<String, Number>>> read = Json.read(files, file, Map.class);
    Statistics statistics = new Statistics();
    read.forEach(
        (origin, dimensions) ->
            dimensions.forEach(
                (dimension, buckets) ->
                    buckets.forEach(
                        (bucket, rows) ->
                            statistics.count(
                                Origin.of(origin), dimension, bucket, rows.longValue()))));
    return statistics;
  }

  /** The names of its columns. */
  public List<String> columns(FileSystem files) throws IOException {
    JsonNode columns =
        Json.read(files, new Path(new Path(path, Draft.META), "schema.json"), JsonNode.class);
    return columns.findValuesAsText("name");
  }

  /** The settings that made the run, by key. */
  @SuppressWarnings("unchecked") // written by Draft as a map of texts
  public Map<String, String> settings(FileSystem files) throws IOException {
    return Json.read(files, new Path(new Path(path, Draft.META), "config.json"), Map.class);
  }

  /**
   * Deletes the run: the manifest first, so that readers never see a part of it.
   *
   * @throws IOException when it could not be deleted
   */
  public void retire(Configuration configuration) throws IOException {
    Draft.retire(path.getFileSystem(configuration), path);
  }
}
