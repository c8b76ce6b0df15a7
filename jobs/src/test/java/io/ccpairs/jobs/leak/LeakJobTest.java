package io.ccpairs.jobs.leak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.input.Lines;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.workspace.ContractException;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeakJobTest {
  @TempDir Path work;

  private Stage.Result leaks(SparkSession spark, PublishedRun input, List<String> sets)
      throws IOException {
    return new LeakJob(spark, LeakConfig.defaults())
        .run(
            input,
            sets,
            Workspace.at(work.toString(), spark.sparkContext().hadoopConfiguration()),
            null,
            OnExisting.SKIP,
            new TreeMap<>());
  }

  @Test
  void pairsOfEvaluationSetsAreDroppedAndCountedByTask() throws IOException {
    SparkSession spark = TestSpark.local();
    Path task = Files.createDirectories(work.resolve("eval/animals"));
    Files.writeString(
        task.resolve("queries.jsonl"),
        "{\"_id\":\"1\",\"text\":\"How many legs has a spider?\"}\n");
    Files.writeString(
        task.resolve("corpus.jsonl"),
        "{\"_id\":\"d1\",\"title\":\"Spider\",\"text\":\"Spiders have eight legs and, most of them,"
            + " eight eyes in two rows.\"}\n");
    Files.writeString(
        Files.createDirectories(task.resolve("qrels")).resolve("test.tsv"), "1\td1\t1\n");
    Path questions = Files.createDirectories(work.resolve("eval/sts")).resolve("questions.tsv");
    Files.writeString(
        questions, "3.5\tWho painted the ceiling of the chapel?\tNobody knows it now\n");
    Files.writeString(
        work.resolve("eval/old.topics.trec"),
        "<top>\n<num>1</num><title>\nWho painted the\nceiling of the chapel\n</title>\n</top>\n");
    PublishedRun input =
        Tables.publish(
            spark,
            work,
            "unique",
            List.of(
                Tables.pair(Origin.REDDIT, 1, "how many legs has a spider", "Eight, as a rule."),
                Tables.pair(
                    Origin.REDDIT,
                    2,
                    "Eyes?",
                    "I read that spiders have eight legs and, most of them, eight eyes in two rows!"),
                Tables.pair(Origin.REDDIT, 3, "Who painted the ceiling of the chapel", "I did."),
                Tables.pair(Origin.REDDIT, 4, "How many legs?", "It depends on the animal.")));

    Stage.Result result = leaks(spark, input, List.of(work.resolve("eval").toString()));

    assertThat(result.funnel().judged(Origin.REDDIT, Kind.PAIR, Verdict.LEAK)).isEqualTo(3);
    assertThat(result.funnel().kept(Origin.REDDIT, Kind.PAIR)).isEqualTo(1);
    assertThat(
            result
                .run()
                .statistics(FileSystem.getLocal(spark.sparkContext().hadoopConfiguration()))
                .byOrigin()
                .getOrDefault("reddit", Map.of())
                .get(LeakJob.LEAKS))
        .isEqualTo(Map.of("animals", 2L, "sts/questions", 1L, "old.topics", 1L));
  }

  @Test
  void quotedFieldsMaySpanLinesAndTrecTextsDo() throws IOException {
    List<String> texts = new ArrayList<>();
    TextFiles.csv(reader("a,\"b \"\"c\"\",\nd\",5\" disk\r\ne"), texts::add);
    assertThat(texts).containsExactly("a", "b \"c\",\nd", "5\" disk", "e");
    texts.clear();
    TextFiles.linesOrTrec(
        reader(".I 1\n.T\nwing in a\nslipstream .\n.W\nan experiment\n.I 2\n.T\nheat"), texts::add);
    assertThat(texts).containsExactly("wing in a slipstream .", "an experiment", "heat");
    texts.clear();
    TextFiles.linesOrTrec(
        reader("<DOC>\n<DOCNO>17</DOCNO>\ncompact\nmemories\n</DOC>\n"), texts::add);
    assertThat(texts).containsExactly("compact memories");
    texts.clear();
    TextFiles.linesOrTrec(reader("first line\n<DOC> is no mark here\n"), texts::add);
    assertThat(texts).containsExactly("first line", "<DOC> is no mark here");
    assertThatThrownBy(() -> TextFiles.csv(reader("a\nb,\"c"), texts::add))
        .hasMessageContaining("line 2");
  }

  @Test
  void tagsGoWithWhatTheyNumberAndSignsAloneStay() throws IOException {
    List<String> texts = new ArrayList<>();
    TextFiles.linesOrTrec(
        reader(
            "<top>\n<NUM> Number: 301\n<title> rivers <b>of</b> <num>7</NUM> Asia\n"
                + "<desc> where 3 < 4\n</top>\n"
                + "<".repeat(300_000)),
        texts::add);
    assertThat(texts).containsExactly("rivers  of    Asia", "where 3 < 4", "<".repeat(300_000));
  }

  @Test
  void aLineThatDoesNotEndIsAnErrorNotAllOfTheMemory() throws IOException {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }
        };
    Lines lines = Lines.of("set.txt", endless);
    assertThatThrownBy(() -> TextFiles.linesOrTrec(lines, text -> {}))
        .hasMessageContaining("set.txt at line 1: the line is longer than");
  }

  @Test
  void setsOfMoreTextsThanAnIndexHoldsNameTheSetting() throws IOException {
    Path set = work.resolve("questions.txt");
    Files.writeString(set, "who painted the ceiling\nhow many legs has a spider\n");
    EvaluationTexts texts =
        new EvaluationTexts(TestSpark.local().sparkContext().hadoopConfiguration(), true);
    texts.add(set.toString());
    assertThatThrownBy(() -> texts.index(LeakConfig.defaults(), 1))
        .isInstanceOf(ContractException.class)
        .hasMessageContaining("questions has more texts")
        .hasMessageContaining("leaks.corpora=false");
  }

  private static Lines reader(String text) throws IOException {
    return Lines.of("set", new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  @Test
  void aMissingOrBrokenSetIsNamed() throws IOException {
    SparkSession spark = TestSpark.local();
    PublishedRun input =
        Tables.publish(
            spark, work, "unique", List.of(Tables.pair(Origin.REDDIT, 1, "Why so?", "Because.")));
    assertThatThrownBy(() -> leaks(spark, input, List.of(work + "/none")))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("/none");
    Path broken = work.resolve("broken.jsonl");
    Files.writeString(broken, "{\"text\": \"half a li");
    assertThatThrownBy(() -> leaks(spark, input, List.of(broken.toString())))
        .hasMessageContaining("broken.jsonl");
    Path parquet = work.resolve("set.parquet");
    Files.write(parquet, new byte[] {'P', 'A', 'R', '1', '\n', (byte) 0x95, (byte) 0xC0, 7});
    assertThatThrownBy(() -> leaks(spark, input, List.of(parquet.toString())))
        .hasMessageContaining("set.parquet")
        .hasMessageContaining("no text in UTF-8");
  }

  @Test
  void setsWithoutATextThatIsLongEnoughAreNoGate() throws IOException {
    SparkSession spark = TestSpark.local();
    PublishedRun input =
        Tables.publish(
            spark, work, "unique", List.of(Tables.pair(Origin.REDDIT, 1, "Why so?", "Because.")));
    Path names = work.resolve("names.txt");
    Files.writeString(names, "Paris\nSpider monkey\n");
    assertThatThrownBy(() -> leaks(spark, input, List.of(names.toString())))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("names.txt")
        .hasMessageContaining("leaks.min-words");
  }
}
