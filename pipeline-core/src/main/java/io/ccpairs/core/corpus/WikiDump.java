package io.ccpairs.core.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/**
 * {@code pages-articles-multistream.xml.bz2}: a stream for the header, one for every some hundred
 * pages, one for the end.
 */
final class WikiDump {
  private static final int PAGES_IN_STREAM = 500;
  private static final String WIKI = "enwiki";

  private final CorpusConfig config;
  private final Topics topics = Topics.all();

  WikiDump(CorpusConfig config) {
    this.config = config;
  }

  static String fileName(long from, long to) {
    return WIKI + "-corpus-pages-articles-multistream.xml-p" + (from + 1) + "p" + to + ".bz2";
  }

  void write(long from, long to, OutputStream out, Truth truth) throws IOException {
    stream(out, header());
    for (long start = from; start < to; start += PAGES_IN_STREAM) {
      StringBuilder pages = new StringBuilder();
      for (long number = start; number < Math.min(to, start + PAGES_IN_STREAM); number++) {
        page(number, pages, truth);
      }
      stream(out, pages.toString());
    }
    stream(out, "</mediawiki>\n");
  }

  private static void stream(OutputStream out, String text) throws IOException {
    BZip2CompressorOutputStream packed = new BZip2CompressorOutputStream(out);
    packed.write(text.getBytes(UTF_8));
    packed.finish();
  }

  private static String header() {
    return """
        <mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
          <siteinfo>
            <sitename>Wordpedia</sitename>
            <dbname>enwiki</dbname>
            <namespaces>
              <namespace key="0" case="first-letter" />
              <namespace key="1" case="first-letter">Talk</namespace>
              <namespace key="10" case="first-letter">Template</namespace>
              <namespace key="14" case="first-letter">Category</namespace>
            </namespaces>
          </siteinfo>
        """;
  }

  private void page(long number, StringBuilder out, Truth truth) throws IOException {
    Dice dice = Dice.of(config.seed(), "page", number);
    Concept topic = topics.subject(dice);
    String title = Phrases.large(topic.name());
    int kind = dice.roll(100);
    if (kind < 4) {
      element(
          out,
          number,
          "Talk:" + title,
          1,
          null,
          "== Title ==\nShould this page be called '''" + title + "'''? ~~~~",
          dice);
    } else if (kind < 6) {
      element(
          out, number, "Template:" + title, 10, null, "{| class=\"infobox\"\n| {{{1}}}\n|}", dice);
    } else if (kind < 12) {
      String to = Phrases.large(topic.names().get(topic.names().size() - 1));
      element(out, number, title + " (word)", 0, to, "#REDIRECT [[" + to + "]]", dice);
    } else if (kind < 14) {
      element(
          out,
          number,
          title + " (disambiguation)",
          0,
          null,
          "'''"
              + title
              + "''' may be:\n* [["
              + title
              + "]], "
              + topic.definition()
              + "\n{{disambiguation}}",
          dice);
    } else {
      element(out, number, title, 0, null, article(number, topic, title, dice, truth), dice);
    }
  }

  private String article(long number, Concept topic, String title, Dice dice, Truth truth)
      throws IOException {
    Phrases phrases = new Phrases(topics, dice);
    StringBuilder text = new StringBuilder();
    if (dice.chance(0.6)) {
      text.append("{{Infobox word\n| name = ")
          .append(title)
          .append("\n| field = {{nowrap|")
          .append(topic.field())
          .append("}}\n| image = [[File:Word.svg|thumb|[[")
          .append(title)
          .append("]]]]\n}}\n");
    }
    if (dice.chance(0.3)) {
      text.append("[[File:")
          .append(title)
          .append(".jpg|thumb|left|A [[picture]] of ")
          .append(topic.name())
          .append("]]\n");
    }
    List<Concept> sections = new ArrayList<>();
    sections.add(passage(number, sections.size(), topic, dice, truth));
    String lead = phrases.passage(sections.get(0));
    text.append("'''")
        .append(title)
        .append(
            "''' is an entry of this lexicon.<ref name=\"w\">{{cite book|title=A book of words|year=1911}}</ref> ");
    text.append(linked(lead, sections.get(0), dice)).append("\n\n");
    int count = 1 + dice.roll(3);
    List<String> headings =
        new ArrayList<>(
            List.of("Meaning", "Use", "Kinds and examples", "In other words", "Background"));
    for (int i = 0; i < count; i++) {
      String heading = headings.remove(dice.roll(headings.size()));
      Concept shown = passage(number, i + 1, topic, dice, truth);
      text.append("== ").append(heading).append(" ==\n");
      if (dice.chance(0.2)) {
        text.append("{| class=\"wikitable\"\n! Word !! Field\n|-\n| ")
            .append(topic.name())
            .append(" || ")
            .append(topic.field())
            .append("\n|}\n");
      }
      text.append(linked(phrases.passage(shown), shown, dice));
      text.append(dice.chance(0.3) ? "<ref>See ''Words'', p. " + dice.roll(300) + ".</ref>" : "")
          .append("\n");
      text.append(dice.chance(0.2) ? "<!-- please check -->\n" : "\n");
    }
    text.append("== See also ==\n* [[")
        .append(Phrases.large(topics.subject(dice).name()))
        .append("]]\n\n== References ==\n{{Reflist}}\n<references />\n\n");
    text.append("[[Category:").append(Phrases.large(topic.field())).append("]]\n");
    return text.toString();
  }

  private Concept passage(long number, int ordinal, Concept topic, Dice dice, Truth truth)
      throws IOException {
    if (!dice.chance(config.wrongShare())) {
      return topic;
    }
    truth.wrong(WIKI + ":" + (number + 1) + "#" + ordinal);
    return topics.subject(dice);
  }

  /** Marks the concept's name, where it occurs, as a link or in bold, as editors do. */
  private static String linked(String passage, Concept concept, Dice dice) {
    String name = concept.name();
    int at = passage.toLowerCase(Locale.ROOT).indexOf(name.toLowerCase(Locale.ROOT));
    if (at < 0 || dice.chance(0.4)) {
      return passage;
    }
    String word = passage.substring(at, at + name.length());
    String marked =
        dice.chance(0.5) ? "[[" + Phrases.large(name) + "|" + word + "]]" : "''" + word + "''";
    return passage.substring(0, at) + marked + passage.substring(at + name.length());
  }

  private static void element(
      StringBuilder out,
      long number,
      String title,
      int namespace,
      @org.jspecify.annotations.Nullable String redirect,
      String text,
      Dice dice) {
    out.append("  <page>\n    <title>")
        .append(Xml.content(title))
        .append("</title>\n    <ns>")
        .append(namespace);
    out.append("</ns>\n    <id>").append(number + 1).append("</id>\n");
    if (redirect != null) {
      out.append("    <redirect title=\"").append(Xml.escape(redirect)).append("\" />\n");
    }
    out.append("    <revision>\n      <id>")
        .append(number + 900_001)
        .append("</id>\n      <timestamp>2024-0");
    out.append(1 + dice.roll(9))
        .append("-1")
        .append(dice.roll(10))
        .append("T0")
        .append(dice.roll(10))
        .append(":00:00Z</timestamp>\n");
    out.append("      <contributor><username>Editor")
        .append(dice.roll(500))
        .append("</username><id>1</id></contributor>\n");
    out.append("      <text bytes=\"")
        .append(text.length())
        .append("\" xml:space=\"preserve\">")
        .append(Xml.content(text));
    out.append("</text>\n    </revision>\n  </page>\n");
  }
}
