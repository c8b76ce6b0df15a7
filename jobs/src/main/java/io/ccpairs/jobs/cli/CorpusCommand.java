package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.corpus.CorpusJob;
import io.ccpairs.jobs.spark.Sessions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a generated corpus. */
@Command(
    name = "corpus",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header =
        "nothing -> raw dumps: generates Reddit, Stack Exchange and Wikipedia dumps from WordNet",
    description = {
      "The dumps have the true formats, with joins, markup, votes, deletions and duplicates. Some answers are planted"
          + " under the wrong question; truth/ names them, so that later stages can be held to it. held-out/ is a"
          + " retrieval task.",
      ""
    },
    footer = {"", "Settings: 'ccpairs config corpus'."})
final class CorpusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "work/corpus",
      description = "folder to write to (default: ${DEFAULT-VALUE})")
  private String folder = "work/corpus";

  @Mixin private CorpusOptions options = new CorpusOptions();

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Settings settings = options.load();
    CorpusJob.Result result =
        new CorpusJob(Sessions.open("corpus"), settings.get(Sections.CORPUS)).run(folder);
    PrintWriter out = spec.commandLine().getOut();
    CorpusOptions.print(out, result, folder, start);
    out.printf(
        "next: ccpairs mine --reddit %1$s/reddit --stackexchange %1$s/stackexchange --wikipedia %1$s/wikipedia%n",
        folder);
    out.flush();
    return ExitCode.OK;
  }
}
