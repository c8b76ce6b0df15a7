package io.ccpairs.core.text.wiki;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The few templates that stand for words of the sentence. All others are dropped with what they
 * hold: boxes, notes, references, navigation.
 */
final class Templates {
  /** Which part of a template is shown. */
  enum Shown {
    NOTHING,
    FIRST,
    SECOND,
    LAST,
    NUMBER_AND_UNIT,

    /**
     * Behind a language's code a word, and the form of it to show where that differs: Wiktionary's
     * templates of one letter, which other wikis use for other things.
     */
    WORD
  }

  private static final Map<String, Shown> SHOWN =
      Map.ofEntries(
          Map.entry("lang", Shown.SECOND),
          Map.entry("transl", Shown.LAST),
          Map.entry("transliteration", Shown.LAST),
          Map.entry("nowrap", Shown.FIRST),
          Map.entry("nobr", Shown.FIRST),
          Map.entry("nobold", Shown.FIRST),
          Map.entry("small", Shown.FIRST),
          Map.entry("big", Shown.FIRST),
          Map.entry("em", Shown.FIRST),
          Map.entry("strong", Shown.FIRST),
          Map.entry("smallcaps", Shown.FIRST),
          Map.entry("sc", Shown.FIRST),
          Map.entry("abbr", Shown.FIRST),
          Map.entry("tooltip", Shown.FIRST),
          Map.entry("ill", Shown.FIRST),
          Map.entry("interlanguage link", Shown.FIRST),
          Map.entry("quote", Shown.FIRST),
          Map.entry("cquote", Shown.FIRST),
          Map.entry("blockquote", Shown.FIRST),
          Map.entry("langwithname", Shown.LAST),
          Map.entry("zh", Shown.NOTHING),
          Map.entry("angle bracket", Shown.FIRST),
          Map.entry("convert", Shown.NUMBER_AND_UNIT),
          Map.entry("cvt", Shown.NUMBER_AND_UNIT),
          Map.entry("unité", Shown.NUMBER_AND_UNIT),
          Map.entry("unit", Shown.NUMBER_AND_UNIT),
          Map.entry("formatnum", Shown.FIRST),
          Map.entry("visible anchor", Shown.FIRST),
          Map.entry("vanchor", Shown.FIRST),
          Map.entry("mvar", Shown.FIRST),
          Map.entry("math", Shown.FIRST),
          Map.entry("keypress", Shown.FIRST),
          Map.entry("siècle", Shown.FIRST),
          Map.entry("w", Shown.FIRST),
          Map.entry("m", Shown.WORD),
          Map.entry("mention", Shown.WORD),
          Map.entry("l", Shown.WORD),
          Map.entry("link", Shown.WORD),
          Map.entry("ux", Shown.SECOND),
          Map.entry("uxi", Shown.SECOND),
          Map.entry("usex", Shown.SECOND));

  private static final Map<String, String> FIXED =
      Map.ofEntries(
          Map.entry("ndash", "–"),
          Map.entry("mdash", "—"),
          Map.entry("snd", " – "),
          Map.entry("spnd", " – "),
          Map.entry("spaced ndash", " – "),
          Map.entry("spaced en dash", " – "),
          Map.entry("nbsp", " "),
          Map.entry("space", " "),
          Map.entry("=", "="),
          Map.entry("'", "'"),
          Map.entry("·", "·"),
          Map.entry("•", "•"));

  private static final Set<String> DISAMBIGUATION =
      Set.of(
          "disambig",
          "disambiguation",
          "dab",
          "disamb",
          "hndis",
          "geodis",
          "human name disambiguation",
          "place name disambiguation",
          "begriffsklärung",
          "homonymie",
          "paronymie",
          "desambiguación",
          "desambiguacion",
          "disambigua",
          "неоднозначность",
          "неоднозначность1",
          "многозначность",
          "багатозначність",
          "ujednoznacznienie",
          "曖昧さ回避",
          "aimai",
          "消歧义",
          "消歧義",
          "消歧义页",
          "동음이의",
          "توضيح",
          "ابهام‌زدایی",
          "פירושונים",
          "anlam ayrımı",
          "anlam ayrim",
          "định hướng",
          "förgrening",
          "gaffelside",
          "flertydig",
          "peker",
          "täsmennyssivu",
          "rozcestník",
          "rozcestnik",
          "egyért",
          "egyert",
          "dezambiguizare",
          "пояснение",
          "вишезначна одредница",
          "višeznačnost",
          "razločitev",
          "apartigilo",
          "doorverwijspagina",
          "dp",
          "desambiguação",
          "desambig",
          "desambiguació",
          "homònims",
          "αποσαφήνιση",
          "argipen",
          "aðgreining",
          "nuorodinis",
          "nozīmju atdalīšana",
          "täpsustus",
          "disambigb",
          "неадназначнасць",
          "шматзначнасць",
          "აზრთა სხვაობა",
          "নিশ্চিতকরণ",
          "दुविधा निवारण",
          "disambig-ltg",
          "zimtesnis");

  private Templates() {}

  /**
   * What a template shows; its name is compared without case, underscores and surrounding space.
   */
  static Shown shown(String name) {
    String key = key(name);
    Shown shown = SHOWN.get(key);
    if (shown == null && key.startsWith("lang-")) {
      return Shown.FIRST;
    }
    return shown == null ? Shown.NOTHING : shown;
  }

  /** The characters a template always stands for, or nothing. */
  static String fixed(String name) {
    return FIXED.getOrDefault(key(name), "");
  }

  /** Whether a template says that the page only lists the meanings of a word. */
  static boolean disambiguates(String name) {
    return DISAMBIGUATION.contains(key(name));
  }

  private static String key(String name) {
    return name.strip().replace('_', ' ').toLowerCase(Locale.ROOT);
  }
}
