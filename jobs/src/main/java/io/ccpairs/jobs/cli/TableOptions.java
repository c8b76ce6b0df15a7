package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that makes a table of a table. */
final class TableOptions {
  @Option(
      names = "--in",
      paramLabel = "TABLE",
      description =
          "table to read, or one of its runs (default: a table below --out; see the last line)")
  private @Nullable String input;

  @Mixin private JobOptions job = new JobOptions();

  /** Options as if {@code --out} had been given. */
  static TableOptions into(String workspace) {
    TableOptions options = new TableOptions();
    options.job = JobOptions.into(workspace);
    return options;
  }

  JobOptions job() {
    return job;
  }

  /**
   * The run of pairs to read: of the table that is named, else of the first of these that the
   * workspace has.
   *
   * @throws FileNotFoundException when there is none, or it holds no pairs
   */
  PublishedRun input(Configuration hadoop, String... tables) throws IOException {
    if (input != null) {
      return Workspace.openPairs(input, hadoop);
    }
    for (String table : tables) {
      if (!Workspace.at(job.workspace(), hadoop).runs(table).isEmpty()) {
        return Workspace.openPairs(job.workspace() + "/" + table, hadoop);
      }
    }
    throw new FileNotFoundException(
        "Cannot find a published run of "
            + String.join(" or ", tables)
            + " in "
            + job.workspace()
            + "; --in names another table or run");
  }
}
