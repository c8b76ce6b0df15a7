package io.ccpairs.core.text.wiki;

import java.time.Month;
import java.time.format.TextStyle;
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
    THIRD,
    LAST,

    /** The third part is what a link to another wiki shows, where that differs from the first. */
    THIRD_OR_FIRST,

    /** The second part is the form of the first that the sentence asks for. */
    FORM,

    /**
     * Behind a language's code a word, and the form of it to show where that differs: Wiktionary's
     * templates of one letter, which other wikis use for other things.
     */
    WORD,

    /** As a word, behind the codes of both languages. */
    BORROWED,

    /**
     * Behind a language's code the foreign title, then that of this wiki and what to show of it.
     */
    TRANSLATED,

    /** The first part, or what is given as its label. */
    LABEL,

    /** The first part, which may be long and have a name. */
    QUOTATION,

    RAISED,
    PREFIXED,
    AS_OF,
    CENTURY,
    DATE,
    FIRST_TWO,

    /** All parts without anything between them. */
    JOINED,

    FRACTION,
    MEASURE,
    VALUE;

    /** How far a template is read for the parts that are shown. */
    int maxChars() {
      return this == QUOTATION ? 5_000 : 1_000;
    }
  }

  private static final Map<String, Shown> SHOWN =
      Map.ofEntries(
          Map.entry("lang", Shown.SECOND),
          Map.entry("langx", Shown.SECOND),
          Map.entry("transl", Shown.LAST),
          Map.entry("transliteration", Shown.LAST),
          Map.entry("nowrap", Shown.FIRST),
          Map.entry("nobr", Shown.FIRST),
          Map.entry("nobold", Shown.FIRST),
          Map.entry("small", Shown.FIRST),
          Map.entry("smaller", Shown.FIRST),
          Map.entry("big", Shown.FIRST),
          Map.entry("em", Shown.FIRST),
          Map.entry("strong", Shown.FIRST),
          Map.entry("smallcaps", Shown.FIRST),
          Map.entry("sc", Shown.FIRST),
          Map.entry("abbr", Shown.FIRST),
          Map.entry("tooltip", Shown.FIRST),
          Map.entry("ill", Shown.LABEL),
          Map.entry("interlanguage link", Shown.LABEL),
          Map.entry("仮リンク", Shown.LABEL),
          Map.entry("lien", Shown.LABEL),
          Map.entry("le", Shown.THIRD_OR_FIRST),
          Map.entry("tsl", Shown.TRANSLATED),
          Map.entry("translink", Shown.TRANSLATED),
          Map.entry("iw", Shown.FORM),
          Map.entry("нп", Shown.FORM),
          Map.entry("нп1", Shown.FORM),
          Map.entry("нп2", Shown.FORM),
          Map.entry("нп3", Shown.FORM),
          Map.entry("нп4", Shown.FORM),
          Map.entry("нп5", Shown.FORM),
          Map.entry("не переведено", Shown.FORM),
          Map.entry("не переведено 2", Shown.FORM),
          Map.entry("не переведено 3", Shown.FORM),
          Map.entry("не переведено 4", Shown.FORM),
          Map.entry("не переведено 5", Shown.FORM),
          Map.entry("не перекладено", Shown.FORM),
          Map.entry("quote", Shown.QUOTATION),
          Map.entry("cquote", Shown.QUOTATION),
          Map.entry("blockquote", Shown.QUOTATION),
          Map.entry("quotation", Shown.QUOTATION),
          Map.entry("zitat", Shown.QUOTATION),
          Map.entry("\"", Shown.QUOTATION),
          Map.entry("citation bloc", Shown.QUOTATION),
          Map.entry("langwithname", Shown.LAST),
          Map.entry("zh", Shown.NOTHING),
          Map.entry("angle bracket", Shown.FIRST),
          Map.entry("angbr", Shown.FIRST),
          Map.entry("nihongo", Shown.FIRST),
          Map.entry("nihongo2", Shown.FIRST),
          Map.entry("nihongo foot", Shown.FIRST),
          Map.entry("nihongo3", Shown.THIRD),
          Map.entry("読み仮名", Shown.FIRST),
          Map.entry("ruby", Shown.FIRST),
          Map.entry("flag", Shown.FIRST),
          Map.entry("linktext", Shown.FIRST),
          Map.entry("taxlink", Shown.FIRST),
          Map.entry("vern", Shown.FIRST),
          Map.entry("ta", Shown.FIRST),
          Map.entry("sub", Shown.FIRST),
          Map.entry("sup", Shown.RAISED),
          Map.entry("chem", Shown.JOINED),
          Map.entry("chem2", Shown.FIRST),
          Map.entry("frac", Shown.FRACTION),
          Map.entry("sfrac", Shown.FRACTION),
          Map.entry("val", Shown.VALUE),
          Map.entry("convert", Shown.MEASURE),
          Map.entry("cvt", Shown.MEASURE),
          Map.entry("unité", Shown.FIRST_TWO),
          Map.entry("unit", Shown.FIRST_TWO),
          Map.entry("nombre", Shown.FIRST_TWO),
          Map.entry("oldstyledate", Shown.FIRST_TWO),
          Map.entry("date", Shown.DATE),
          Map.entry("date-", Shown.DATE),
          Map.entry("as of", Shown.AS_OF),
          Map.entry("formatnum", Shown.FIRST),
          Map.entry("num", Shown.FIRST),
          Map.entry("число", Shown.FIRST),
          Map.entry("formnum", Shown.FIRST),
          Map.entry("fmtn", Shown.FIRST),
          Map.entry("visible anchor", Shown.FIRST),
          Map.entry("vanchor", Shown.FIRST),
          Map.entry("mvar", Shown.FIRST),
          Map.entry("math", Shown.FIRST),
          Map.entry("keypress", Shown.FIRST),
          Map.entry("siècle", Shown.CENTURY),
          Map.entry("s", Shown.CENTURY),
          Map.entry("s-", Shown.CENTURY),
          Map.entry("-s", Shown.CENTURY),
          Map.entry("-s-", Shown.CENTURY),
          Map.entry("sp", Shown.CENTURY),
          Map.entry("sp-", Shown.CENTURY),
          Map.entry("w", Shown.FIRST),
          Map.entry("m", Shown.WORD),
          Map.entry("mention", Shown.WORD),
          Map.entry("l", Shown.WORD),
          Map.entry("link", Shown.WORD),
          Map.entry("cog", Shown.WORD),
          Map.entry("cognate", Shown.WORD),
          Map.entry("noncog", Shown.WORD),
          Map.entry("inh", Shown.BORROWED),
          Map.entry("inherited", Shown.BORROWED),
          Map.entry("der", Shown.BORROWED),
          Map.entry("derived", Shown.BORROWED),
          Map.entry("bor", Shown.BORROWED),
          Map.entry("borrowed", Shown.BORROWED),
          Map.entry("ux", Shown.SECOND),
          Map.entry("uxi", Shown.SECOND),
          Map.entry("usex", Shown.SECOND));

  /** What stands before the first part of a template. */
  private static final Map<String, String> PREFIXES =
      Map.ofEntries(
          Map.entry("circa", "c. "),
          Map.entry("c.", "c. "),
          Map.entry("hms", "HMS "),
          Map.entry("uss", "USS "),
          Map.entry("séc", "século "),
          Map.entry("segle", "segle "),
          Map.entry("siglo", "siglo "));

  private static final Map<String, String> FIXED =
      Map.ofEntries(
          Map.entry("ndash", "–"),
          Map.entry("mdash", "—"),
          Map.entry("mdashb", " — "),
          Map.entry("snd", " – "),
          Map.entry("spnd", " – "),
          Map.entry("spaced ndash", " – "),
          Map.entry("spaced en dash", " – "),
          Map.entry("nbsp", " "),
          Map.entry("space", " "),
          Map.entry("spaces", " "),
          Map.entry("thinsp", " "),
          Map.entry("=", "="),
          Map.entry("'", "'"),
          Map.entry("'s", "'s"),
          Map.entry("...", " ... "),
          Map.entry("1er", "1er"),
          Map.entry("er", "er"),
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
          "zimtesnis",
          "disambiguation cleanup",
          "disambig cleanup",
          "disambiguation page",
          "mathdab",
          "numberdis",
          "roaddis",
          "schooldis",
          "hospitaldis",
          "airport disambig",
          "letter-numbercombdisambig",
          "toponymie",
          "patronyme",
          "消歧義頁",
          "แก้กำกวม",
          "แก้ความกำกวม",
          "बहुविकल्पी",
          "बहुविकल्पी शब्द",
          "बहुविकल्पी पृष्ठ");

  private Templates() {}

  /** What a template shows, by its key. */
  static Shown shown(String key) {
    Shown shown = SHOWN.get(key);
    if (shown != null) {
      return shown;
    }
    if (key.startsWith("lang-")) {
      return Shown.FIRST;
    }
    if (key.startsWith("link-")) {
      return Shown.THIRD_OR_FIRST;
    }
    return PREFIXES.containsKey(key) ? Shown.PREFIXED : Shown.NOTHING;
  }

  /** What stands before a part that is shown with it. */
  static String prefix(String key) {
    return PREFIXES.getOrDefault(key, "");
  }

  /** The characters a template always stands for, or nothing. */
  static String fixed(String key) {
    return FIXED.getOrDefault(key, "");
  }

  /** A month by its number; what is no such number stays. */
  static String month(String written) {
    if (written.isEmpty()
        || written.length() > 2
        || !written.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return written;
    }
    int number = Integer.parseInt(written);
    return number < 1 || number > 12
        ? written
        : Month.of(number).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  /** Whether a template says that the page only lists the meanings of a word. */
  static boolean disambiguates(String key) {
    return DISAMBIGUATION.contains(key) || disambiguatesSome(key);
  }

  /**
   * Whether a template is for pages of the meanings of a name, a place, a sign: such names end with
   * the word for all. A name that begins with it asks for something, most often at one link.
   */
  private static boolean disambiguatesSome(String key) {
    if (key.isEmpty()) {
      return false;
    }
    return switch (key.charAt(key.length() - 1)) {
      case 'n' -> key.endsWith(" disambiguation") && !key.startsWith("r ");
      case '义', '義' -> (key.endsWith("消歧义") || key.endsWith("消歧義")) && !asks(key);
      case '避' -> key.endsWith("曖昧さ回避") && !key.startsWith("要");
      default -> key.startsWith("неоднозначность");
    };
  }

  private static boolean asks(String key) {
    return key.startsWith("需")
        || key.startsWith("链接")
        || key.startsWith("鏈接")
        || key.startsWith("連結")
        || key.startsWith("内链")
        || key.startsWith("內鏈");
  }

  /** A template's name without what does not matter in it: case, underscores, space around it. */
  static String key(String name) {
    return name.strip().replace('_', ' ').toLowerCase(Locale.ROOT);
  }
}
