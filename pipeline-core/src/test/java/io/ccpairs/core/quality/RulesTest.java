package io.ccpairs.core.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.language.LanguageId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** For each rule a passage that it drops, and a neighbour that it keeps. */
class RulesTest {
  private static final String ASKED = "How do I keep bread fresh for a whole week?";
  private static final String PROSE =
      "Keep the loaf in a linen bag inside a wooden box. Plastic traps moisture, so the crust"
          + " softens and mould comes early; a fridge dries the crumb.";

  static Stream<Arguments> neighbours() {
    return Stream.of(
        of("length", Verdict.TOO_SHORT, "In a box.", "In a box made of wood."),
        of("length", Verdict.TOO_LONG, "word ".repeat(1_501), "word ".repeat(1_500)),
        of(
            "bots",
            Verdict.BOT,
            PROSE + " I am a bot, and this action was performed automatically.",
            PROSE + " I am about to robotically repeat this."),
        of(
            "bots",
            Verdict.BOT,
            PROSE + " This action was performed automatically.",
            PROSE + " This action was performed by hand."),
        of(
            "boilerplate",
            Verdict.BOILERPLATE,
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
            PROSE + PROSE + " Printers fill a page with lorem ipsum dolor and so on."),
        of(
            "links",
            Verdict.LINK_ONLY,
            "See https://example.org/breads/how-to-keep-bread-fresh-for-a-week and more there",
            PROSE + " See https://example.org/breads"),
        of(
            "code",
            Verdict.CODE_ONLY,
            "    for (int i = 0; i < n; i++) {\n        keep(bread[i]);\n    }\n    return bread;",
            "Call it for each loaf and freeze what is left over until the next day:\n    keep(loaf);"),
        of(
            "symbols",
            Verdict.SYMBOLS,
            "(de +) (de +) (de +) [==] {--} *** (de +) (de +) !!! ??? %%%",
            "Contractions: de + o = do (masculine), de + a = da (feminine)."),
        of(
            "digits",
            Verdict.DIGITS,
            "Results 2011: 12 14 15 17 19 21 23 29 31 33 35 38 40 points",
            "In 2011 they won 12 of 14 games and were first by four points."),
        of(
            "echo",
            Verdict.ECHO,
            "how do i keep bread fresh for a whole week",
            "I keep bread fresh for a whole week in a linen bag, away from light and heat."),
        of(
            "repetition",
            Verdict.REPETITIVE,
            "keep the loaf in the bag\n".repeat(12),
            PROSE
                + " Rye keeps longer than wheat because its crumb holds more water, and sourdough"
                + " longer still. Slice only what you eat, cut side down, and freeze the rest in"
                + " portions: ten minutes in a hot oven bring the crust back to life."),
        of(
            "repetition",
            Verdict.REPETITIVE,
            "- of - of - by, of - from - from - from - of, out of, from, off, from",
            "No, no, no, no, no! It dries out."),
        of(
            "language",
            Verdict.UNWANTED_LANGUAGE,
            "Die Brote bleiben frisch, wenn sie nach dem Backen nicht in den Kühlschrank gelegt werden.",
            PROSE),
        of(
            "language-mismatch",
            Verdict.LANGUAGE_MISMATCH,
            "Gardez le pain dans un sac de lin à l'intérieur d'une boîte en bois, jamais au"
                + " réfrigérateur, car le froid dessèche la mie.",
            PROSE));
  }

  private static Arguments of(String rule, Verdict verdict, String dropped, String kept) {
    return Arguments.of(rule, verdict, dropped, kept);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("neighbours")
  void aRuleDropsAPassageAndKeepsItsNeighbour(
      String rule, Verdict verdict, String dropped, String kept) {
    assertThat(judge(rule, ASKED, dropped)).isEqualTo(verdict);
    assertThat(judge(rule, ASKED, kept)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void theNeighboursThatAreProsePassAllRules() {
    assertThat(Rules.of(QualityConfig.defaults(Origin.REDDIT)).judge(facts(ASKED, PROSE)))
        .isEqualTo(Verdict.KEEP);
  }

  @Test
  void everyRuleHasNeighbours() {
    List<String> tested =
        neighbours().map(arguments -> (String) arguments.get()[0]).distinct().toList();
    assertThat(tested).containsExactlyInAnyOrderElementsOf(Rules.NAMES);
  }

  @Test
  void onlyWantedLanguagesPassWhereSomeAreWanted() {
    var rule = new io.ccpairs.core.quality.rule.LanguageRule(List.of("de"), 0.6);
    assertThat(rule.judge(facts(ASKED, PROSE))).isEqualTo(Verdict.UNWANTED_LANGUAGE);
    PairFacts german =
        facts(
            "Wie bleibt Brot frisch?",
            "Am besten liegt der Laib in einem Leinenbeutel in einem Kasten aus Holz.");
    assertThat(rule.judge(german)).isEqualTo(Verdict.KEEP);
    PairFacts declared =
        new PairFacts(ForumPairs.of(ASKED, PROSE).withLang("de"), LanguageId.model());
    assertThat(rule.judge(declared)).as("the dump's word counts first").isEqualTo(Verdict.KEEP);
  }

  @Test
  void aTextInBothLanguagesMatchesEither() {
    String english = "Should we write all of the questions in English or not?";
    String french = "Je pense que toutes les questions devraient être posées en français ici.";
    assertThat(judge("language-mismatch", english, french)).isEqualTo(Verdict.LANGUAGE_MISMATCH);
    assertThat(judge("language-mismatch", english + "\n" + french, french)).isEqualTo(Verdict.KEEP);
    String answer = french + " Cela vaut aussi pour les réponses. " + english;
    assertThat(judge("language-mismatch", english, answer)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void tablesOfDatesAreProseAndEmptyTemplatesAreNot() {
    String dates = "- 1947年（昭和22年）3月15日 - 旧東京市の下谷区と浅草区が合併して誕生。\n- 1997年（平成9年）3月15日 - 区誕生50周年。";
    assertThat(judge("symbols", ASKED, dates)).isEqualTo(Verdict.KEEP);
    assertThat(judge("symbols", ASKED, "- (UK)\n- (NED)\n- (NED)\n- (UK)\n- (FRA)"))
        .isEqualTo(Verdict.SYMBOLS);
  }

  @Test
  void formulasAndListsAreNeitherCodeNorRepetition() {
    String formula =
        "The state $|\\psi\\rangle = \\frac{1}{\\sqrt{2}}(|00\\rangle + |11\\rangle)$ is entangled,"
            + " since no two states of one qubit have it as their product.";
    String list =
        "- 1904 - Jezups Krumpāns, pravests;\n- 1953 - Juoņs Gavars, politiks;\n- 1970 - Andra Kudore.";
    assertThat(judge("code", ASKED, formula)).isEqualTo(Verdict.KEEP);
    assertThat(judge("code", ASKED, list)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void anUnknownRuleNamesThoseThatThereAre() {
    assertThatThrownBy(() -> Rules.checkNames(List.of("lenght")))
        .hasMessageContaining("no rule lenght")
        .hasMessageContaining("length, bots");
  }

  private static Verdict judge(String rule, String query, String passage) {
    QualityConfig all = QualityConfig.defaults(Origin.REDDIT);
    return Rules.of(only(rule, all)).judge(facts(query, passage));
  }

  private static QualityConfig only(String rule, QualityConfig c) {
    return new QualityConfig(
        List.of(rule),
        c.minQueryWords(),
        c.minPassageWords(),
        c.maxPassageWords(),
        c.maxEcho(),
        c.maxLinkShare(),
        c.maxCodeShare(),
        c.maxSignShare(),
        c.maxSymbolsPerWord(),
        c.maxDigitShare(),
        c.minRepetitionWords(),
        c.maxRepeatedLineShare(),
        c.repetitionScale(),
        c.minDistinctShare(),
        c.boilerplate(),
        c.botSignatures(),
        List.of("en"),
        c.minLanguageWords(),
        c.minLanguageConfidence(),
        c.mask());
  }

  private static PairFacts facts(String query, String passage) {
    return new PairFacts(ForumPairs.of(query, passage), LanguageId.model());
  }
}
