package io.ccpairs.jobs.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The pages that lie in a workspace, in {@code reports/}. */
public final class Reports {
  private static final String FOLDER = "reports";

  private Reports() {}

  /** Where the page of this name lies. */
  public static Path page(Path workspace, String name) {
    return new Path(new Path(workspace, FOLDER), name + ".html");
  }

  /**
   * Deletes every page that tells of a run: a page names all runs that its rows came from, and may
   * show samples of each.
   *
   * @return what was deleted
   */
  public static List<Path> forget(Path workspace, String run, Configuration hadoop)
      throws IOException {
    FileSystem files = workspace.getFileSystem(hadoop);
    List<Path> deleted = new ArrayList<>();
    FileStatus[] pages = files.globStatus(new Path(new Path(workspace, FOLDER), "*.html"));
    for (FileStatus page : pages == null ? new FileStatus[0] : pages) {
      String text;
      try (InputStream in = files.open(page.getPath())) {
        text = new String(in.readAllBytes(), UTF_8);
      }
      if (text.contains(run)) {
        files.delete(page.getPath(), false);
        deleted.add(page.getPath());
      }
    }
    return deleted;
  }
}
