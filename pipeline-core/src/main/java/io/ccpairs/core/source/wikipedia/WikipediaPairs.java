package io.ccpairs.core.source.wikipedia;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.text.Cut;
import io.ccpairs.core.text.wiki.Section;
import io.ccpairs.core.text.wiki.WikiText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes pairs of a page: its title with its lead, and the title with the headings above a section
 * with that section (E5 pairs entity name and section title with the section, appendix A).
 */
public final class WikipediaPairs {
  private static final int SHOWN_CHARS = 500;

  /** What stands in parentheses behind a word whose meanings a page lists. */
  private static final Set<String> MEANINGS =
      Set.of(
          "disambiguation",
          "Begriffsklärung",
          "homonymie",
          "desambiguación",
          "desambiguação",
          "desambiguació",
          "disambigua",
          "значения",
          "значення",
          "ujednoznacznienie",
          "rozcestník",
          "doorverwijspagina",
          "olika betydelser",
          "anlam ayrımı",
          "định hướng",
          "disambiguasi",
          "توضيح",
          "ابهام‌زدایی",
          "פירושונים",
          "消歧义",
          "消歧義",
          "曖昧さ回避",
          "동음이의",
          "แก้ความกำกวม",
          "बहुविकल्पी");

  private final WikipediaConfig config;
  private final String wiki;
  private final @Nullable String language;

  /**
   * For one file.
   *
   * @param names what the file's name or header says; the configuration wins over it
   */
  public WikipediaPairs(WikipediaConfig config, WikiNames names) {
    this.config = config;
    this.wiki = config.wiki().isEmpty() ? names.wiki() : config.wiki();
    this.language = config.lang().isEmpty() ? names.language() : config.lang();
  }

  /**
   * The page's own verdict first, then one for each of its sections; none of these unless the page
   * is kept.
   */
  public List<Judged> judge(WikiPage page) {
    String key = wiki + ":" + page.id();
    if (page.namespace() != 0) {
      return List.of(Judged.record(Kind.PAGE, Verdict.NOT_AN_ARTICLE, key, page.title()));
    }
    if (page.redirect() != null || isRedirect(page.text())) {
      return List.of(Judged.record(Kind.PAGE, Verdict.REDIRECT, key, page.title()));
    }
    if (page.text().isBlank()) {
      return List.of(Judged.record(Kind.PAGE, Verdict.EMPTY, key, page.title()));
    }
    WikiText.Page read = WikiText.read(page.text());
    if (read.disambiguation() || namesMeanings(page.title())) {
      return List.of(Judged.record(Kind.PAGE, Verdict.DISAMBIGUATION, key, page.title()));
    }
    List<Judged> judged = new ArrayList<>();
    judged.add(Judged.record(Kind.PAGE, Verdict.KEEP, key, ""));
    int ordinal = 0;
    for (Section section : read.sections()) {
      judged.add(judge(page, key, section, ordinal++));
    }
    return judged;
  }

  /** Whether a title says in parentheses at its end that the page lists the meanings of a word. */
  private static boolean namesMeanings(String title) {
    int open = title.lastIndexOf('(');
    return open > 0
        && title.endsWith(")")
        && MEANINGS.contains(title.substring(open + 1, title.length() - 1));
  }

  private Judged judge(WikiPage page, String pageKey, Section section, int ordinal) {
    String key = pageKey + "#" + ordinal;
    boolean lead = section.path().isEmpty();
    String passage = Cut.atWord(section.text(), config.maxPassageChars());
    Verdict verdict = Verdict.KEEP;
    if (!section.path().stream().allMatch(Headings::isProse)) {
      verdict = Verdict.NOT_PROSE;
    } else if (passage.isBlank()) {
      verdict = Verdict.EMPTY;
    } else if (passage.length() < (lead ? config.minLeadChars() : config.minSectionChars())) {
      verdict = Verdict.TOO_SHORT;
    }
    String title = page.title().strip();
    String path =
        String.join(" > ", section.path().stream().filter(heading -> !heading.isBlank()).toList());
    String query = path.isEmpty() ? title : title + ": " + path;
    if (!verdict.kept() || query.isBlank()) {
      return Judged.record(
          Kind.SECTION,
          verdict.kept() ? Verdict.EMPTY : verdict,
          key,
          query + (passage.isBlank() ? "" : "\n" + Cut.atWord(passage, SHOWN_CHARS)));
    }
    return Judged.pair(
        Kind.SECTION,
        verdict,
        new TextPair(
            PairId.of(Origin.WIKIPEDIA, pageKey, key, query, passage),
            Origin.WIKIPEDIA,
            wiki,
            language,
            query,
            passage,
            pageKey,
            key,
            null,
            page.modifiedAt(),
            key,
            null,
            List.of(),
            null,
            null,
            null,
            null,
            null));
  }

  /**
   * Old dumps have no redirect element; the word stands in the text, in many languages, before a
   * link.
   */
  private static boolean isRedirect(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) <= ' ') {
      i++;
    }
    if (i == text.length() || text.charAt(i) != '#') {
      return false;
    }
    int link = text.indexOf("[[", i);
    int letters = i + 1;
    while (letters < text.length()
        && (Character.isLetter(text.charAt(letters))
            || Character.getType(text.charAt(letters)) == Character.NON_SPACING_MARK)) {
      letters++;
    }
    return letters > i + 2
        && link >= letters
        && link - letters < 4
        && text.indexOf('\n', link) - link < 300
        && text.length() - i < 2_000;
  }
}
