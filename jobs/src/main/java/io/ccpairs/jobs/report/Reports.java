package io.ccpairs.jobs.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.PublishedRun;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The pages that lie in a workspace, in {@code reports/}. */
public final class Reports {
  private static final String FOLDER = "reports";
  private static final String NAME = "ccpairs-runs";
  private static final Pattern TOLD =
      Pattern.compile("<meta name=\"" + NAME + "\" content=\"([^\"]*)\">");

  private Reports() {}

  /** Where the page of this name lies. */
  public static Path page(Path workspace, String name) {
    return new Path(new Path(workspace, FOLDER), name + ".html");
  }

  /** What a page says in its head of the runs that it tells of. */
  static String told(List<Manifest> runs) {
    return "<meta name=\"" + NAME + "\" content=\"" + names(runs) + "\">\n";
  }

  private static String names(List<Manifest> runs) {
    return runs.stream().map(Reports::name).distinct().collect(Collectors.joining(" "));
  }

  /** Neither tables nor runs have blanks or signs of HTML in their names. */
  private static String name(Manifest run) {
    return run.table() + "/" + run.run();
  }

  /**
   * Deletes every page in the workspace that tells of a run: a page names all runs that its rows
   * came from, and may show samples of each.
   *
   * @return what was deleted
   */
  public static List<Path> forget(Path workspace, PublishedRun run, Configuration hadoop)
      throws IOException {
    FileSystem files = workspace.getFileSystem(hadoop);
    List<Path> deleted = new ArrayList<>();
    FileStatus[] pages = files.globStatus(new Path(new Path(workspace, FOLDER), "*.html"));
    for (FileStatus page : pages == null ? new FileStatus[0] : pages) {
      String text;
      try (InputStream in = files.open(page.getPath())) {
        text = new String(in.readAllBytes(), UTF_8);
      }
      if (tellsOf(text, run.manifest())) {
        files.delete(page.getPath(), false);
        deleted.add(page.getPath());
      }
    }
    return deleted;
  }

  private static boolean tellsOf(String page, Manifest run) {
    Matcher told = TOLD.matcher(page);
    if (told.find()) {
      return List.of(told.group(1).split(" ")).contains(name(run));
    }
    // A page of a version that had no such line: its title, and the table of what it comes from.
    return page.contains("<h1>" + name(run) + " → ")
        || page.contains(" → " + name(run) + "</h1>")
        || page.contains(
            "<td>" + run.table() + "</td>\n<td class=\"mono\">" + run.run() + "</td>\n");
  }
}
