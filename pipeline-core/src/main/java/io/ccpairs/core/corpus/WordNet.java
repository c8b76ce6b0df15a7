package io.ccpairs.core.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads WordNet 3.1 from the plain files of its data jar. What cannot be shown to everybody, and
 * what has no definition to speak of, is left out.
 */
final class WordNet {
  private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/data.";

  private static final String[] FIELDS = {
    "general",
    "general",
    "general",
    "general",
    "act",
    "animal",
    "artifact",
    "attribute",
    "body",
    "cognition",
    "communication",
    "event",
    "feeling",
    "food",
    "group",
    "location",
    "motive",
    "object",
    "person",
    "phenomenon",
    "plant",
    "possession",
    "process",
    "quantity",
    "relation",
    "shape",
    "state",
    "substance",
    "time",
    "bodycare",
    "change",
    "thinking",
    "speech",
    "competition",
    "consumption",
    "contact",
    "creation",
    "emotion",
    "motion",
    "perception",
    "trade",
    "social",
    "being",
    "weather",
    "participles"
  };

  /** Beginnings of words that a demonstration need not show. */
  private static final List<String> LEFT_OUT =
      List.of(
          "sex",
          "penis",
          "vagin",
          "genital",
          "prostitut",
          "whore",
          "porn",
          "rape",
          "nigg",
          "fuck",
          "shit",
          "cunt",
          "slut",
          "bastard",
          "negro",
          "darkie",
          "coon",
          "kike",
          "spic",
          "wop",
          "homosexual",
          "lesbian",
          "masturbat",
          "orgasm",
          "copulat",
          "erotic",
          "slang",
          "ethnic slur",
          "offensive",
          "disparaging",
          "obscene",
          "vulgar");

  private WordNet() {}

  /** All concepts, in an order that never changes. */
  static List<Concept> read() throws IOException {
    Map<String, Integer> numbers = new HashMap<>();
    List<String[]> lines = new ArrayList<>();
    for (String part : List.of("noun", "verb", "adj", "adv")) {
      try (InputStream in = WordNet.class.getResourceAsStream(FOLDER + part)) {
        if (in == null) {
          throw new IOException(
              "Cannot read WordNet: " + FOLDER + part + " is not on the class path");
        }
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          int bar = line.indexOf(" | ");
          if (bar < 0 || line.startsWith(" ")) {
            continue;
          }
          String[] fields = line.substring(0, bar).split(" ");
          if (isShown(fields, line.substring(bar + 3))) {
            numbers.put(key(fields[2].charAt(0), fields[0]), lines.size());
            lines.add(new String[] {line.substring(0, bar), line.substring(bar + 3)});
          }
        }
      }
    }
    List<Concept> concepts = new ArrayList<>(lines.size());
    for (String[] line : lines) {
      concepts.add(concept(line[0].split(" "), line[1], numbers));
    }
    return concepts;
  }

  private static boolean isShown(String[] fields, String gloss) {
    String text = (String.join(" ", fields) + " " + gloss).toLowerCase(Locale.ROOT);
    return gloss.length() > 20 && LEFT_OUT.stream().noneMatch(text::contains);
  }

  private static Concept concept(String[] fields, String gloss, Map<String, Integer> numbers) {
    char part = fields[2].charAt(0) == 's' ? 'a' : fields[2].charAt(0);
    int words = Integer.parseInt(fields[3], 16);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < words; i++) {
      String name = fields[4 + 2 * i].replace('_', ' ');
      int marker = name.indexOf('(');
      names.add(marker > 0 ? name.substring(0, marker) : name);
    }
    Map<String, List<Integer>> related = new HashMap<>();
    int pointers = 4 + 2 * words;
    int count = Integer.parseInt(fields[pointers]);
    for (int i = 0; i < count; i++) {
      int at = pointers + 1 + 4 * i;
      Integer number = numbers.get(key(fields[at + 2].charAt(0), fields[at + 1]));
      if (number != null) {
        related.computeIfAbsent(fields[at], symbol -> new ArrayList<>()).add(number);
      }
    }
    List<String> examples = new ArrayList<>();
    StringBuilder definition = new StringBuilder();
    for (String piece : gloss.split(";")) {
      String text = piece.strip();
      if (text.startsWith("\"")) {
        String example = text.replace("\"", "").strip();
        if (example.length() > 12 && !text.contains("- ") && !text.contains("--")) {
          examples.add(example);
        }
      } else if (!text.isEmpty() && definition.length() < 160 && examples.isEmpty()) {
        definition.append(definition.length() == 0 ? "" : "; ").append(text);
      }
    }
    String meaning = definition.toString();
    String domain = "";
    int close = meaning.indexOf(") ");
    if (meaning.startsWith("(") && close > 0 && close < 40) {
      domain = meaning.substring(1, close);
      meaning = meaning.substring(close + 2);
    }
    return new Concept(
        part,
        FIELDS[Integer.parseInt(fields[1])],
        List.copyOf(names),
        meaning,
        domain,
        List.copyOf(examples),
        numbers(related, Set.of("@", "@i")),
        numbers(related, Set.of("~", "~i")),
        numbers(related, Set.of("%p", "%s")),
        numbers(related, Set.of("#p", "#s", "#m")),
        numbers(related, Set.of("!")));
  }

  private static int[] numbers(Map<String, List<Integer>> related, Set<String> symbols) {
    return Arrays.stream(related.keySet().toArray(String[]::new))
        .filter(symbols::contains)
        .flatMap(symbol -> related.getOrDefault(symbol, List.of()).stream())
        .mapToInt(Integer::intValue)
        .sorted()
        .distinct()
        .toArray();
  }

  private static String key(char part, String offset) {
    return (part == 's' ? 'a' : part) + offset;
  }
}
