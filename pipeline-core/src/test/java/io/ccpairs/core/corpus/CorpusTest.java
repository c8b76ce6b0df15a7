package io.ccpairs.core.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamReader;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.junit.jupiter.api.Test;

class CorpusTest {
  private static final CorpusConfig SMALL = new CorpusConfig(7, 2_000, 0.2, 0.05, 50, 400);

  private static Map<String, ByteArrayOutputStream> write(CorpusConfig config) throws IOException {
    Map<String, ByteArrayOutputStream> folder = new TreeMap<>();
    for (CorpusFile file : CorpusFile.plan(config)) {
      file.write(
          config, name -> folder.computeIfAbsent(name, absent -> new ByteArrayOutputStream()));
    }
    return folder;
  }

  private static InputStream bytes(ByteArrayOutputStream content) {
    return new ByteArrayInputStream(content.toByteArray());
  }

  private static String unpacked(String name, ByteArrayOutputStream content) throws IOException {
    InputStream in = bytes(content);
    if (name.endsWith(".bz2")) {
      in = new BZip2CompressorInputStream(in, true);
    } else if (name.endsWith(".zst")) {
      in = new ZstdInputStreamNoFinalizer(in).setLongMax(27);
    }
    return new String(in.readAllBytes(), UTF_8);
  }

  @Test
  void theSameSeedGivesTheSameBytesAndAnotherSeedOthers() throws IOException {
    Map<String, ByteArrayOutputStream> once = write(SMALL);
    Map<String, ByteArrayOutputStream> again = write(SMALL);
    Map<String, ByteArrayOutputStream> other =
        write(new CorpusConfig(8, 2_000, 0.2, 0.05, 50, 400));
    assertThat(contents(again)).isEqualTo(contents(once));
    assertThat(contents(other)).isNotEqualTo(contents(once));
  }

  /** Of each file the length and a hash; bytes of archives say little in a failure. */
  private static Map<String, String> contents(Map<String, ByteArrayOutputStream> folder) {
    Map<String, String> contents = new TreeMap<>();
    folder.forEach(
        (name, bytes) ->
            contents.put(
                name, bytes.size() + " " + java.util.Arrays.hashCode(bytes.toByteArray())));
    return contents;
  }

  @Test
  void aThreadIsTheSameInWhateverFileItStands() throws IOException {
    Map<String, ByteArrayOutputStream> few = write(SMALL);
    Map<String, ByteArrayOutputStream> many = write(new CorpusConfig(7, 2_000, 0.2, 0.05, 50, 100));
    Set<String> fewLines = new HashSet<>();
    Set<String> manyLines = new HashSet<>();
    for (Map.Entry<String, ByteArrayOutputStream> file : few.entrySet()) {
      if (file.getKey().startsWith("reddit/")) {
        fewLines.addAll(unpacked(file.getKey(), file.getValue()).lines().toList());
      }
    }
    for (Map.Entry<String, ByteArrayOutputStream> file : many.entrySet()) {
      if (file.getKey().startsWith("reddit/")) {
        manyLines.addAll(unpacked(file.getKey(), file.getValue()).lines().toList());
      }
    }
    assertThat(manyLines).isEqualTo(fewLines).hasSizeGreaterThan(1_000);
  }

  @Test
  void dumpsAreWellFormedInTheirFormats() throws Exception {
    XMLInputFactory xml = XMLInputFactory.newFactory();
    xml.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    JsonFactory json = new JsonFactory();
    int pages = 0;
    int rows = 0;
    int lines = 0;
    for (Map.Entry<String, ByteArrayOutputStream> file : write(SMALL).entrySet()) {
      String text = unpacked(file.getKey(), file.getValue());
      if (file.getKey().contains(".xml")) {
        XMLStreamReader reader =
            xml.createXMLStreamReader(new java.io.StringReader(text.replace("\uFEFF", "")));
        while (reader.hasNext()) {
          if (reader.next() == XMLStreamConstants.START_ELEMENT) {
            pages += reader.getLocalName().equals("page") ? 1 : 0;
            rows += reader.getLocalName().equals("row") ? 1 : 0;
          }
        }
      } else if (!file.getKey().endsWith(".tsv")) {
        try (JsonParser parser = json.createParser(text)) {
          while (parser.nextToken() != null) {
            parser.skipChildren();
            lines++;
          }
        }
      }
    }
    assertThat(pages).isGreaterThan(150);
    assertThat(rows).isGreaterThan(600);
    assertThat(lines).isGreaterThan(2_000);
  }

  @Test
  void theTruthNamesAboutTheShareThatWasAskedFor() throws IOException {
    Map<String, Integer> labels = new HashMap<>();
    JsonFactory json = new JsonFactory();
    for (Map.Entry<String, ByteArrayOutputStream> file : write(SMALL).entrySet()) {
      if (file.getKey().startsWith("truth/")) {
        try (JsonParser parser = json.createParser(bytes(file.getValue()))) {
          while (parser.nextToken() != null) {
            if (parser.currentToken() == JsonToken.FIELD_NAME
                && parser.currentName().equals("label")) {
              labels.merge(parser.nextTextValue(), 1, Integer::sum);
            }
          }
        }
      }
    }
    // Some 2,300 answers and sections are written for 2,000 pairs.
    assertThat(labels.get("wrong")).isBetween(350, 650);
    assertThat(labels.get("duplicate")).isPositive();
    assertThat(labels.get("near_duplicate")).isPositive();
  }

  @Test
  void noThreadIsAboutAConceptOfTheHeldOutTask() {
    Topics topics = Topics.all();
    Set<Concept> heldOut = new HashSet<>();
    for (int number : topics.heldOut()) {
      heldOut.add(topics.concept(number));
    }
    assertThat(heldOut).hasSizeGreaterThan(3_000);
    List<Concept> subjects = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      subjects.add(ForumThread.of(SMALL, "question", i).topic());
    }
    assertThat(subjects).doesNotContainAnyElementsOf(heldOut);
  }

  @Test
  void sentencesBeginLargeAndEndWithAMark() {
    for (int i = 0; i < 5_000; i++) {
      ForumThread thread = ForumThread.of(SMALL, "question", i);
      assertThat(thread.title()).matches("(?s)[“\\p{Lu}\\d'.(].*\\?");
      for (ForumThread.Answer answer : thread.answers()) {
        assertThat(answer.text())
            .matches("(?s)[“\\p{Lu}\\d'`.(/].*[.!”]")
            .doesNotContain("  ")
            .doesNotContain("_");
      }
    }
  }
}
