package io.ccpairs.core.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ccpairs.core.eval.task.Qrels;
import io.ccpairs.core.rank.Hit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetrievalScoresTest {
  private static Qrels qrels(String... judgements) {
    Qrels qrels = new Qrels();
    for (String judgement : judgements) {
      String[] columns = judgement.split(" ");
      qrels.add(columns[0], columns[1], Integer.parseInt(columns[2]));
    }
    return qrels;
  }

  private static List<Hit> ranking(String... ids) {
    return Arrays.stream(ids)
        .map(id -> new Hit(id, 1f / (1 + Arrays.asList(ids).indexOf(id))))
        .toList();
  }

  @Test
  void gainsAreGradesAndDiscountsLogarithms() {
    Qrels qrels = qrels("q a 3", "q b 1", "q c 2", "q d 0");
    RetrievalScores scores =
        RetrievalScores.of(qrels, new Run(Map.of("q", ranking("d", "a", "x", "b")), 5));
    double log3 = Math.log(3) / Math.log(2);
    double log5 = Math.log(5) / Math.log(2);
    assertThat(scores.ndcgAt10())
        .isCloseTo((3 / log3 + 1 / log5) / (3 + 2 / log3 + 1.0 / 2), within(1e-12));
    assertThat(scores.at("map")).isCloseTo((1.0 / 2 + 2.0 / 4) / 3, within(1e-12));
    assertThat(scores.mrrAt10()).isEqualTo(0.5);
    assertThat(scores.at("mrr_at_1")).isZero();
    assertThat(scores.recallAt100()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(scores.at("precision_at_3")).isCloseTo(1.0 / 3, within(1e-12));
  }

  @Test
  void aQueryWithoutHitsCountsZeroAndOneWithoutRelevantPassagesDoesNotCount() {
    Qrels qrels = qrels("found a 1", "lost b 1", "hopeless c 0", "negative d -1");
    RetrievalScores scores =
        RetrievalScores.of(
            qrels, new Run(Map.of("found", ranking("a"), "hopeless", ranking("c")), 4));
    assertThat(scores.queries()).isEqualTo(2);
    assertThat(scores.ndcgAt10()).isEqualTo(0.5);
    assertThat(RetrievalScores.of(qrels("q a 0"), new Run(Map.of(), 0)).ndcgAt10()).isNaN();
  }

  @Test
  void aPassageFoundTwiceAndAListOutOfOrderAreRefused() {
    Qrels qrels = qrels("q a 1");
    List<Hit> twice = List.of(new Hit("a", 2), new Hit("a", 1));
    assertThatThrownBy(() -> RetrievalScores.of(qrels, new Run(Map.of("q", twice), 1)))
        .hasMessageContaining("passage a was found twice");
    List<Hit> tied = List.of(new Hit("a", 1), new Hit("b", 1));
    assertThatThrownBy(() -> RetrievalScores.of(qrels, new Run(Map.of("q", tied), 2)))
        .hasMessageContaining("outranks");
  }

  /**
   * Values recorded from pytrec_eval 0.5 (trec_eval 9): ties, graded and negative judgements,
   * judged passages that were not found, a query that found nothing. docs/checks/metrics.py makes
   * the same comparison on whole runs.
   */
  @Test
  void aRunWithTiesScoresAsTrecEvalScoresIt() {
    Qrels qrels =
        qrels("q1 d1 2", "q1 d2 1", "q1 d3 0", "q1 d9 3", "q2 d10 1", "q2 d2 -1", "q3 d7 1");
    Map<String, List<Hit>> hits = new LinkedHashMap<>();
    hits.put("q1", List.of(new Hit("d3", 0.5f), new Hit("d2", 0.5f), new Hit("d1", 0.5f)));
    hits.put(
        "q2",
        List.of(
            new Hit("d4", 0.9f), new Hit("d2", 0.25f), new Hit("d10", 0.25f), new Hit("d1", -1f)));
    RetrievalScores scores = RetrievalScores.of(qrels, new Run(hits, 20));
    GOLDEN.forEach(
        (name, value) -> assertThat(scores.at(name)).as(name).isCloseTo(value, within(1e-9)));
    assertThat(RetrievalScores.of(qrels, new Run(Map.of(), 20)).at("map"))
        .isNotCloseTo(0.2407, within(1e-3));
  }

  private static final Map<String, Double> GOLDEN =
      Map.of(
          "map", 0.2407407407407407,
          "mrr_at_1000", 0.27777777777777773,
          "precision_at_3", 0.3333333333333333,
          "precision_at_10", 0.1,
          "recall_at_1", 0.0,
          "recall_at_3", 0.5555555555555555,
          "ndcg_at_1", 0.0,
          "ndcg_at_3", 0.2808328343948423,
          "ndcg_at_10", 0.2808328343948423,
          "map_at_10", 0.2407407407407407);
}
