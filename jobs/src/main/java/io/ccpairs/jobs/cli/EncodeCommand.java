package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.dedup.DedupJob;
import io.ccpairs.jobs.encode.EncodeJob;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the vectors of a table. */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "any table of pairs -> embeddings: the vectors of both sides of every pair",
    description = {
      "Columns pair_id, origin, query_vector and passage_vector; vectors have unit length.",
      ""
    },
    footer = {"", "Settings: 'ccpairs config encode'. Without --in: the table unique."})
final class EncodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "folder of the model: config.json, model.safetensors, tokenizer.json")
  private String model = "";

  @Mixin private TableOptions table = new TableOptions();
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Settings settings = options.load();
    SparkSession spark = Sessions.open("encode");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    PublishedRun input = table.input(hadoop, DedupJob.TABLE);
    Stage.Result result =
        new EncodeJob(spark, settings.get(Sections.ENCODE))
            .run(
                input,
                model,
                Workspace.at(table.job().workspace(), hadoop),
                table.job().runId(),
                table.job().onExisting(),
                settings.effective("encode"));
    PublishedRun run = result.run();
    long rows = run.manifest().rows().values().stream().mapToLong(Long::longValue).sum();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "encode   %s -> %s%n%,d pairs   %s%n",
        input.path(),
        run.path(),
        rows,
        result.upToDate()
            ? "up to date: made " + run.manifest().publishedAt()
            : Clock.since(start));
    out.flush();
    return ExitCode.OK;
  }
}
