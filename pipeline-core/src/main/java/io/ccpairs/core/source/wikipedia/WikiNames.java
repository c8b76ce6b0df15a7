package io.ccpairs.core.source.wikipedia;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a dump file's name says of its wiki. The header inside is not asked first: extracts often
 * carry the header of another wiki.
 *
 * @param wiki for example {@code enwiki} or {@code enwiktionary}
 * @param language what it is written in, for example {@code en} or {@code zh-min-nan}; null where
 *     the name does not say
 */
public record WikiNames(String wiki, @Nullable String language) {
  private static final Pattern DATABASE =
      Pattern.compile(
          "([a-z_]{2,12}?)(wiki|wiktionary|wikibooks|wikinews|wikiquote|wikisource|wikiversity|wikivoyage)([-_.].*)?");
  private static final Pattern DBNAME = Pattern.compile("<dbname>([a-z_]{1,40})</dbname>");
  private static final Pattern LANG =
      Pattern.compile("<mediawiki[^>]{0,500}xml:lang=\"([a-zA-Z-]{1,20})\"");
  private static final int HEADER_BYTES = 1 << 13;

  private static final Set<String> LANGUAGES = Set.of(Locale.getISOLanguages());

  /** Wikis whose code is not of two letters. */
  private static final Set<String> CODES =
      Set.of(
          ("simple ace ady als alt ami ang ann anp arc ary arz ast atj avk awa azb ban"
                  + " bar bbc bcl bdr bew bho bjn blk bpy btm bug bxr cdo ceb cho chr chy ckb"
                  + " crh csb dag dga din diq dsb dty dtp eml ext fat fon frp frr fur gag gan"
                  + " gcr glk gom gor got gpe guc gur guw hak haw hif hsb hyw iba igl ilo inh"
                  + " isv jam jbo kaa kab kaj kbd kbp kcg kge knc koi krc krj ksh kus lad lbe"
                  + " lez lfn lij lld lmo lrc ltg lzh mad mai mdf mhr min mnw mos mrj mui mus"
                  + " mwl myv mzn nah nan nap nds new nia nov nqo nrm nso nup nyn olo pag pam"
                  + " pap pcd pcm pdc pfl pih pms pnb pnt pwn rki rmy rsk rue rup sah sat scn"
                  + " sco sgs shi shn shy skr smn srn stq syl szl szy tay tcy tdd tet tig tly"
                  + " tok tpi trv tum tyv udm vec vep vls vro war wuu xal xmf yue zea zgh"
                  + " bat-smg be-tarask be-x-old cbk-zam fiu-vro map-bms nds-nl roa-rup roa-tara"
                  + " zh-classical zh-min-nan zh-yue")
              .split(" "));

  private static final Pattern CODE = Pattern.compile("([a-z]{2,3}|simple)([-_]?[0-9.].*)?");
  private static final Pattern LONG_CODE =
      Pattern.compile("([a-z]{2,3}(?:[-_][a-z]{1,8}){1,2})\\..*");

  /**
   * Reads the last part of a path, such as {@code enwiki-latest-pages-articles1.xml-p10p30302.bz2}
   * or {@code de.xml.bz2}.
   */
  public static WikiNames of(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    Matcher database = DATABASE.matcher(name);
    if (database.matches()) {
      String code = database.group(1).replace('_', '-');
      return new WikiNames(database.group(1) + database.group(2), language(code));
    }
    Matcher longCode = LONG_CODE.matcher(name);
    if (longCode.matches()) {
      String code = longCode.group(1).replace('_', '-');
      if (isKnown(code)) {
        return new WikiNames(code.replace('-', '_') + "wiki", language(code));
      }
    }
    Matcher code = CODE.matcher(name);
    if (code.matches() && isKnown(code.group(1))) {
      return new WikiNames(code.group(1) + "wiki", language(code.group(1)));
    }
    return new WikiNames("unknown", null);
  }

  /** Other words of two or three letters begin a file's name, too. */
  private static boolean isKnown(String code) {
    return CODES.contains(code) || code.equals("sh") || LANGUAGES.contains(code);
  }

  /** What a wiki is written in; one in simple English is in English. */
  private static String language(String code) {
    return code.equals("simple") ? "en" : code;
  }

  /**
   * Reads the header of a dump, for a file whose name says nothing: {@code <dbname>} and {@code
   * xml:lang}.
   */
  public static WikiNames ofHeader(byte[] buffer, int start, int length) {
    String header = new String(buffer, start, Math.min(length, HEADER_BYTES), UTF_8);
    Matcher database = DBNAME.matcher(header);
    Matcher language = LANG.matcher(header);
    String code = language.find() ? language.group(1) : null;
    if (database.find()) {
      return new WikiNames(
          database.group(1), code == null ? of(database.group(1)).language() : code);
    }
    return new WikiNames(code == null ? "unknown" : code + "wiki", code);
  }
}
