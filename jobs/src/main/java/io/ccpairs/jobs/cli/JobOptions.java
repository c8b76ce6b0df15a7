package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.workspace.OnExisting;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
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

  @Mixin private RunOptions run = new RunOptions();

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
    return run.runId();
  }

  OnExisting onExisting() {
    return run.onExisting();
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
