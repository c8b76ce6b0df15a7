package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.Workspace;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of every command that makes a table. */
final class JobOptions {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "work",
      description =
          "workspace: the folder of tables, on any file system Hadoop knows (default: ${DEFAULT-VALUE})")
  private String workspace = "work";

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description = "name of the run, for example 2024-01 (default: a hash of inputs and settings)")
  private @Nullable String runId;

  @Option(
      names = "--on-existing",
      paramLabel = "WHAT",
      defaultValue = "skip",
      converter = OnExistingConverter.class,
      completionCandidates = OnExistingWords.class,
      description =
          "when the run is there: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). resume keeps the finished"
              + " pieces of a run that was broken off; overwrite builds anew beside the old run, then retires it")
  private OnExisting onExisting = OnExisting.SKIP;

  /** Options as if {@code --out} had been given. */
  static JobOptions into(String workspace) {
    JobOptions options = new JobOptions();
    options.workspace = workspace;
    return options;
  }

  String workspace() {
    return workspace;
  }

  @Nullable String runId() {
    if (runId != null && !Workspace.isName(runId)) {
      throw new ConfigException("Cannot use --run-id " + runId + ": " + Workspace.NAMES);
    }
    return runId;
  }

  OnExisting onExisting() {
    return onExisting;
  }

  /** Reads the words as they are written in options. */
  static final class OnExistingConverter implements ITypeConverter<OnExisting> {
    @Override
    public OnExisting convert(String word) {
      for (OnExisting value : OnExisting.values()) {
        if (value.name().toLowerCase(Locale.ROOT).equals(word)) {
          return value;
        }
      }
      throw new TypeConversionException(
          "there is no " + word + "; choose skip, resume, overwrite or fail");
    }
  }

  /** For help and completion. */
  static final class OnExistingWords implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(OnExisting.values())
          .map(value -> value.name().toLowerCase(Locale.ROOT))
          .iterator();
    }
  }
}
