package io.ccpairs.core.privacy;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Hides what names or reaches a person. One pass over the text, in time linear in its length; a
 * text without any of the signs that such things are made of is returned as it is. Masking twice
 * changes nothing more.
 *
 * <p>By rule, hence by form alone: names of people are not recognised, and a number of the form of
 * a telephone number is hidden whatever it counts.
 */
public final class Masks {
  /** Words behind an at sign that programs, styles and documents use; not users. */
  private static final Set<String> NOT_USERS =
      Set.of(
          "override",
          "param",
          "return",
          "returns",
          "throws",
          "see",
          "link",
          "code",
          "deprecated",
          "author",
          "since",
          "version",
          "media",
          "import",
          "font-face",
          "keyframes",
          "charset",
          "interface",
          "implementation",
          "property",
          "synthesize",
          "end",
          "class",
          "selector",
          "protocol",
          "test",
          "before",
          "after",
          "autowired",
          "inject",
          "component",
          "entity",
          "table",
          "column",
          "id",
          "nullable",
          "notnull",
          "nonnull",
          "suppresswarnings",
          "echo",
          "staticmethod",
          "classmethod",
          "functools",
          "dataclass",
          "abstractmethod",
          "include",
          "extend",
          "mixin",
          "if",
          "else",
          "for",
          "section",
          "yield",
          "model",
          "using");

  private static final int MAX_LOCAL_CHARS = 64;
  private static final int MAX_NAME_CHARS = 30;

  private final Set<Mask> masks;

  /** Hides these. */
  public Masks(List<Mask> masks) {
    this.masks = masks.isEmpty() ? EnumSet.noneOf(Mask.class) : EnumSet.copyOf(masks);
  }

  /** The text with a word such as {@code [email]} for each thing hidden. */
  public String apply(String text) {
    StringBuilder out = null;
    int copied = 0;
    int length = text.length();
    int line = 0;
    int passed = 0;
    int i = 0;
    while (i < length) {
      char c = text.charAt(i);
      int from = -1;
      int to = -1;
      Mask mask = Mask.EMAIL;
      if (c == '@') {
        from = emailStart(text, i, copied);
        to = from < 0 ? -1 : emailEnd(text, i);
        if (to < 0 && masks.contains(Mask.MENTION)) {
          mask = Mask.MENTION;
          from = i;
          line = lineStart(text, line, passed, i);
          passed = i;
          to = mentionEnd(text, i, line);
        } else if (!masks.contains(Mask.EMAIL)) {
          to = -1;
        }
      } else if (c == 'u' && masks.contains(Mask.MENTION) && isRedditName(text, i)) {
        mask = Mask.MENTION;
        from = i > 0 && text.charAt(i - 1) == '/' ? i - 1 : i;
        to = nameEnd(text, i + 2);
      } else if (isNumberStart(text, i)) {
        if (masks.contains(Mask.IP)) {
          mask = Mask.IP;
          from = i;
          to = ipEnd(text, i);
        }
        if (to < 0 && masks.contains(Mask.PHONE)) {
          mask = Mask.PHONE;
          from = i;
          to = PhoneNumbers.end(text, i);
        }
        if (to < 0) {
          i = numberEnd(text, i);
          continue;
        }
      }
      if (to < 0 || from < copied) {
        i++;
        continue;
      }
      out = out == null ? new StringBuilder(length) : out;
      out.append(text, copied, from).append(mask.word());
      copied = to;
      i = to;
    }
    return out == null ? text : out.append(text, copied, length).toString();
  }

  // ---- E-mail

  private static int emailStart(String text, int at, int floor) {
    int start = at;
    while (start > floor && at - start < MAX_LOCAL_CHARS && isLocal(text.charAt(start - 1))) {
      start--;
    }
    while (start < at && !isWordChar(text.charAt(start))) {
      start++;
    }
    return start == at ? -1 : start;
  }

  private static boolean isLocal(char c) {
    return isWordChar(c) || c == '.' || c == '+' || c == '-' || c == '_' || c == '%';
  }

  /** A domain: labels set apart by dots, the last of at least two letters. */
  private static int emailEnd(String text, int at) {
    int i = at + 1;
    int lastDot = -1;
    int end = -1;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '.' && i > at + 1 && isWordChar(text.charAt(i - 1))) {
        lastDot = i;
      } else if (!isWordChar(c) && c != '-') {
        break;
      } else if (lastDot > 0 && i - lastDot >= 2 && isLetter(text.charAt(i))) {
        end = i + 1;
      }
      i++;
    }
    return end;
  }

  // ---- Users

  private static int mentionEnd(String text, int at, int line) {
    boolean atStart = at == 0 || " \n\t(\"'".indexOf(text.charAt(at - 1)) >= 0;
    if (!atStart || at + 1 >= text.length() || !isLetter(text.charAt(at + 1))) {
      return -1;
    }
    int end = nameEnd(text, at + 1);
    String name = text.substring(at + 1, end).toLowerCase(Locale.ROOT);
    char next = end < text.length() ? text.charAt(end) : ' ';
    boolean program =
        "({[=<".indexOf(next) >= 0 || NOT_USERS.contains(name) || isCodeLine(text, line);
    return program || name.length() < 3 ? -1 : end;
  }

  /** Where the line of a place begins, that of an earlier place being known. */
  private static int lineStart(String text, int known, int earlier, int at) {
    int start = at;
    while (start > earlier && text.charAt(start - 1) != '\n') {
      start--;
    }
    return start > earlier ? start : known;
  }

  /** Whether a line is indented by four: code keeps its indentation. */
  private static boolean isCodeLine(String text, int line) {
    return text.startsWith("    ", line) || text.startsWith("\t", line);
  }

  /** {@code u/name}, alone or after one slash. */
  private static boolean isRedditName(String text, int at) {
    if (at + 5 > text.length() || text.charAt(at + 1) != '/' || !isName(text.charAt(at + 2))) {
      return false;
    }
    int before = at > 0 && text.charAt(at - 1) == '/' ? at - 2 : at - 1;
    boolean apart = before < 0 || " \n\t([\"',;:".indexOf(text.charAt(before)) >= 0;
    return apart && nameEnd(text, at + 2) >= at + 5;
  }

  private static int nameEnd(String text, int from) {
    int end = from;
    while (end < text.length() && end - from < MAX_NAME_CHARS && isName(text.charAt(end))) {
      end++;
    }
    while (end > from && text.charAt(end - 1) == '-') {
      end--;
    }
    return end;
  }

  // ---- Numbers

  private static boolean isNumberStart(String text, int at) {
    char c = text.charAt(at);
    if (!isDigit(c) && c != '+' && c != '(') {
      return false;
    }
    if (at > 0) {
      char before = text.charAt(at - 1);
      if (isWordChar(before)
          || before == '.'
          || before == '-'
          || before == '_'
          || before == '/'
          || before == '='
          || before == '#'
          || before == '$'
          || before == '€') {
        return false;
      }
    }
    return isDigit(c) || (at + 1 < text.length() && isDigit(text.charAt(at + 1)));
  }

  private static int numberEnd(String text, int at) {
    int end = at + 1;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** Four numbers below 256 set apart by dots, of a public network. */
  private static int ipEnd(String text, int at) {
    int[] parts = new int[4];
    int i = at;
    for (int part = 0; part < 4; part++) {
      int digits = 0;
      while (i < text.length() && isDigit(text.charAt(i)) && digits < 4) {
        parts[part] = parts[part] * 10 + text.charAt(i) - '0';
        i++;
        digits++;
      }
      boolean dotted = part == 3 || (i < text.length() && text.charAt(i) == '.');
      if (digits == 0 || digits > 3 || parts[part] > 255 || !dotted) {
        return -1;
      }
      i += part < 3 ? 1 : 0;
    }
    boolean goesOn =
        i < text.length()
            && (isWordChar(text.charAt(i))
                || (text.charAt(i) == '.' && i + 1 < text.length() && isDigit(text.charAt(i + 1))));
    return goesOn || !isPublic(parts) ? -1 : i;
  }

  private static boolean isPublic(int[] ip) {
    return !(ip[0] == 0
        || ip[0] == 10
        || ip[0] == 127
        || ip[0] >= 224
        || (ip[0] == 169 && ip[1] == 254)
        || (ip[0] == 172 && ip[1] >= 16 && ip[1] < 32)
        || (ip[0] == 192 && ip[1] == 168)
        || (ip[0] == 192 && ip[1] == 0)
        || (ip[0] == 198 && ip[1] == 51)
        || (ip[0] == 203 && ip[1] == 0)
        // Versions of programs: 1.2.3.4 and the like.
        || (ip[0] < 20 && ip[1] < 20 && ip[2] < 20 && ip[3] < 20 && ip[0] != 8));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c > 127 && Character.isLetter(c));
  }

  private static boolean isWordChar(char c) {
    return isDigit(c) || isLetter(c);
  }

  private static boolean isName(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  }
}
