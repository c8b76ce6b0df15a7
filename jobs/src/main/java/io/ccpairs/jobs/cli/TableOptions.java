package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
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
          "table to read, or one of its runs (default: the table before this one, below --out)")
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
   * The run of pairs to read: of the table that is named, else of this one in the workspace.
   *
   * @throws java.io.FileNotFoundException when there is none, or it holds no pairs
   */
  PublishedRun input(String table, Configuration hadoop) throws IOException {
    return Workspace.openPairs(input == null ? job.workspace() + "/" + table : input, hadoop);
  }
}
