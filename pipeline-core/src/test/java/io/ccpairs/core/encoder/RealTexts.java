package io.ccpairs.core.encoder;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Texts of many languages and lengths: real ones where they lie beside this checkout. */
public final class RealTexts {
  private static final Path DATA =
      Path.of(System.getProperty("ccpairs.root")).resolveSibling("shared").resolve("data");

  private static final List<String> OWN =
      List.of(
          "",
          "a",
          "How are rivers named?",
          "Flüsse heißen meist nach ihrem Wasser, ihrer Farbe oder ihren Anwohnern.",
          "Les fleuves portent souvent le nom de leur eau ; c'est ainsi depuis 2000 ans.",
          "Реки обычно называют по их воде.",
          "川の名前は水に由来することが多い。",
          "أسماء الأنهار قديمة جدا",
          "नदियों के नाम बहुत पुराने हैं",
          "강의 이름은 물에서 왔다",
          "ชื่อแม่น้ำเก่าแก่มาก",
          "Nehirlerin adları çok eskidir; İstanbul'da değil.",
          "int main(void) { return 1 << 3; } // C",
          "🙂 emoji, tabs\tand\nlines");

  private RealTexts() {}

  /** 500 texts of 1 to 512 tokens in 16 languages; some dozens without the data. */
  public static List<String> all() throws IOException {
    List<String> texts = new ArrayList<>(OWN);
    Path tatoeba = DATA.resolve("eval/tatoeba");
    if (Files.isDirectory(tatoeba)) {
      List<Path> files;
      try (var list = Files.list(tatoeba)) {
        files = list.filter(file -> file.toString().endsWith(".gz")).sorted().toList();
      }
      for (Path file : files) {
        texts.addAll(lines(file, 16));
      }
      List<String> titles =
          lines(DATA.resolve("eval/clustering/stackoverflow/title_StackOverflow.txt.gz"), 4000);
      for (int i = 0; texts.size() < 494; i++) {
        texts.add(titles.get(i));
      }
      // Titles of one site in a row make texts as long as posts.
      for (int i = 0; texts.size() < 500; i++) {
        int length = new int[] {10, 16, 25, 40, 60, 200}[i];
        texts.add(String.join(". ", titles.subList(500 * (i + 1), 500 * (i + 1) + length)));
      }
    } else {
      for (int length : new int[] {3, 12, 40}) {
        texts.add(String.join(" ", OWN).repeat(length).substring(0, length * 60));
      }
    }
    return texts;
  }

  private static List<String> lines(Path file, int most) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      return in.lines().filter(line -> !line.isBlank()).limit(most).toList();
    }
  }
}
