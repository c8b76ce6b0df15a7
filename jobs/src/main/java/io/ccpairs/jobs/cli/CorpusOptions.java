package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.corpus.CorpusJob;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that generate a corpus. */
final class CorpusOptions {
  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "about how many pairs the miner will find; short for --set corpus.pairs=N")
  private @Nullable Long pairs;

  @Mixin private SettingsOptions settings = new SettingsOptions();

  Settings load() {
    return pairs == null ? settings.load() : settings.loadWith("corpus.pairs=" + pairs);
  }

  /** One line on what was written, or found. */
  static void print(PrintWriter out, CorpusJob.Result result, String folder, long startNanos) {
    out.printf(
        Locale.ROOT,
        "corpus   %,d files, %.1f MB -> %s   %s%n",
        result.files(),
        result.bytes() / 1e6,
        folder,
        result.upToDate() ? "up to date" : Clock.since(startNanos));
  }
}
