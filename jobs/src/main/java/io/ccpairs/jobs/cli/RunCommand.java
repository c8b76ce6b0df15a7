package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Nearest;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.recipe.Recipe;
import io.ccpairs.jobs.recipe.RecipeConfig;
import io.ccpairs.jobs.workspace.OnExisting;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole recipe, stage after stage. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "raw dumps -> encoder: every stage of a recipe, from one configuration file",
    description = {
      "Mines, cleans, removes duplicates and leaks, trains a first encoder on what is left, filters with it, and trains"
          + " the last encoder on the pairs that stay. A stage that is done is not done again, one that was broken off goes"
          + " on, so the same command after a crash finishes the work.",
      ""
    },
    footer = {
      "",
      "  ccpairs run --config conf/recipes/e5-small.conf --set 'run.reddit=[\"s3a://dumps/reddit\"]' \\",
      "    --out s3a://lake/e5 -- --master yarn",
      "  ccpairs run --config my.conf --commands      # each stage as a line of its own: put your -- behind each",
      "Settings: 'ccpairs config run', and those of the stages."
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "work",
      description = "workspace: the folder of tables and models (default: ${DEFAULT-VALUE})")
  private String out = "work";

  @Option(
      names = "--on-existing",
      paramLabel = "WHAT",
      defaultValue = "resume",
      converter = JobOptions.OnExistingConverter.class,
      completionCandidates = JobOptions.OnExistingWords.class,
      description =
          "when a stage's run is there: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private OnExisting onExisting = OnExisting.RESUME;

  @Option(names = "--from", paramLabel = "STEP", description = "begin with this step")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "STEP", description = "end after this step")
  private @Nullable String to;

  @Option(
      names = "--commands",
      description = "print the steps as command lines, for other schedulers, and run nothing")
  private boolean commands;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() {
    Settings settings = options.load();
    RecipeConfig recipe = settings.get(Sections.RUN);
    if (recipe.reddit().isEmpty()
        && recipe.stackexchange().isEmpty()
        && recipe.wikipedia().isEmpty()) {
      throw new ConfigException(
          "Nothing to mine: set run.reddit, run.stackexchange or run.wikipedia to a list of paths");
    }
    if (recipe.model().isEmpty() && recipe.newModel().isEmpty()) {
      throw new ConfigException(
          "Nothing to begin a training from: set run.model to the folder of a model, or run.new-model"
              + " to the shape of a new one, as in small");
    }
    List<Recipe.Step> steps =
        chosen(
            Recipe.steps(recipe, out, options.words(), onExisting.name().toLowerCase(Locale.ROOT)));
    PrintWriter print = spec.commandLine().getOut();
    if (commands) {
      steps.forEach(step -> print.println("ccpairs " + ShellWords.line(step.arguments())));
      print.flush();
      return ExitCode.OK;
    }
    long start = System.nanoTime();
    for (int i = 0; i < steps.size(); i++) {
      Recipe.Step step = steps.get(i);
      print.printf("%n[%d/%d] %s%n", i + 1, steps.size(), step.name());
      print.flush();
      int code =
          Main.run(step.arguments().toArray(String[]::new), print, spec.commandLine().getErr());
      if (code != ExitCode.OK) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(
            "Stopped in step "
                + step.name()
                + "; the same command goes on there: ccpairs "
                + ShellWords.line(step.arguments()));
        err.flush();
        return code;
      }
    }
    print.printf("%n%d steps in %s%n", steps.size(), Clock.since(start));
    print.flush();
    return ExitCode.OK;
  }

  private List<Recipe.Step> chosen(List<Recipe.Step> steps) {
    List<String> names = steps.stream().map(Recipe.Step::name).toList();
    int begin = from == null ? 0 : place(from, names);
    int end = to == null ? names.size() - 1 : place(to, names);
    if (begin > end) {
      throw new ConfigException("Cannot run from " + from + " to " + to + ": it stands before it");
    }
    return steps.subList(begin, end + 1);
  }

  private static int place(String name, List<String> names) {
    int place = names.indexOf(name);
    if (place < 0) {
      throw new ConfigException(
          "Cannot find step " + name + " among " + names + Nearest.hint(name, names));
    }
    return place;
  }
}
