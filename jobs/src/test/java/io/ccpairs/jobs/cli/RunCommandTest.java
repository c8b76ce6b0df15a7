package io.ccpairs.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ccpairs.jobs.Dumps;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.recipe.Recipe;
import io.ccpairs.jobs.recipe.RecipeConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe as command lines: those of {@code run} and those of the DAG. */
class RunCommandTest {
  private static final Path CONF = Path.of(System.getProperty("ccpairs.root", ".."), "conf");

  @TempDir Path folder;

  private String out = "";
  private String err = "";

  @BeforeAll
  static void openSession() {
    TestSpark.local();
  }

  private int run(String... arguments) {
    StringWriter stdout = new StringWriter();
    StringWriter stderr = new StringWriter();
    int code = Main.run(arguments, new PrintWriter(stdout), new PrintWriter(stderr));
    out = stdout.toString();
    err = stderr.toString();
    return code;
  }

  @Test
  void everyStepIsACommandLineOfItsOwn() {
    String[] call = {
      "run",
      "--set",
      "run.wikipedia=[\"dumps/a b.bz2\"]",
      "--set",
      "run.evaluation-sets=[eval]",
      "--set",
      "run.tasks=[eval]",
      "--out",
      "lake",
      "--commands"
    };
    assertThat(run(call)).as(err).isZero();
    List<String> lines = out.lines().toList();
    assertThat(lines).hasSize(12);
    assertThat(lines.get(0)).startsWith("ccpairs mine --wikipedia 'dumps/a b.bz2' --out lake");
    assertThat(lines.get(6)).startsWith("ccpairs filter --in lake/unseen --model lake/first/model");
  }

  @Test
  void theFirstExampleOfTheHelpRuns() {
    assertThat(run("help", "run")).isZero();
    int begin = out.indexOf("  ccpairs run ") + "  ccpairs ".length();
    String example = out.substring(begin, out.indexOf(" -- ", begin)).replace("\\\n", "");
    List<String> words = new ArrayList<>(List.of(example.replace("'", "").split(" +")));
    words.replaceAll(word -> word.startsWith("conf/") ? CONF.resolveSibling(word) + "" : word);
    words.add("--commands");
    assertThat(run(words.toArray(String[]::new))).as(words + err).isZero();
    assertThat(out).startsWith("ccpairs mine --reddit s3a://dumps/reddit --out s3a://lake/e5");
  }

  @Test
  void aRecipeThatNeedsWeightsAsksForThem() {
    for (String size : List.of("small", "base", "large")) {
      String recipe = CONF.resolve("recipes/multilingual-e5-" + size + ".conf").toString();
      String[] call = {
        "run",
        "--config",
        recipe,
        "--set",
        "run.reddit=[dumps]",
        "--commands",
        "--set",
        "run.first=[]"
      };
      assertThat(run(call)).isEqualTo(2);
      assertThat(err).startsWith("Nothing to begin a training from: set run.model");
      call[call.length - 1] = "run.model=weights";
      assertThat(run(call)).as(err).isZero();
      assertThat(out).contains(" --model weights ");
    }
  }

  @Test
  void stepsAreChosenByNameAndAWrongNameNamesTheNearest() {
    assertThat(run("run", "--commands")).isEqualTo(2);
    assertThat(err).startsWith("Nothing to mine: set run.reddit");
    String dumps = "run.stackexchange=[" + Dumps.fixture("stackexchange") + "]";
    assertThat(run("run", "--set", dumps, "--from", "clean", "--to", "dedup", "--commands"))
        .isZero();
    assertThat(out.lines().map(line -> line.split(" ")[1])).containsExactly("clean", "dedup");
    assertThat(run("run", "--set", dumps, "--to", "filtre", "--commands")).isEqualTo(2);
    assertThat(err).contains("did you mean filter?");
    assertThat(run("run", "--set", dumps, "--from", "report", "--to", "mine")).isEqualTo(2);
  }

  @Test
  void aStepThatFailsStopsTheRunAndTheSameCommandGoesOn() throws IOException {
    Path config = folder.resolve("my.conf");
    Files.writeString(
        config,
        "run.stackexchange = [\""
            + Dumps.fixture("stackexchange")
            + "\"]\n"
            + "mine.max-bad-share = 0.01\n");
    String work = folder + "/work";
    String[] call = {"run", "--config", config.toString(), "--out", work, "--to", "dedup"};
    assertThat(run(call)).isEqualTo(3);
    assertThat(err).contains("Stopped in step mine").contains("mine --stackexchange");
    Files.writeString(
        config, Files.readString(config).replace("max-bad-share = 0.01", "max-bad-share = 0.5"));
    assertThat(run(call)).as(err).isZero();
    assertThat(out).contains("[3/3] dedup").doesNotContain("up to date");
    assertThat(run(call)).isZero();
    assertThat(out.split("up to date", -1)).hasSize(4);
  }

  @Test
  void theDagHasTheStepsOfTheRecipe() throws IOException {
    String month = "{{ params.lake }}/{{ ds }}";
    RecipeConfig config =
        new RecipeConfig(
            List.of("{{ params.dumps }}/reddit"),
            List.of("{{ params.dumps }}/stackexchange"),
            List.of("{{ params.dumps }}/wikipedia"),
            "",
            List.of("{{ params.evaluation }}"),
            List.of("{{ params.evaluation }}"),
            "",
            "small",
            List.of(),
            List.of());
    List<Recipe.Step> steps =
        Recipe.steps(config, month, List.of("--config", "{{ params.config }}"), "resume");
    assertThat(stagesOfTheDag()).isEqualTo(steps);
    assertThat(Files.readString(CONF.resolve("airflow/ccpairs_recipe.py")))
        .as("tasks that asked for GPUs would take them in every stage of filter")
        .contains("\"filter\": EXECUTOR_GPUS,\n")
        .containsPattern("EXECUTOR_GPUS = \\{[^}]*executor.resource.gpu.amount")
        .doesNotContainPattern("EXECUTOR_GPUS = \\{[^}]*spark.task.");
    for (Recipe.Step step : steps) {
      Main.line().parseArgs(step.arguments().toArray(String[]::new));
    }
  }

  @Test
  void theDagsFirstCommandLinesRun() throws IOException {
    Path config = Files.writeString(folder.resolve("my.conf"), "mine.max-bad-share = 0.5\n");
    for (Recipe.Step step : stagesOfTheDag().subList(0, 3)) {
      String[] arguments =
          step.arguments().stream()
              .map(
                  word ->
                      word.replace("{{ params.dumps }}", Dumps.fixture(""))
                          .replace("{{ params.lake }}", folder + "/lake")
                          .replace("{{ ds }}", "2024-01-01")
                          .replace("{{ params.config }}", config.toString()))
              .toArray(String[]::new);
      assertThat(run(arguments)).as(step.name() + ": " + err).isZero();
    }
    assertThat(folder.resolve("lake/2024-01-01/unique")).isDirectory();
  }

  @Test
  void everyRecipeOfTheProjectIsReadable() throws IOException {
    try (var files = Files.list(CONF.resolve("recipes"))) {
      for (Path file : files.toList()) {
        assertThat(run("config", "--config", file.toString())).as(file + ": " + err).isZero();
      }
    }
  }

  private static List<Recipe.Step> stagesOfTheDag() throws IOException {
    String dag = Files.readString(CONF.resolve("airflow/ccpairs_recipe.py"));
    int begin = dag.indexOf("STAGES = [") + "STAGES = ".length();
    JsonNode stages = new ObjectMapper().readTree(dag.substring(begin, dag.indexOf("# fmt: on")));
    List<Recipe.Step> steps = new ArrayList<>();
    for (JsonNode stage : stages) {
      List<String> arguments = new ArrayList<>();
      stage.get(1).forEach(word -> arguments.add(word.asText()));
      steps.add(new Recipe.Step(stage.get(0).asText(), arguments));
    }
    return steps;
  }
}
