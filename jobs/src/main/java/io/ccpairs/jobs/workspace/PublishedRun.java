package io.ccpairs.jobs.workspace;

import java.io.IOException;
import java.util.Map;
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

  /** The settings that made the run, by key. */
  @SuppressWarnings("unchecked") // written by Draft as a map of texts
  public Map<String, String> settings(FileSystem files) throws IOException {
    return Json.read(files, new Path(new Path(path, Draft.META), "config.json"), Map.class);
  }
}
