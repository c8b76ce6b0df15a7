package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Nearest;
import io.ccpairs.jobs.config.Settings;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
    mixinStandardHelpOptions = true,
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
    List<Settings.Entry> all = options.load().entries();
    prefixes.forEach(prefix -> check(prefix, all));
    List<Settings.Entry> entries =
        all.stream()
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

  private static void check(String prefix, List<Settings.Entry> all) {
    if (all.stream().noneMatch(entry -> entry.key().startsWith(prefix))) {
      Set<String> known = new TreeSet<>();
      for (Settings.Entry entry : all) {
        for (int end = entry.key().length(); end > 0; end = entry.key().lastIndexOf('.', end - 1)) {
          known.add(entry.key().substring(0, end));
        }
      }
      throw new ConfigException("No key begins with " + prefix + Nearest.hint(prefix, known));
    }
  }
}
