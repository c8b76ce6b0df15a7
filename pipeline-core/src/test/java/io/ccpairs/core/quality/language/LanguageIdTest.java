package io.ccpairs.core.quality.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import opennlp.tools.langdetect.Language;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;
import org.junit.jupiter.api.Test;

class LanguageIdTest {
  private static final List<String> TEXTS =
      List.of(
          "The quick brown fox jumps over the lazy dog and runs away into the forest.",
          "Der Hund schläft den ganzen Tag vor dem warmen Ofen in der Küche.",
          "Le chat dort toute la journée devant la cheminée du salon.",
          "Собака спит весь день перед тёплой печкой на кухне.",
          "犬は一日中、台所の暖かいストーブの前で寝ています。",
          "강아지가 하루 종일 부엌의 따뜻한 난로 앞에서 잔다.",
          "القط ينام طوال اليوم أمام الموقد الدافئ في المطبخ.",
          "Kissa nukkuu koko päivän lämpimän uunin edessä keittiössä.",
          "Ο σκύλος κοιμάται όλη μέρα μπροστά στη ζεστή σόμπα.",
          "कुत्ता सारा दिन रसोई में गर्म चूल्हे के सामने सोता है।");

  private static final List<String> CODES =
      List.of("en", "de", "fr", "ru", "ja", "ko", "ar", "fi", "el", "hi");

  @Test
  void plainSentencesAreInTheirLanguage() {
    for (int i = 0; i < TEXTS.size(); i++) {
      Guess guess = LanguageId.model().of(TEXTS.get(i));
      assertThat(guess.language()).as(TEXTS.get(i)).isEqualTo(CODES.get(i));
      assertThat(guess.confidence()).as(TEXTS.get(i)).isGreaterThan(0.1);
    }
  }

  @Test
  void guessesAreThoseOfOpenNlp() throws Exception {
    try (InputStream model = getClass().getResourceAsStream("/langdetect-183.bin")) {
      LanguageDetectorME library = new LanguageDetectorME(new LanguageDetectorModel(model));
      for (String text : TEXTS) {
        String theirs = Languages.ofIso3(library.predictLanguage(text).getLang());
        assertThat(LanguageId.model().of(text).language()).isEqualTo(theirs);
      }
    }
  }

  /** Whatever number of rows is added at a time, and however many are left for the end. */
  @Test
  void probabilitiesAreThoseOfOpenNlpForTextsOfEveryLength() throws Exception {
    try (InputStream model = getClass().getResourceAsStream("/langdetect-183.bin")) {
      LanguageDetectorME library = new LanguageDetectorME(new LanguageDetectorModel(model));
      for (int chars = 20; chars < 70; chars += 7) {
        for (String text : TEXTS) {
          String piece =
              text.substring(0, Math.min(chars, text.length())).replaceAll("[^\\p{L}\\p{M}]+$", "");
          Guess guess = LanguageId.model().of(piece);
          Language[] theirs = library.predictLanguages(piece);
          double normaliser = 0;
          for (Language language : theirs) {
            normaliser += Math.pow(language.getConfidence() / theirs[0].getConfidence(), 5);
          }
          assertThat(guess.confidence()).as(piece).isCloseTo(1 / normaliser, within(1e-6));
        }
      }
    }
  }

  @Test
  void lettersOfTheirOwnTellLanguagesThatTheModelDoesNotKnow() {
    Map<String, String> texts =
        Map.of(
            "ދިވެހި ބަހަކީ ރާއްޖޭގެ ރަސްމީ ބަހެވެ", "dv",
            "ភាសាខ្មែរគឺជាភាសាផ្លូវការ", "km",
            "አማርኛ የኢትዮጵያ ቋንቋ ነው", "am",
            "Ирон æвзаг у ирон адæмы æвзаг", "os");
    texts.forEach(
        (text, language) ->
            assertThat(LanguageId.model().of(text).language()).as(text).isEqualTo(language));
    assertThat(LanguageId.model().of("Den lille pige spiser æbler på gården").language())
        .as("a letter that is Ossetic among Cyrillic ones only")
        .isIn("da", "no");
  }

  @Test
  void tooLittleTextIsNotGuessed() {
    for (String text : List.of("", "42", "!!", "a b", "https://example.org/some/long/path")) {
      assertThat(LanguageId.model().of(text)).isEqualTo(Guess.UNKNOWN);
    }
  }

  @Test
  void itKnowsAHundredLanguages() {
    assertThat(LanguageId.model().languages()).hasSizeGreaterThan(95).contains("en", "zh", "sw");
  }

  @Test
  void languagesThatAreTakenForOneAnotherDoNotContradict() {
    assertThat(new Guess("cs", 1).contradicts(new Guess("sk", 1), 0.5)).isFalse();
    assertThat(new Guess("cs", 1).contradicts(new Guess("en", 1), 0.5)).isTrue();
    assertThat(new Guess("cs", 0.4).contradicts(new Guess("en", 1), 0.5)).isFalse();
    assertThat(Guess.UNKNOWN.contradicts(new Guess("en", 1), 0)).isFalse();
  }
}
