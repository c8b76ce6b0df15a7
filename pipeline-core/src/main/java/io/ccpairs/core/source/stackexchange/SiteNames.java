package io.ccpairs.core.source.stackexchange;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a dump's path says of its site. */
public final class SiteNames {
  private static final Map<String, String> LANGUAGES =
      Map.of(
          "es.stackoverflow.com", "es",
          "pt.stackoverflow.com", "pt",
          "ja.stackoverflow.com", "ja",
          "ru.stackoverflow.com", "ru",
          "rus.stackexchange.com", "ru");

  /** The names, or the ends of the names, of the sites there are. */
  private static final List<String> DOMAINS =
      List.of(
          "stackexchange.com",
          "stackoverflow.com",
          "superuser.com",
          "serverfault.com",
          "askubuntu.com",
          "mathoverflow.net",
          "stackapps.com");

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
   * name before the suffix; of {@code Posts.xml} in any packing the folder it lies in, which is
   * often named as the archive was.
   */
  public static String site(String path) {
    String[] parts = path.split("/");
    String file = parts[parts.length - 1];
    String lower = file.toLowerCase(Locale.ROOT);
    if (lower.startsWith("posts.xml")) {
      return parts.length > 1 && !parts[parts.length - 2].isEmpty()
          ? withoutPosts(parts[parts.length - 2])
          : "unknown";
    }
    return withoutPosts(lower.endsWith(".7z") ? file.substring(0, file.length() - 3) : file);
  }

  private static String withoutPosts(String name) {
    int site = name.length() - "-posts".length();
    return site > 0 && name.toLowerCase(Locale.ROOT).endsWith("-posts")
        ? name.substring(0, site)
        : name;
  }

  /**
   * The site's language; null where a site is written in several, and where the name is none of
   * Stack Exchange's. The site about a site, {@code ru.meta.stackoverflow.com}, has its language.
   */
  public static @Nullable String language(String site) {
    String about = ("." + site).replace(".meta.", ".").substring(1);
    String language = LANGUAGES.get(about);
    if (language != null) {
      return language;
    }
    boolean known = DOMAINS.stream().anyMatch(domain -> ("." + about).endsWith("." + domain));
    return known && !MIXED.contains(about.substring(0, about.indexOf('.'))) ? "en" : null;
  }
}
