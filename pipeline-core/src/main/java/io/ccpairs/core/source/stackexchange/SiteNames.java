package io.ccpairs.core.source.stackexchange;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a dump's path says of its site. */
public final class SiteNames {
  private static final Map<String, String> LANGUAGES =
      Map.of(
          "es.stackoverflow.com", "es",
          "es.meta.stackoverflow.com", "es",
          "pt.stackoverflow.com", "pt",
          "pt.meta.stackoverflow.com", "pt",
          "ja.stackoverflow.com", "ja",
          "ja.meta.stackoverflow.com", "ja",
          "ru.stackoverflow.com", "ru",
          "ru.meta.stackoverflow.com", "ru",
          "rus.stackexchange.com", "ru",
          "rus.meta.stackexchange.com", "ru");

  /** Sites about a language are written in it and in English. */
  private static final Set<String> MIXED =
      Set.of(
          "chinese",
          "esperanto",
          "french",
          "german",
          "italian",
          "japanese",
          "korean",
          "latin",
          "portuguese",
          "russian",
          "spanish",
          "ukrainian",
          "hinduism",
          "islam",
          "judaism");

  private SiteNames() {}

  /**
   * The site of a file: of {@code ai.stackexchange.com.7z}, {@code stackoverflow.com-Posts.7z} the
   * name before the suffix; of {@code Posts.xml} in any packing the folder it lies in.
   */
  public static String site(String path) {
    String[] parts = path.split("/");
    String file = parts[parts.length - 1];
    String lower = file.toLowerCase(Locale.ROOT);
    if (lower.startsWith("posts.xml")) {
      return parts.length > 1 && !parts[parts.length - 2].isEmpty()
          ? parts[parts.length - 2]
          : "unknown";
    }
    String name = lower.endsWith(".7z") ? file.substring(0, file.length() - 3) : file;
    int posts = name.toLowerCase(Locale.ROOT).lastIndexOf("-posts");
    return posts > 0 ? name.substring(0, posts) : name;
  }

  /** The site's language; null where a site is written in several. */
  public static @Nullable String language(String site) {
    String language = LANGUAGES.get(site);
    if (language != null) {
      return language;
    }
    int dot = site.indexOf('.');
    return dot > 0 && MIXED.contains(site.substring(0, dot)) ? null : "en";
  }
}
