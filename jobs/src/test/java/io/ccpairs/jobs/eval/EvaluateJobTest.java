package io.ccpairs.jobs.eval;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ccpairs.core.input.CorruptInputException;
import io.ccpairs.jobs.Models;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.cli.Main;
import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.workspace.ContractException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateJobTest {
  private static final List<String> TOPICS =
      List.of("river", "wing", "heat", "radio", "stone", "bread", "glass", "cloud");

  @TempDir Path folder;
  private final SparkSession spark = TestSpark.local();
  private final List<String> told = new ArrayList<>();

  private static String passage(int i) {
    return "the "
        + TOPICS.get(i % 8)
        + " of the "
        + TOPICS.get(i / 8 % 8)
        + " has "
        + i
        + " parts and a "
        + TOPICS.get(i / 64 % 8);
  }

  /** A task in BEIR's layout: a question asks for the parts of one passage. */
  private Path beir(String name, int passages) throws IOException {
    Path task = Files.createDirectories(folder.resolve("tasks/" + name));
    Files.createDirectories(task.resolve("qrels"));
    StringBuilder corpus = new StringBuilder();
    StringBuilder queries = new StringBuilder();
    StringBuilder qrels = new StringBuilder("query-id\tcorpus-id\tscore\n");
    for (int i = 0; i < passages; i++) {
      corpus.append("{\"_id\":\"d%d\",\"title\":\"\",\"text\":\"%s\"}\n".formatted(i, passage(i)));
      if (i % 40 == 3) {
        queries.append(
            "{\"_id\":\"q%d\",\"text\":\"what has %d parts and %s\"}\n"
                .formatted(i, i, TOPICS.get(i % 8)));
        qrels.append("q%d\td%d\t1\n".formatted(i, i));
      }
    }
    Files.writeString(task.resolve("corpus.jsonl"), corpus);
    Files.writeString(task.resolve("queries.jsonl"), queries);
    Files.writeString(task.resolve("qrels/test.tsv"), qrels);
    return task;
  }

  private Path model() throws IOException {
    Path model = folder.resolve("small");
    return Files.exists(model)
        ? model
        : Models.write(
            model, Stream.iterate(0, i -> i + 1).limit(64).map(EvaluateJobTest::passage).toList());
  }

  private List<EvaluateJob.Line> run(String out, int driverMb, @Nullable Path model, Path... tasks)
      throws IOException {
    told.clear();
    return new EvaluateJob(
            spark,
            new EvaluateConfig(0, 100, driverMb, 1),
            folder.resolve(out).toString(),
            EvaluateJob.Predictions.SAVED,
            told::add)
        .run(
            Stream.of(tasks).map(Path::toString).toList(),
            null,
            model == null ? null : model.toString(),
            null);
  }

  private static List<Path> files(Path below) throws IOException {
    try (Stream<Path> all = Files.walk(below)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().endsWith(".crc"))
          .sorted()
          .toList();
    }
  }

  @Test
  void executorsFindWhatTheDriverFinds() throws IOException {
    Path task = beir("parts", 9000);
    List<EvaluateJob.Line> driver = run("driver", 1000, model(), task);
    List<EvaluateJob.Line> executors = run("executors", 0, model(), task);
    assertThat(executors.get(0).scores().keySet()).containsExactly("random", "bm25", "small");
    driver
        .get(0)
        .scores()
        .forEach(
            (system, score) ->
                assertThat(executors.get(0).scores().get(system))
                    .as(system)
                    .isCloseTo(score, within(1e-9)));
    assertThat(Files.readString(folder.resolve("driver/predictions/qrels/parts.default.qrels")))
        .startsWith("q3 0 d3 1\n");
    assertThat(driver.get(0).scores().get("bm25")).isGreaterThan(0.9);
    assertThat(driver.get(0).scores().get("random")).isLessThan(0.05);
    for (String system : List.of("random", "bm25")) {
      String file = "predictions/" + system + "/parts.default.trec";
      assertThat(folder.resolve("executors/" + file))
          .hasSameTextualContentAs(folder.resolve("driver/" + file));
    }
    // Vectors differ by rounding between batches of other neighbours: scores to 1e-6, hits but for
    // ties.
    List<String> mine =
        Files.readAllLines(folder.resolve("driver/predictions/small/parts.default.trec"));
    List<String> theirs =
        Files.readAllLines(folder.resolve("executors/predictions/small/parts.default.trec"));
    assertThat(theirs).hasSameSizeAs(mine);
    for (int i = 0; i < mine.size(); i++) {
      assertThat(Double.parseDouble(theirs.get(i).split(" ")[4]))
          .isCloseTo(Double.parseDouble(mine.get(i).split(" ")[4]), within(2e-6));
    }
  }

  @Test
  void resultsHaveMtebsFormAndAreReadAgain() throws IOException {
    Path task = beir("parts", 400);
    List<EvaluateJob.Line> first = run("out", 1000, model(), task);
    assertThat(told).hasSize(3);
    List<Path> files = files(folder.resolve("out/results"));
    assertThat(
            files.stream()
                .map(
                    file ->
                        folder
                            .resolve("out/results")
                            .relativize(file)
                            .toString()
                            .replaceAll("[0-9a-f]{40}", "REVISION")))
        .containsExactly(
            "ccpairs__bm25/k1-0.9-b-0.4/model_meta.json",
            "ccpairs__bm25/k1-0.9-b-0.4/parts.json",
            "ccpairs__random/seed-1/model_meta.json",
            "ccpairs__random/seed-1/parts.json",
            "local__small/REVISION/model_meta.json",
            "local__small/REVISION/parts.json");
    JsonNode result = new ObjectMapper().readTree(files.get(5).toFile());
    assertThat(result.properties().stream().map(java.util.Map.Entry::getKey))
        .containsExactly(
            "dataset_revision",
            "task_name",
            "mteb_version",
            "scores",
            "evaluation_time",
            "kg_co2_emissions");
    JsonNode entry = result.at("/scores/test/0");
    assertThat(entry.path("main_score").doubleValue())
        .isEqualTo(entry.path("ndcg_at_10").doubleValue())
        .isEqualTo(first.get(0).scores().get("small"));
    assertThat(entry.path("hf_subset").asText()).isEqualTo("default");
    assertThat(entry.at("/conventions/prefix_of_passages").asText()).isEqualTo("passage: ");
    assertThat(entry.at("/conventions/passages").asText()).isEqualTo("400");
    assertThat(run("out", 1000, model(), task)).isEqualTo(first);
    assertThat(told).isEmpty();
    Files.writeString(task.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq3\td4\t1\n");
    assertThat(run("out", 1000, model(), task)).isNotEqualTo(first);
    assertThat(told).hasSize(3);
  }

  @Test
  void taskFilesDescribeSimilarityAndBitextWithWhatIsExpected() throws IOException {
    Path tasks = Files.createDirectories(folder.resolve("tasks"));
    Files.writeString(
        tasks.resolve("a.tsv"),
        "4\ta river\tthe river\n1\ta river\tsome bread\n\tx\ty\n3\ta stone\tstones\n");
    Files.writeString(tasks.resolve("de.txt"), "river\nbread\nglass\n");
    Files.writeString(tasks.resolve("en.txt"), "river\nbread\nglass\n");
    Files.writeString(
        tasks.resolve("one.conf"),
        """
        name = Alike
        kind = sts
        split = test
        format = tsv
        first = 1
        second = 2
        score = 0
        subsets { en { files = [a.tsv], languages = [eng-Latn] } }
        expected = [{ system = small, subset = en, metric = cosine_spearman, value = 2, source = us }]
        """);
    Files.writeString(
        tasks.resolve("two.conf"),
        "name = Same\nkind = bitext\nsplit = test\nsource = de.txt\ntarget = en.txt\n");
    List<EvaluateJob.Line> lines = run("out", 1000, model(), tasks);
    assertThat(lines).extracting(EvaluateJob.Line::task).containsExactly("Alike", "Same");
    assertThat(lines.get(0).expected()).isEqualTo(2);
    assertThat(lines.get(0).difference())
        .isCloseTo(lines.get(0).scores().getOrDefault("small", 0.0) - 2, within(1e-12));
    assertThat(lines.get(1).scores()).containsExactly(java.util.Map.entry("small", 1.0));
    assertThat(Files.readString(folder.resolve("out/predictions/small/Alike.en.tsv"), UTF_8))
        .startsWith("score\tcosine\n4.0\t0.");
    assertThat(run("none", 1000, null, tasks))
        .allSatisfy(line -> assertThat(line.scores()).isEmpty());
  }

  @Test
  void aScoreThatIsNoNumberIsFurtherOffThanAnyLimit() throws IOException {
    Files.writeString(folder.resolve("a.tsv"), "4\ta river\tthe river\n1\ta river\tsome bread\n");
    Files.writeString(folder.resolve("flat.tsv"), "4\ta river\tthe river\n4\tbread\tglass\n");
    Path conf = folder.resolve("alike.conf");
    Files.writeString(
        conf,
        """
        name = Alike
        kind = sts
        split = test
        format = tsv
        first = 1
        second = 2
        score = 0
        subsets { flat { files = [flat.tsv] }, some { files = [a.tsv] } }
        expected = [
          { system = small, subset = flat, metric = cosine_spearman, value = 1, source = us }
          { system = small, subset = some, metric = cosine_spearman, value = 0.5, source = us }
        ]
        """);
    StringWriter both = new StringWriter();
    String[] arguments = {
      "evaluate",
      "--tasks",
      conf.toString(),
      "--model",
      model().toString(),
      "--max-difference",
      "9",
      "--out",
      folder.resolve("out").toString()
    };
    int code = Main.run(arguments, new PrintWriter(both), new PrintWriter(both));
    assertThat(code).as(both.toString()).isEqualTo(3);
    assertThat(both.toString()).contains("on Alike flat the difference is NaN, the limit 9.0");
  }

  @Test
  void aFileThatWasChangedBesideHadoopIsNamedInOneLine() throws IOException {
    Path task = beir("parts", 100);
    String qrels = task.resolve("qrels/test.tsv").toString();
    FileSystem files = FileSystem.getLocal(new Configuration());
    try (OutputStream out = files.create(new org.apache.hadoop.fs.Path(qrels), true)) {
      out.write("q3 0 d3 1\n".getBytes(UTF_8));
    }
    Files.writeString(Path.of(qrels), "q3 0 d4 1\n");
    StringWriter err = new StringWriter();
    String[] arguments = {"evaluate", "--tasks", task.toString(), "--out", folder + "/out"};
    assertThat(Main.run(arguments, new PrintWriter(new StringWriter()), new PrintWriter(err)))
        .isEqualTo(4);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("Checksum error", "qrels/test.tsv");
  }

  @Test
  void whatIsJudgedAndNotThereIsTold() throws IOException {
    Path task = beir("parts", 100);
    Files.writeString(
        task.resolve("qrels/test.tsv"),
        "query-id\tcorpus-id\tscore\nq3\td3\t1\nq3\tlost\t1\nlost\td4\t1\n");
    List<EvaluateJob.Line> driver = run("a", 1000, null, task);
    assertThat(told)
        .contains(
            "parts default: 1 of 2 judged queries have no text",
            "parts default: 1 of 3 relevant passages are not in the corpus");
    assertThat(run("b", 0, null, task)).as("by executors").isEqualTo(driver);
    assertThat(told).contains("parts default: 1 of 3 relevant passages are not in the corpus");
    Files.writeString(task.resolve("qrels/test.tsv"), "q3 0 003 1\n");
    assertThatThrownBy(() -> run("a", 1000, null, task))
        .isInstanceOf(ContractException.class)
        .hasMessageContaining("none of its 1 relevant passages is in the corpus");
  }

  @Test
  void aResultIsNotTakenForFilesThatAreReadInAnotherWay() throws IOException {
    Path data = beir("parts", 100);
    Path conf = folder.resolve("parts.conf");
    String task =
        """
        name = parts
        kind = retrieval
        split = test
        corpus = [tasks/parts/corpus.jsonl]
        queries = tasks/parts/queries.jsonl
        qrels = [tasks/parts/qrels/test.tsv]
        """;
    Files.writeString(
        data.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq3\td3\t1\nq3\td4\t5\n");
    Files.writeString(conf, task);
    List<EvaluateJob.Line> all = run("out", 1000, null, conf);
    assertThat(run("out", 1000, null, conf)).isEqualTo(all);
    assertThat(told).isEmpty();
    Files.writeString(conf, task + "leave-out-grades = [5]\n");
    assertThat(run("out", 1000, null, conf)).isNotEqualTo(all);
    assertThat(told).hasSize(2);
  }

  @Test
  void aWrongWordInATaskFileIsSaidWithThoseThatThereAre() throws IOException {
    Path conf = folder.resolve("task.conf");
    Files.writeString(folder.resolve("a"), "x");
    Files.writeString(conf, "name = a\nkind = squad\nsplit = test\nfile = a\nunit = paragraf\n");
    assertThatThrownBy(() -> run("out", 0, null, conf))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("task.conf: unit is paragraf, not one of [paragraph, sentence]")
        .hasMessageEndingWith("did you mean paragraph?");
    Files.writeString(
        conf,
        "name = a\nkind = retrieval\nsplit = test\ncorpus = [a]\nqueries = a\nqrels = [a]\nquery-ids = ordr\n");
    assertThatThrownBy(() -> run("out", 0, null, conf))
        .hasMessageContaining("query-ids is ordr, not one of [own, order]");
    Files.writeString(
        conf,
        "name = a\nkind = sts\nsplit = test\nfiles = [a]\nformat = tvs\nfirst = 0\nsecond = 1\nscore = 2\n");
    assertThatThrownBy(() -> run("out", 0, null, conf))
        .hasMessageContaining("format is tvs, not one of [tsv, csv, jsonl, json]");
  }

  @Test
  void whatIsWrongWithATaskIsSaidByName() throws IOException {
    assertThatThrownBy(() -> run("out", 0, null, folder.resolve("nowhere")))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("nowhere: it does not exist");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThatThrownBy(() -> run("out", 0, null, empty))
        .hasMessageContaining("neither a task file (*.conf)");
    Path conf = folder.resolve("x.conf");
    Files.writeString(conf, "name = x\nkind = sts\nsplit = test\nfile = [a]\n");
    assertThatThrownBy(() -> run("out", 0, null, conf))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("unknown key file; did you mean files?");
    Files.writeString(conf, "name = x\nkind = bitext\nsplit = test\nsource = a\ntarget = b\n");
    assertThatThrownBy(() -> run("out", 0, null, conf))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("--data says where");
    Path task = beir("parts", 100);
    Files.writeString(task.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq3\td4\t0\n");
    assertThatThrownBy(() -> run("out", 0, null, task))
        .isInstanceOf(ContractException.class)
        .hasMessageContaining("none of its 3 queries has a relevant passage");
    Path twice = beir("twice", 100);
    Files.writeString(twice.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq3\td1\t1\n");
    Files.writeString(
        twice.resolve("corpus.jsonl"),
        "{\"_id\":\"d1\",\"text\":\"a\"}\n{\"_id\":\"d1\",\"text\":\"a\"}\n");
    assertThatThrownBy(() -> run("out", 0, null, twice))
        .hasStackTraceContaining("two passages of the id d1");
    assertThatThrownBy(() -> run("out", 1000, null, twice))
        .isInstanceOf(CorruptInputException.class)
        .hasMessageContaining("passage d1: an earlier passage has the same id");
    Files.writeString(twice.resolve("corpus.jsonl"), "{\"_id\":\"d1\",\n");
    assertThatThrownBy(() -> run("out", 1000, null, twice))
        .isInstanceOf(CorruptInputException.class)
        .hasMessageContaining("corpus.jsonl at line 1");
    assertThat(folder.resolve("out/results")).doesNotExist();
  }

  /** Every file in conf/tasks opens on the data it names; skipped where the data is not. */
  @Test
  void theTaskFilesOfTheProjectFitTheirData() throws IOException {
    Path root = Path.of(System.getProperty("ccpairs.root", ".."));
    Path data = root.resolve("../shared/data/eval").normalize();
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.isDirectory(data), "the evaluation sets are not on this machine");
    List<TaskSpec> tasks =
        new TaskFinder(spark.sparkContext().hadoopConfiguration(), data.toString())
            .find(List.of(root.resolve("conf/tasks").toString()));
    assertThat(tasks).hasSizeGreaterThan(10);
    List<EvaluateJob.Line> lines =
        new EvaluateJob(
                spark,
                EvaluateConfig.defaults(),
                folder.toString(),
                EvaluateJob.Predictions.DROPPED,
                told::add)
            .run(
                List.of(
                    root.resolve("conf/tasks/cranfield.conf").toString(),
                    root.resolve("conf/tasks/xquad-r.conf").toString()),
                data.toString(),
                null,
                null);
    assertThat(lines).allSatisfy(line -> assertThat(line.scores().get("bm25")).isGreaterThan(0.3));
  }
}
