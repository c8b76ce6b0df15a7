package io.ccpairs.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.input.CorruptInputException;
import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Nearest;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.train.TrainingException;
import io.ccpairs.jobs.workspace.ContractException;
import io.ccpairs.jobs.workspace.RunExistsException;
import io.ccpairs.jobs.workspace.Version;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point of {@code spark-submit} and of {@code jobs/bin/ccpairs}. */
@Command(
    name = "ccpairs",
    synopsisSubcommandLabel = "JOB",
    mixinStandardHelpOptions = true,
    versionProvider = Main.VersionLine.class,
    header =
        "Text-embedding training data at web scale, and the training: the E5 recipe on Apache Spark.",
    commandListHeading = "%nJobs, in the order of the pipeline:%n",
    footer = {
      "",
      "'ccpairs JOB --help' explains a job. What follows -- goes to spark-submit:",
      "  ccpairs mine --reddit dumps/ --out work -- --master local[4] --driver-memory 8g",
      "",
      "Exit codes: 0 done or up to date, 1 failed, 2 wrong usage, 3 accounting or bad records",
      "outside the contract, 4 an input is missing or damaged, 5 another run stands in the way."
    })
public final class Main {
  private static final Pattern UNKNOWN_OPTION = Pattern.compile("Unknown option: '([^']+)'");

  /** In the order of the pipeline. */
  private static final Map<String, Supplier<Callable<Integer>>> JOBS = jobs();

  private Main() {}

  private static Map<String, Supplier<Callable<Integer>>> jobs() {
    Map<String, Supplier<Callable<Integer>>> jobs = new LinkedHashMap<>();
    jobs.put("demo", DemoCommand::new);
    jobs.put("run", RunCommand::new);
    jobs.put("corpus", CorpusCommand::new);
    jobs.put("mine", MineCommand::new);
    jobs.put("clean", CleanCommand::new);
    jobs.put("dedup", DedupCommand::new);
    jobs.put("leaks", LeaksCommand::new);
    jobs.put("import-model", ImportModelCommand::new);
    jobs.put("export-onnx", ExportOnnxCommand::new);
    jobs.put("encode", EncodeCommand::new);
    jobs.put("filter", FilterCommand::new);
    jobs.put("shard", ShardCommand::new);
    jobs.put("pretrain", PretrainCommand::new);
    jobs.put("evaluate", EvaluateCommand::new);
    jobs.put("embed", EmbedCommand::new);
    jobs.put("search", SearchCommand::new);
    jobs.put("purge", PurgeCommand::new);
    jobs.put("report", ReportCommand::new);
    jobs.put("inspect", InspectCommand::new);
    jobs.put("config", ConfigCommand::new);
    jobs.put("doctor", DoctorCommand::new);
    return jobs;
  }

  /**
   * The command line as far as these arguments need it: with the one job that they name first, or
   * with all. To read the options of every job takes longer than many a job's own start.
   */
  static CommandLine line(String... arguments) {
    CommandLine line = new CommandLine(new Main());
    String first = arguments.length == 0 ? "" : arguments[0];
    JOBS.forEach(
        (name, job) -> {
          if (!JOBS.containsKey(first) || name.equals(first)) {
            line.addSubcommand(job.get());
          }
        });
    return line;
  }

  /**
   * Runs one job and leaves with its exit code; on success it returns, as cluster managers expect.
   */
  public static void main(String[] arguments) {
    int code = run(arguments, utf8(System.out), utf8(System.err));
    Sessions.close();
    if (code != ExitCode.OK) {
      System.exit(code);
    }
  }

  private static PrintWriter utf8(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, UTF_8), true);
  }

  /** Runs one job in this process; leaves a Spark session that it found or made open. */
  public static int run(String[] given, PrintWriter out, PrintWriter err) {
    String[] arguments = helpAsOption(given);
    CommandLine line = line(arguments);
    line.setOut(out);
    line.setErr(err);
    line.setUsageHelpWidth(100);
    // Options of one or more paths end where the next option begins, also one that is misspelt.
    line.setUnmatchedOptionsAllowedAsOptionParameters(false);
    line.setParameterExceptionHandler(Main::wrongUsage);
    line.setExecutionExceptionHandler(Main::failure);
    if (arguments.length == 0) {
      line.usage(out);
      return ExitCode.USAGE;
    }
    return line.execute(arguments);
  }

  /** {@code help} and {@code help JOB}, for those who write it so. */
  private static String[] helpAsOption(String[] given) {
    if (given.length == 0 || !given[0].equals("help")) {
      return given;
    }
    return given.length == 1 ? new String[] {"--help"} : new String[] {given[1], "--help"};
  }

  private static int wrongUsage(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    String word = unknown(e);
    if (word != null) {
      List<String> known =
          new ArrayList<>(word.startsWith("-") ? List.of() : line.getSubcommands().keySet());
      line.getCommandSpec().options().forEach(option -> known.addAll(List.of(option.names())));
      err.println(
          (word.startsWith("-") ? "Unknown option " : "Unknown word ")
              + word
              + Nearest.hint(word, known));
    } else {
      err.println(e.getMessage());
    }
    err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'");
    err.flush();
    return ExitCode.USAGE;
  }

  /** The word that no command knows; null where something else is wrong. */
  private static @Nullable String unknown(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      return unmatched.getUnmatched().get(0);
    }
    // Behind an option of several paths.
    Matcher option = UNKNOWN_OPTION.matcher(String.valueOf(e.getMessage()));
    return option.lookingAt() ? option.group(1) : null;
  }

  private static int failure(Exception e, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    Throwable known = known(e);
    if (known == null) {
      e.printStackTrace(err);
      err.flush();
      return ExitCode.FAILED;
    }
    err.println(message(known));
    err.flush();
    if (known instanceof ConfigException) {
      return ExitCode.USAGE;
    } else if (known instanceof RunExistsException || known instanceof FileAlreadyExistsException) {
      return ExitCode.EXISTS;
    }
    if (known instanceof TrainingException) {
      return ExitCode.FAILED;
    }
    return known instanceof IOException ? ExitCode.INPUT : ExitCode.CONTRACT;
  }

  private static String message(Throwable known) {
    String said = String.valueOf(known.getMessage());
    return known instanceof FileSystemException e && e.getReason() == null && !said.contains(" ")
        ? "Cannot use " + said + ": " + (e instanceof NoSuchFileException ? "it does not exist" : e)
        : said;
  }

  /** The cause that a user can act on, or null: then the whole trace is shown. */
  private static @Nullable Throwable known(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConfigException
          || cause instanceof RunExistsException
          || cause instanceof ContractException
          || cause instanceof CorruptInputException
          || cause instanceof ModelFileException
          || cause instanceof FileSystemException // of Java's own file systems, and S3A's denials
          || cause instanceof TrainingException
          || cause instanceof FileNotFoundException
          || cause instanceof ChecksumException // a file was changed beside Hadoop
          || cause instanceof AccessControlException) {
        return cause;
      }
    }
    return null;
  }

  static final class VersionLine implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"ccpairs " + Version.describe()};
    }
  }
}
