package io.ccpairs.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.jobs.Dumps;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.spark.Sessions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
  @TempDir Path folder;
  private String out = "";
  private String err = "";

  @BeforeEach
  void session() {
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

  private int mine(String... more) {
    String[] arguments = {
      "mine",
      "--stackexchange",
      Dumps.fixture("stackexchange"),
      "--out",
      folder + "/work",
      "--set",
      "mine.max-bad-share=0.5"
    };
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return run(all);
  }

  @Test
  void helpListsTheJobsInPipelineOrderWithWhatTheyReadAndWrite() {
    assertThat(run("--help")).isZero();
    assertThat(out)
        .containsPattern("mine +raw dumps -> pairs")
        .containsPattern("inspect +any table -> terminal");
    assertThat(out.indexOf("  mine")).isLessThan(out.indexOf("  inspect"));
    assertThat(out.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(110));
  }

  @Test
  void theReadmeNamesEveryJobAndItsCommandLinesParse() throws IOException {
    String readme =
        Files.readString(Path.of(System.getProperty("ccpairs.root", "..")).resolve("README.md"));
    CommandLine line = Main.line();
    for (String job : line.getSubcommands().keySet()) {
      assertThat(readme).containsPattern("\\| `ccpairs ([a-z]+`, `(ccpairs )?)*" + job + "`");
    }
    List<String> calls =
        readme
            .replace("\\\n", " ")
            .lines()
            .filter(
                text -> text.startsWith("jobs/bin/ccpairs ") || text.startsWith("spark-submit "))
            .map(
                text ->
                    text.replaceFirst("^.*?ccpairs(\\.jar)? ", "").replaceFirst("( --| +#) .*", ""))
            .toList();
    assertThat(calls).hasSizeGreaterThan(10);
    for (String call : calls) {
      List<String> words = new ArrayList<>();
      Matcher word = Pattern.compile("\"([^\"]*)\"|((?:[^\\s']|'[^']*')+)").matcher(call);
      while (word.find()) {
        words.add(word.group(1) == null ? word.group(2).replace("'", "") : word.group(1));
      }
      line.parseArgs(words.toArray(String[]::new));
    }
  }

  @Test
  void aCommandLineThatNamesAJobHoldsThatOneAlone() {
    Map<String, CommandLine> all = Main.line().getSubcommands();
    all.forEach(
        (job, line) -> {
          Map<String, CommandLine> one = Main.line(job, "--help").getSubcommands();
          assertThat(one).containsOnlyKeys(job);
          assertThat(one.values())
              .allSatisfy(it -> assertThat(it.getUsageMessage()).isEqualTo(line.getUsageMessage()));
        });
    assertThat(Main.line("mien").getSubcommands()).containsOnlyKeys(all.keySet());
  }

  @Test
  void everyJobExplainsItself() {
    for (String job : Main.line().getSubcommands().keySet()) {
      assertThat(run(job, "--help")).as(job + ": " + err).isZero();
      String explained = out;
      assertThat(explained).contains("\nUsage: ccpairs " + job + " ");
      assertThat(run("help", job)).isZero();
      assertThat(out).isEqualTo(explained);
    }
    assertThat(run("help")).isZero();
    assertThat(out).contains("Jobs, in the order of the pipeline:");
  }

  @Test
  void theSparkThatJobsRunOnIsNamed() throws IOException {
    assertThat(DoctorCommand.spark(null)).endsWith(", from Maven");
    assertThat(DoctorCommand.spark(folder.toString())).contains(folder + ", which has no RELEASE");
    Files.writeString(folder.resolve("RELEASE"), "Spark 4.1.0 built for Hadoop 3\nFlags: none\n");
    assertThat(DoctorCommand.spark(folder.toString()))
        .isEqualTo("at SPARK_HOME, " + folder + ": Spark 4.1.0 built for Hadoop 3");
  }

  @Test
  void hadoopsSettingsAmongSparksHoldWithoutSpark() {
    System.setProperty("spark.hadoop.fs.s3a.endpoint", "http://here");
    try {
      assertThat(Sessions.hadoop().get("fs.s3a.endpoint")).isEqualTo("http://here");
    } finally {
      System.clearProperty("spark.hadoop.fs.s3a.endpoint");
    }
  }

  @Test
  void configSaysWhenNoKeyBeginsSo() {
    assertThat(run("config", "mine.reddit")).isZero();
    assertThat(out).contains("mine.reddit.comments ").doesNotContain("mine.seed");
    assertThat(run("config", "mien")).isEqualTo(2);
    assertThat(err).isEqualTo("No key begins with mien; did you mean mine?\n");
    assertThat(run("config", "mine.redit")).isEqualTo(2);
    assertThat(err).contains("did you mean mine.reddit?");
    assertThat(run("config", "mine", "--changed")).isZero();
  }

  @Test
  void inspectSaysWhatItCannotUse() {
    assertThat(mine()).isZero();
    String table = folder + "/work/pairs";
    assertThat(run("inspect", table, "--verdict", "tooshort")).isEqualTo(2);
    assertThat(err).isEqualTo("Cannot use --verdict tooshort: unknown; did you mean too_short?\n");
    assertThat(run("inspect", table, "--origin", "redit")).isEqualTo(2);
    assertThat(err).contains("did you mean reddit?");
    assertThat(run("inspect", table, "-n", "-1")).isEqualTo(2);
    assertThat(err).isEqualTo("Cannot use -n -1: at least 1 is needed\n");
    for (String[] wrong :
        List.of(
            new String[] {"--where", "votes >"},
            new String[] {"--where", "vote > 1"},
            new String[] {"--sql", "select vote from kept"},
            new String[] {"--sql", "selct"})) {
      assertThat(run("inspect", table, wrong[0], wrong[1])).as(wrong[1]).isEqualTo(2);
      assertThat(err).startsWith("Cannot use this SQL: ").hasLineCount(1);
    }
    String many = "select id from range(10001) order by id";
    assertThat(run("inspect", table, "--sql", many)).isZero();
    assertThat(out).hasLineCount(10_001).endsWith("9999\n");
    assertThat(err).isEqualTo("The first 10,000 rows; --json prints all\n");
    assertThat(run("inspect", table, "--sql", many, "--json")).isZero();
    assertThat(out).hasLineCount(10_001);
    assertThat(err).isEmpty();
  }

  @Test
  void aWrongWordNamesTheNearestAndExitsWithTwo() {
    assertThat(run("mien")).isEqualTo(2);
    assertThat(err).startsWith("Unknown word mien; did you mean mine?");
    assertThat(run("mine", "--redit", "x")).isEqualTo(2);
    assertThat(err).startsWith("Unknown option --redit; did you mean --reddit?");
    assertThat(run("mine", "--reddit", "x", "y", "--wikipdia", "z")).isEqualTo(2);
    assertThat(err).startsWith("Unknown option --wikipdia; did you mean --wikipedia?");
    assertThat(run("mine", "--reddit", "x", "--set", "mine.sed=1")).isEqualTo(2);
    assertThat(err).contains("Unknown key mine.sed").contains("did you mean mine.seed?");
    assertThat(run("mine")).isEqualTo(2);
    assertThat(err).contains("Nothing to mine");
    assertThat(run("mine", "--reddit", "x", "--on-existing", "replace")).isEqualTo(2);
    assertThat(err).contains("skip, resume, overwrite or fail");
    assertThat(mine("--run-id", "../elsewhere")).isEqualTo(2);
    assertThat(err).startsWith("Cannot use --run-id ../elsewhere: letters, digits");
  }

  @Test
  void severalPathsMayStandBehindOneOption() {
    String[] call = {
      "mine", "--reddit", Dumps.fixture("reddit"), folder + "/none.zst", "--out", folder + "/work"
    };
    assertThat(run(call)).isEqualTo(4);
    assertThat(err)
        .isEqualTo("Cannot mine reddit from " + folder + "/none.zst: there is no such file\n");
  }

  @Test
  void mineEndsWithTheFunnelAndASecondCallIsUpToDate() {
    assertThat(mine()).as(err).isZero();
    assertThat(out)
        .contains("stackexchange  question")
        .contains("low_score 1")
        .contains("orphan 1");
    assertThat(mine()).isZero();
    assertThat(out).contains("up to date: made");
    assertThat(mine("--on-existing", "fail")).isEqualTo(5);
    assertThat(mine("--on-existing", "overwrite")).isZero();
    assertThat(folder.resolve("work/pairs")).isDirectoryNotContaining("glob:**.crc");
  }

  @Test
  void inspectShowsKeptDroppedAndBadRowsAndAnswersQueries() {
    assertThat(mine()).isZero();
    String table = folder + "/work/pairs";
    assertThat(run("inspect", table)).as(err).isZero();
    assertThat(out)
        .contains("Q: What is \"backprop\"?")
        .contains("P: It means backward")
        .contains("accepted=true");
    assertThat(run("inspect", table, "--dropped", "--verdict", "low_score")).isZero();
    assertThat(out).contains("verdict=low_score").contains("No idea, sorry");
    assertThat(run("inspect", table, "--bad")).isZero();
    assertThat(out).contains("Posts.xml").contains("an attribute does not end");
    assertThat(run("inspect", table, "--json", "-n", "1")).isZero();
    assertThat(out).startsWith("{\"pair_id\":\"");
    assertThat(
            run(
                "inspect",
                table,
                "--sql",
                "select origin, count(*) rows from kept group by origin"))
        .isZero();
    assertThat(out.lines()).containsExactly("origin         rows", "stackexchange     1");
    assertThat(run("inspect", folder + "/none")).isEqualTo(4);
    assertThat(err).contains("no published run there");
  }

  @Test
  void aMissingInputIsNamedAndExitsWithFour() {
    assertThat(run("mine", "--reddit", folder + "/none.zst", "--out", folder + "/work"))
        .isEqualTo(4);
    assertThat(err)
        .isEqualTo("Cannot mine reddit from " + folder + "/none.zst: there is no such file\n");
    assertThat(run("mine", "--reddit", "", "--out", folder + "/work")).isEqualTo(4);
    assertThat(err).startsWith("Cannot mine reddit from : ").doesNotContain("\tat ");
  }

  @Test
  void aFolderWithoutDumpsIsNamed() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(run("mine", "--wikipedia", empty.toString(), "--out", folder + "/work"))
        .isEqualTo(4);
    assertThat(err).contains(empty + ": the folder holds no such dump");
  }

  @Test
  void aPlaceWhereNothingCanBeWrittenIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    String dumps = Dumps.fixture("wikipedia");
    assertThat(run("mine", "--wikipedia", dumps, "--out", file + "/work")).isEqualTo(4);
    assertThat(err)
        .startsWith("Cannot write to file:" + file + "/work/pairs/run=")
        .endsWith(": the folder cannot be made\n");
  }

  @Test
  void ofAMirrorOnlyThePagesAreReadAndTheRestIsNamed() throws IOException {
    Path mirror = Files.createDirectory(folder.resolve("mirror"));
    Path pages = Path.of(Dumps.fixture("wikipedia/enwiki-every-construct.xml"));
    Dumps.bzip2(pages, mirror.resolve("enwiki-latest-pages-articles-multistream.xml.bz2"));
    Path index = mirror.resolve("enwiki-latest-pages-articles-multistream-index.txt.bz2");
    Dumps.bzip2(Files.writeString(folder.resolve("index"), "600:10:A page\n"), index);
    Path feed =
        Files.writeString(
            mirror.resolve("enwiki-latest-pages-articles-multistream.xml.bz2-rss.xml"), "<rss/>\n");
    Path stubs = Files.copy(pages, mirror.resolve("enwiki-latest-stub-articles.xml"));
    assertThat(run("mine", "--wikipedia", mirror.toString(), "--out", folder + "/work"))
        .as(err)
        .isZero();
    assertThat(out).startsWith("mine     1 files");
    assertThat(err)
        .isEqualTo(
            "Passed over as no dumps, by their names: file:%s, file:%s, file:%s. A file that is named itself is always read.%n",
            index, feed, stubs);
  }

  @Test
  void ofAFolderOfAllDumpsEachOriginReadsItsOwn() throws IOException {
    Path all = Files.createDirectory(folder.resolve("all"));
    Path pages = Path.of(Dumps.fixture("wikipedia/enwiki-every-construct.xml"));
    Dumps.bzip2(pages, all.resolve("enwiki-latest-pages-articles.xml.bz2"));
    Files.copy(Path.of(Dumps.fixture("stackexchange/Posts.xml")), all.resolve("Posts.xml"));
    Files.writeString(all.resolve("Users.xml"), "<users>\n<row Id=\"1\" />\n</users>\n");
    for (String name : List.of("RS_2018-10.ndjson", "RC_2018-10.ndjson")) {
      Files.copy(Path.of(Dumps.fixture("reddit/" + name)), all.resolve(name));
    }
    String place = all.toString();
    int code =
        run(
            "mine",
            "--wikipedia",
            place,
            "--stackexchange",
            place,
            "--reddit",
            place,
            "--out",
            folder + "/work",
            "--set",
            "mine.max-bad-share=0.5");
    assertThat(code).as(err).isZero();
    assertThat(out)
        .startsWith("mine     4 files")
        .containsPattern("wikipedia +page +6")
        .containsPattern("stackexchange +question +2")
        .containsPattern("reddit +post +\\d");
    assertThat(err)
        .startsWith("Passed over as no dumps, by their names: file:" + place + "/Users.xml.");
  }

  @Test
  void aFolderWithoutPermissionIsNamed() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    assertThat(closed.toFile().setReadable(false)).isTrue();
    Assumptions.assumeFalse(Files.isReadable(closed), "The superuser may read everything");
    assertThat(run("mine", "--wikipedia", closed.toString(), "--out", folder + "/work"))
        .isEqualTo(4);
    assertThat(err).contains(closed.toString()).doesNotContain("\tat ");
  }

  @Test
  void aFolderOnHdfsThatBelongsToAnotherIsNamed() throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    try (MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(configuration).numDataNodes(0).build()) {
      FileSystem owner = cluster.getFileSystem();
      org.apache.hadoop.fs.Path closed = new org.apache.hadoop.fs.Path("/closed");
      owner.mkdirs(closed);
      owner.setPermission(closed, new FsPermission("700"));
      // Another than who runs this test, who may be the superuser.
      UserGroupInformation reader =
          UserGroupInformation.createUserForTesting("reader", new String[] {"readers"});
      String place = cluster.getURI() + closed.toString();
      int code =
          reader.doAs(
              (PrivilegedAction<Integer>)
                  () -> run("mine", "--wikipedia", place, "--out", folder + "/work"));
      assertThat(code).isEqualTo(4);
      assertThat(err)
          .startsWith("Cannot mine wikipedia from " + place + ": Permission denied: user=reader")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void aCutFileIsNamedWithThePlaceAndNothingIsPublished() throws IOException {
    Path packed =
        Dumps.bzip2(
            Path.of(Dumps.fixture("wikipedia/enwiki-every-construct.xml")),
            folder.resolve("enwiki-x.xml.bz2"));
    byte[] bytes = Files.readAllBytes(packed);
    Files.write(packed, Arrays.copyOf(bytes, bytes.length - 7));
    assertThat(run("mine", "--wikipedia", packed.toString(), "--out", folder + "/work"))
        .isEqualTo(4);
    assertThat(err).contains(packed.toString()).contains("byte ").doesNotContain("\tat ");
    assertThat(run("inspect", folder + "/work/pairs")).isEqualTo(4);
  }

  @Test
  void tooManyBadRecordsAreListedAndNothingIsPublished() {
    assertThat(mine("--set", "mine.max-bad-share=0.01")).isEqualTo(3);
    assertThat(err)
        .contains("1 of 8 records could not be read")
        .contains("Posts.xml, byte ")
        .contains("an attribute does not end");
    assertThat(run("inspect", folder + "/work/pairs")).isEqualTo(4);
  }

  @Test
  void anEmptyFileHasNoRecords() throws IOException {
    Path empty = Files.createFile(folder.resolve("Posts.xml"));
    assertThat(run("mine", "--stackexchange", empty.toString(), "--out", folder + "/work"))
        .as(err)
        .isZero();
  }

  @Test
  void configPrintsKeysValuesAndOrigins() {
    assertThat(run("config", "mine.reddit", "--set", "mine.reddit.min-comment-score=3")).isZero();
    assertThat(out).containsPattern("mine.reddit.min-comment-score +=  ?3 +# --set");
    assertThat(out).containsPattern("mine.reddit.max-comment-chars +=  ?4096 +# default");
  }

  @Test
  void doctorSaysWhatIsHere() {
    assertThat(run("doctor")).as(out).isZero();
    assertThat(out).contains("scala    2.13.17").contains("spark    at SPARK_HOME, ");
  }
}
