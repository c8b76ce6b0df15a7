package io.ccpairs.core.eval.task;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.ccpairs.core.input.CorruptInputException;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskFilesTest {
  @TempDir Path folder;

  private LocalFile file(String name, String text) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    return new LocalFile(Files.write(path, text.getBytes(UTF_8)));
  }

  private static List<Passage> all(LocalFile... files) throws IOException {
    List<Passage> passages = new ArrayList<>();
    try (Passages corpus = new CorpusFiles(List.of(files)).open()) {
      for (Passage passage = corpus.next(); passage != null; passage = corpus.next()) {
        passages.add(passage);
      }
    }
    return passages;
  }

  @Test
  void everyFormOfCorpusGivesTitleSpaceText() throws IOException {
    assertThat(
            all(
                file("beir.jsonl", "{\"_id\": \"1\", \"title\": \"T\", \"text\": \"a b\"}\n"),
                file(
                    "feed.jsonl",
                    "{\"put\": \"id:x\", \"fields\": {\"title\": \"Ọ\", \"text\": \"c\", \"doc_id\":"
                        + " \"7#0\", \"tags\": [\"text\"]}}\r\n"),
                file("anserini.jsonl", "{\"id\": 3, \"contents\": \"d\", \"vector\": [1, 2]}"),
                file(
                    "trec.txt",
                    """
                    <DOC>
                    <DOCNO> 4 </DOCNO>
                    <TITLE>T
                    4</TITLE>
                    <TEXT>e
                     f</TEXT>
                    </DOC>
                    <DOC>
                    <DOCNO>5</DOCNO>
                    </DOC>
                    """),
                file(
                    "smart.txt",
                    ".I 6\n.T\ntwo\nlines\n.A\nsomebody\n.B\nsomewhere\n.W\ng .\n.I 7\n.W\nh\n"),
                file("marco.tsv", "8\ti j\n9\ttext\tTitle\n\n")))
        .containsExactly(
            new Passage("1", "T a b"),
            new Passage("7#0", "Ọ c"),
            new Passage("3", "d"),
            new Passage("4", "T 4 e f"),
            new Passage("5", ""),
            new Passage("6", "two lines g ."),
            new Passage("7", "h"),
            new Passage("8", "i j"),
            new Passage("9", "Title text"));
  }

  @Test
  void aDamagedCorpusNamesFileAndLine() throws IOException {
    assertThatThrownBy(
            () -> all(file("a.jsonl", "{\"_id\": \"1\", \"text\": \"a\"}\n{\"_id\": 2,")))
        .isInstanceOf(CorruptInputException.class)
        .hasMessageContaining("a.jsonl at line 2");
    assertThatThrownBy(() -> all(file("b.jsonl", "{\"text\": \"a\"}")))
        .hasMessageContaining("b.jsonl at line 1: the passage has no _id");
    assertThatThrownBy(() -> all(file("c.txt", "<DOC>\n<DOCNO>1</DOCNO>\n")))
        .hasMessageContaining("ends in the document that began at line 1");
    assertThatThrownBy(() -> all(file("d.txt", "only text\n"))).hasMessageContaining("neither");
    Path latin = folder.resolve("e.tsv");
    Files.write(latin, "1\té\n".getBytes(ISO_8859_1));
    assertThatThrownBy(() -> all(new LocalFile(latin))).hasMessageContaining("not UTF-8");
    Path cut = folder.resolve("f.tsv.gz");
    byte[] packed = gzip("1\tsome text that is long enough to be cut\n".repeat(20));
    Files.write(cut, java.util.Arrays.copyOf(packed, packed.length / 2));
    assertThatThrownBy(() -> all(new LocalFile(cut)))
        .isInstanceOf(CorruptInputException.class)
        .hasMessageContaining("f.tsv.gz at line");
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void queriesComeAsJsonTopicsOrColumnsAndMayBeNumberedByOrder() throws IOException {
    LocalFile smart = file("cran.qry", ".I 001\n.W\nfirst\nquestion .\n.I 004\n.W\nsecond\n");
    assertThat(QueryFile.read(smart, QueryFile.Ids.OWN))
        .containsExactly(Map.entry("001", "first question ."), Map.entry("004", "second"));
    assertThat(QueryFile.read(smart, QueryFile.Ids.ORDER).keySet()).containsExactly("1", "2");
    assertThat(
            QueryFile.read(
                file(
                    "topics",
                    "<top>\n<num>1</num><title>\nLOUD WORDS\n</title>\n</top>\n<top>\n<num> Number:"
                        + " 2\n<title> Topic: more\n<desc> long\n</top>\n"),
                QueryFile.Ids.OWN))
        .containsExactly(Map.entry("1", "LOUD WORDS"), Map.entry("2", "more"));
    assertThat(
            QueryFile.read(
                file("q.jsonl", "{\"_id\": \"q\", \"text\": \"why\"}\n"), QueryFile.Ids.OWN))
        .containsExactly(Map.entry("q", "why"));
    LocalFile twice = file("q.tsv", "1#0\tOdun wo\n1#0\tagain\n");
    assertThat(
            QueryFile.read(
                file(
                    "m.jsonl",
                    "{\"_id\": \"q\", \"metadata\": {\"text\": \"who asks\"}, \"text\": \"why\"}"),
                QueryFile.Ids.OWN))
        .as("what stands inside gives way")
        .containsExactly(Map.entry("q", "why"));
    assertThatThrownBy(() -> QueryFile.read(twice, QueryFile.Ids.OWN))
        .hasMessageContaining("1#0, which an earlier one has");
  }

  @Test
  void judgementsHaveThreeColumnsOrFourAndCodesMayBeLeftOut() throws IOException {
    Qrels qrels = new Qrels();
    QrelsFile.read(file("a", "1 0 184 3\n1 0  29 5\r\n2\tQ0\t7#1\t0\n"), Set.of(5), qrels);
    QrelsFile.read(file("b", "query-id\tcorpus-id\tscore\nq\td\t2\n"), Set.of(), qrels);
    assertThat(qrels.of("1")).containsExactly(Map.entry("184", 3));
    assertThat(qrels.of("2")).containsExactly(Map.entry("7#1", 0));
    assertThat(qrels.of("q")).containsExactly(Map.entry("d", 2));
    assertThat(qrels.answered()).containsExactly("1", "q");
    LocalFile bad = file("c", "1 0 184 3\n1 0 29 good\n");
    assertThatThrownBy(() -> QrelsFile.read(bad, Set.of(), new Qrels()))
        .hasMessageContaining("c at line 2: the grade good is no whole number");
  }

  private static final String SQUAD =
      "{\"version\": \"1\", \"data\": [{\"title\": \"x\", \"paragraphs\": [{\"context\": \"𝒜 b. Zwei"
          + " c.\", \"qas\": [{\"id\": \"q1\", \"question\": \"which\", \"answers\": [{\"text\":"
          + " \"Zwei\", \"answer_start\": 5}]}], \"sentence_breaks\": [[0, 4], [5, 12]]},"
          + " {\"context\": \"other\", \"qas\": [], \"sentence_breaks\": [[0, 5]]}]}]}";

  @Test
  void squadIsRetrievalOfTheParagraphOrTheSentenceWithTheAnswer() throws IOException {
    LocalFile squad = file("squad.json", SQUAD);
    RetrievalTask paragraphs = SquadFile.read(squad, SquadFile.Unit.PARAGRAPH);
    assertThat(paragraphs.queries()).containsExactly(Map.entry("q1", "which"));
    assertThat(paragraphs.qrels().of("q1")).containsExactly(Map.entry("p0", 1));
    RetrievalTask sentences = SquadFile.read(squad, SquadFile.Unit.SENTENCE);
    List<Passage> passages = new ArrayList<>();
    try (Passages corpus = sentences.corpus().open()) {
      for (Passage passage = corpus.next(); passage != null; passage = corpus.next()) {
        passages.add(passage);
      }
    }
    assertThat(passages).extracting(Passage::text).containsExactly("𝒜 b.", "Zwei c.", "other");
    assertThat(sentences.qrels().of("q1")).containsExactly(Map.entry("p1", 1));
    assertThatThrownBy(
            () ->
                SquadFile.read(file("cut.json", SQUAD.substring(0, 150)), SquadFile.Unit.PARAGRAPH))
        .isInstanceOf(CorruptInputException.class);
  }

  private SentencePairs pairs(
      String name, String text, SentencePairFile.Format format, String a, String b, String score)
      throws IOException {
    return SentencePairFile.read(
        List.of(file(name, text)), new SentencePairFile.Layout(format, a, b, score));
  }

  @Test
  void sentencePairsComeAsTabsCommasOrJson() throws IOException {
    SentencePairs tabs =
        pairs(
            "a.tsv",
            "4.4\t\"a\tb\n\tno\tscore\n0\tc\td \n",
            SentencePairFile.Format.TSV,
            "1",
            "2",
            "0");
    assertThat(tabs.first()).containsExactly("\"a", "c");
    assertThat(tabs.second()).containsExactly("b", "d");
    assertThat(tabs.scores()).containsExactly(4.4, 0.0);
    assertThat(tabs.unscored()).isEqualTo(1);
    SentencePairs spaced =
        pairs("s.tsv", "\n1\ta\tb\n\n\n", SentencePairFile.Format.TSV, "1", "2", "0");
    assertThat(spaced.scores()).as("an empty line is no pair").containsExactly(1.0);
    SentencePairs commas =
        pairs(
            "b.csv",
            "one,two,rate\n\"a, \"\"b\"\"\nc\",d,2\n",
            SentencePairFile.Format.CSV,
            "one",
            "two",
            "rate");
    assertThat(commas.first()).containsExactly("a, \"b\"\nc");
    SentencePairs json =
        pairs(
            "c.json",
            "[{\"sentence1\": \"a\", \"sentence2\": \"b\", \"labels\": {\"real-label\": 3.7}}]",
            SentencePairFile.Format.JSON,
            "sentence1",
            "sentence2",
            "real-label");
    assertThat(json.scores()).containsExactly(3.7);
    assertThatThrownBy(
            () -> pairs("d.tsv", "1\ta\tb\nx\ta\tb\n", SentencePairFile.Format.TSV, "1", "2", "0"))
        .hasMessageContaining("d.tsv at line 2: the score x is no number");
    assertThatThrownBy(
            () -> pairs("n.tsv", "NaN\ta\tb\n", SentencePairFile.Format.TSV, "1", "2", "0"))
        .hasMessageContaining("n.tsv at line 1: the score NaN is no number");
    assertThatThrownBy(() -> pairs("e.csv", "a,\"b", SentencePairFile.Format.CSV, "0", "1", "2"))
        .hasMessageContaining("e.csv at line 1: the quote of line 1 is never closed");
  }

  @Test
  void aBeirFolderOpensPackedOrNotAndNamesWhatItLacks() throws IOException {
    Files.createDirectories(folder.resolve("task/qrels"));
    Files.write(
        folder.resolve("task/corpus.jsonl.zst"),
        Zstd.compress("{\"_id\": \"d\", \"title\": \"\", \"text\": \"t\"}\n".getBytes(UTF_8)));
    Files.write(
        folder.resolve("task/queries.jsonl.gz"), gzip("{\"_id\": \"q\", \"text\": \"?\"}\n"));
    assertThatThrownBy(() -> BeirFolder.open(folder.resolve("task"), "test"))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageEndingWith("there is no qrels/test.tsv");
    file("task/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\td\t1\n");
    RetrievalTask task = BeirFolder.open(folder.resolve("task"), "test");
    assertThat(task.answered()).containsExactly(Map.entry("q", "?"));
    try (Passages corpus = task.corpus().open()) {
      assertThat(corpus.next()).isEqualTo(new Passage("d", "t"));
      assertThat(corpus.next()).isNull();
    }
  }

  @Test
  void bitextsAreTwoFilesOfAsManyLines() throws IOException {
    Bitext bitext = Bitext.aligned(file("a", "eins\nzwei\n"), file("b", "one\ntwo\n"));
    assertThat(bitext.gold()).containsExactly(0, 1);
    assertThatThrownBy(() -> Bitext.aligned(file("c", "eins\n"), file("b", "one\ntwo\n")))
        .hasMessageContaining("it has 2 lines");
  }
}
