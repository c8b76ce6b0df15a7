package io.ccpairs.core.rank.lexical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ccpairs.core.rank.Hit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Bm25Test {
  private static final List<String> PASSAGES =
      List.of("wing wing lift", "lift of a thin wing in a stream", "heat in slabs", "stream");

  private static List<Hit> hits(Bm25 bm25, int query) {
    Bm25.Statistics statistics = bm25.statistics();
    PASSAGES.forEach(passage -> bm25.count(passage, statistics));
    Bm25.Scorer scorer = bm25.scorer(statistics, 10);
    for (int i = 0; i < PASSAGES.size(); i++) {
      scorer.add("d" + i, PASSAGES.get(i));
    }
    return scorer.hits()[query].best();
  }

  @Test
  void scoresAreThoseOfTheFormula() {
    List<Hit> hits = hits(new Bm25(Analyser.WORDS, List.of("wing lift", "slabs")), 0);
    // N = 4, mean length (3 + 8 + 3 + 1) / 4 = 3.75; each word stands in 2 passages.
    double weight = Math.log(1 + (4 - 2 + 0.5) / (2 + 0.5));
    double shorter = 0.9 * (1 - 0.4 + 0.4 * 3 / 3.75);
    double longer = 0.9 * (1 - 0.4 + 0.4 * 8 / 3.75);
    assertThat(hits).extracting(Hit::id).containsExactly("d0", "d1");
    assertThat((double) hits.get(0).score())
        .isCloseTo(weight * (2 / (2 + shorter) + 1 / (1 + shorter)), within(1e-6));
    assertThat((double) hits.get(1).score()).isCloseTo(2 * weight / (1 + longer), within(1e-6));
  }

  @Test
  void aWordThatStandsTwiceInTheQueryCountsTwice() {
    Bm25 bm25 = new Bm25(Analyser.WORDS, List.of("heat", "heat heat"));
    assertThat(hits(bm25, 1).get(0).score()).isEqualTo(2 * hits(bm25, 0).get(0).score());
  }

  @Test
  void statisticsOfPartsAddUp() {
    Bm25 bm25 = new Bm25(Analyser.WORDS, List.of("wing stream"));
    Bm25.Statistics whole = bm25.statistics();
    Bm25.Statistics left = bm25.statistics();
    Bm25.Statistics right = bm25.statistics();
    for (int i = 0; i < PASSAGES.size(); i++) {
      bm25.count(PASSAGES.get(i), whole);
      bm25.count(PASSAGES.get(i), i % 2 == 0 ? left : right);
    }
    Bm25.Scorer expected = bm25.scorer(whole, 10);
    Bm25.Scorer merged = bm25.scorer(left.add(right), 10);
    Bm25.Scorer partial = bm25.scorer(right, 10);
    for (String passage : PASSAGES) {
      expected.add(passage, passage);
      merged.add(passage, passage);
      partial.add(passage, passage);
    }
    assertThat(merged.hits()[0].best()).isEqualTo(expected.hits()[0].best()).isNotEmpty();
    assertThat(partial.hits()[0].best()).isNotEqualTo(expected.hits()[0].best());
  }

  @ParameterizedTest
  @CsvSource({
    "caresses, caress",
    "ponies, poni",
    "cats, cat",
    "feed, feed",
    "agreed, agre",
    "plastered, plaster",
    "bled, bled",
    "motoring, motor",
    "sing, sing",
    "conflated, conflat",
    "troubled, troubl",
    "sized, size",
    "hopping, hop",
    "falling, fall",
    "hissing, hiss",
    "fizzed, fizz",
    "failing, fail",
    "filing, file",
    "happy, happi",
    "sky, sky",
    "relational, relat",
    "conditional, condit",
    "rational, ration",
    "valenci, valenc",
    "digitizer, digit",
    "operator, oper",
    "feudalism, feudal",
    "decisiveness, decis",
    "hopefulness, hope",
    "formaliti, formal",
    "sensibiliti, sensibl",
    "triplicate, triplic",
    "formative, form",
    "formalize, formal",
    "electrical, electr",
    "goodness, good",
    "revival, reviv",
    "allowance, allow",
    "inference, infer",
    "airliner, airlin",
    "adjustable, adjust",
    "replacement, replac",
    "adoption, adopt",
    "communism, commun",
    "effective, effect",
    "bowdlerize, bowdler",
    "probate, probat",
    "rate, rate",
    "cease, ceas",
    "controll, control",
    "roll, roll",
    "generalizations, gener",
    "oscillators, oscil"
  })
  void wordsLoseTheEndingsThatPorterNames(String word, String stem) {
    assertThat(PorterStemmer.stem(word)).isEqualTo(stem);
  }

  @Test
  void englishDropsStopWordsAndStemsAndOthersDoNot() {
    assertThat(Analyser.ENGLISH.terms("The wings' lift isn't a problem of aeroplanes"))
        .containsExactly("wing", "lift", "isn", "problem", "aeroplan");
    assertThat(Analyser.WORDS.terms("Ọjọ́ ni 東京 THE"))
        .containsExactly("ọjọ́", "ni", "東", "京", "the");
  }
}
