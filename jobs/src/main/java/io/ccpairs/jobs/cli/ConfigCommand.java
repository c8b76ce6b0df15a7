package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.Settings;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the effective settings. */
@Command(
    name = "config",
    header = "prints every key, its value and where the value comes from",
    description = "Reads nothing but the given files; needs no Spark.")
final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Parameters(
      arity = "0..*",
      paramLabel = "PREFIX",
      description = "only keys that begin so, for example mine.reddit")
  private List<String> prefixes = List.of();

  @Option(names = "--changed", description = "only keys whose value is not the default")
  private boolean changed;

  @Override
  public Integer call() {
    List<Settings.Entry> entries =
        options.load().entries().stream()
            .filter(entry -> !changed || entry.changed())
            .filter(
                entry -> prefixes.isEmpty() || prefixes.stream().anyMatch(entry.key()::startsWith))
            .toList();
    int keyWidth = entries.stream().mapToInt(entry -> entry.key().length()).max().orElse(0);
    PrintWriter out = spec.commandLine().getOut();
    for (Settings.Entry entry : entries) {
      out.println(
          entry.key()
              + " ".repeat(keyWidth - entry.key().length())
              + " = "
              + entry.value()
              + "  # "
              + entry.origin());
    }
    out.flush();
    return ExitCode.OK;
  }
}
