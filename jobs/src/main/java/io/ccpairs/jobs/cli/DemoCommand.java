package io.ccpairs.jobs.cli;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.corpus.CorpusJob;
import io.ccpairs.jobs.inspect.Inspection;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The pipeline on a generated corpus, in one process. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "nothing -> pairs: generates a corpus, mines it, and shows the funnel and some pairs",
    description = "What a newcomer runs first: needs no data, no network and no cluster.")
final class DemoCommand implements Callable<Integer> {
  private static final int SHOWN = 3;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "work/demo",
      description = "folder for corpus and tables (default: ${DEFAULT-VALUE})")
  private String folder = "work/demo";

  @Mixin private CorpusOptions options = new CorpusOptions();

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Settings settings = options.load();
    PrintWriter out = spec.commandLine().getOut();
    SparkSession spark = Sessions.open("demo");
    String corpus = folder + "/corpus";
    CorpusJob.Result made = new CorpusJob(spark, settings.get(Sections.CORPUS)).run(corpus);
    CorpusOptions.print(out, made, corpus, start);
    out.println();
    Map<Origin, List<String>> places = new EnumMap<>(Origin.class);
    for (Origin origin : Origin.values()) {
      places.put(origin, List.of(corpus + "/" + origin.word()));
    }
    MineCommand.mine(places, settings, null, JobOptions.into(folder), out, System.nanoTime());
    Inspection inspection =
        new Inspection(
            spark, Workspace.open(folder + "/pairs", spark.sparkContext().hadoopConfiguration()));
    for (Origin origin : Origin.values()) {
      out.printf("%n%d pairs of %s%n", SHOWN, origin.word());
      Optional<String> which = Optional.of("origin = '" + origin.word() + "'");
      for (Row row : inspection.sample(Inspection.Rows.KEPT, which, SHOWN, 1).collectAsList()) {
        out.print(Inspection.sides(row));
      }
    }
    out.printf(
        "%nmore: jobs/bin/ccpairs inspect %s/pairs -n 20   (done in %s)%n",
        folder, Clock.since(start));
    out.flush();
    return ExitCode.OK;
  }
}
