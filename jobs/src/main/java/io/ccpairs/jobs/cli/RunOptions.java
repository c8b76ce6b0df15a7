package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.Workspace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that makes a run, wherever its table is. */
final class RunOptions {
  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description = "name of the run, for example 2024-01 (default: a hash of inputs and settings)")
  private @Nullable String runId;

  @Option(
      names = "--on-existing",
      paramLabel = "WHAT",
      defaultValue = "skip",
      converter = JobOptions.OnExistingConverter.class,
      completionCandidates = JobOptions.OnExistingWords.class,
      description =
          "when the run is there: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). resume keeps the finished"
              + " pieces of a run that was broken off; overwrite builds anew beside the old run, then retires it")
  private OnExisting onExisting = OnExisting.SKIP;

  @Nullable String runId() {
    if (runId != null && !Workspace.isName(runId)) {
      throw new ConfigException("Cannot use --run-id " + runId + ": " + Workspace.NAMES);
    }
    return runId;
  }

  OnExisting onExisting() {
    return onExisting;
  }
}
