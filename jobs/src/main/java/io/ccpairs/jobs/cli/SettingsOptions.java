package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options by which every command takes settings. */
final class SettingsOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "settings, as key = value or HOCON; may be repeated, later files win")
  private List<Path> files = List.of();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "one setting; wins over every file. 'ccpairs config' lists the keys")
  private List<String> assignments = List.of();

  Settings load() {
    return Settings.load(Sections.ALL, files, assignments);
  }

  /** The settings over a file of others, with assignments that win over all. */
  Settings loadOver(Path base, List<String> last) {
    List<Path> all = new ArrayList<>(List.of(base));
    all.addAll(files);
    List<String> set = new ArrayList<>(assignments);
    set.addAll(last);
    return Settings.load(Sections.ALL, all, set);
  }

  /** The options as they were given, for another command. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    files.forEach(file -> words.addAll(List.of("--config", file.toString())));
    assignments.forEach(assignment -> words.addAll(List.of("--set", assignment)));
    return words;
  }

  /** The settings with one more, which wins over the others. */
  Settings loadWith(String assignment) {
    List<String> more = new ArrayList<>(assignments);
    more.add(assignment);
    return Settings.load(Sections.ALL, files, more);
  }
}
