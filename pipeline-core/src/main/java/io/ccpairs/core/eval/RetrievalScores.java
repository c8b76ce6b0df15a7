package io.ccpairs.core.eval;

import io.ccpairs.core.eval.task.Qrels;
import io.ccpairs.core.rank.Hit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How well rankings meet judgements, as trec_eval computes it: means over all queries that have a
 * relevant passage; a query for which nothing was found counts 0 (trec_eval's {@code -c}).
 *
 * <ul>
 *   <li>{@code ndcg_at_k}: gain of a passage its grade, discount log2(rank + 1), divided by the
 *       same of the best order of all judged passages;
 *   <li>{@code map_at_k}: precision at the ranks of relevant passages, summed, divided by the
 *       number of relevant passages; {@code map} to the depth of the run;
 *   <li>{@code recall_at_k}, {@code precision_at_k}: relevant passages among the first k, divided
 *       by all relevant ones, by k;
 *   <li>{@code mrr_at_k}: 1 / rank of the first relevant passage among the first k, else 0.
 * </ul>
 *
 * @param queries how many queries were averaged
 * @param values means by MTEB's names, between 0 and 1
 */
public record RetrievalScores(int queries, Map<String, Double> values) {
  private static final int[] CUTS = {1, 3, 5, 10, 20, 100, 1000};

  public RetrievalScores {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Compares a run with judgements.
   *
   * @throws IllegalArgumentException when a passage stands twice in a ranking, or the ranking is
   *     not in order
   */
  public static RetrievalScores of(Qrels qrels, Run run) {
    Map<String, Double> sums = new LinkedHashMap<>();
    Set<String> queries = qrels.answered();
    for (String query : queries) {
      List<Hit> hits = run.hits().getOrDefault(query, List.of());
      check(query, hits);
      addQuery(qrels.of(query), hits, sums);
    }
    sums.replaceAll((name, sum) -> sum / queries.size());
    return new RetrievalScores(queries.size(), sums);
  }

  private static void check(String query, List<Hit> hits) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < hits.size(); i++) {
      if (!seen.add(hits.get(i).id())) {
        throw new IllegalArgumentException(
            "Cannot judge query " + query + ": passage " + hits.get(i).id() + " was found twice");
      }
      if (i > 0 && Hit.BEST_FIRST.compare(hits.get(i - 1), hits.get(i)) > 0) {
        throw new IllegalArgumentException(
            "Cannot judge query " + query + ": hit " + (i + 1) + " outranks the one before it");
      }
    }
  }

  private static void addQuery(
      Map<String, Integer> grades, List<Hit> hits, Map<String, Double> sums) {
    List<Integer> best = new ArrayList<>(grades.values());
    best.removeIf(grade -> grade <= 0);
    best.sort(Collections.reverseOrder());
    int relevant = best.size();
    double[] gain = new double[hits.size() + 1];
    double[] precisions = new double[hits.size() + 1];
    int[] found = new int[hits.size() + 1];
    int first = 0;
    for (int i = 0; i < hits.size(); i++) {
      int grade = Math.max(0, grades.getOrDefault(hits.get(i).id(), 0));
      boolean good = grade > 0;
      found[i + 1] = found[i] + (good ? 1 : 0);
      gain[i + 1] = gain[i] + grade / log2(i + 2);
      precisions[i + 1] = precisions[i] + (good ? found[i + 1] / (i + 1.0) : 0);
      first = good && first == 0 ? i + 1 : first;
    }
    for (int cut : CUTS) {
      int depth = Math.min(cut, hits.size());
      double ideal = 0;
      for (int i = 0; i < Math.min(cut, relevant); i++) {
        ideal += best.get(i) / log2(i + 2);
      }
      add(sums, "ndcg_at_" + cut, gain[depth] / ideal);
      add(sums, "map_at_" + cut, precisions[depth] / relevant);
      add(sums, "recall_at_" + cut, (double) found[depth] / relevant);
      add(sums, "precision_at_" + cut, (double) found[depth] / cut);
      add(sums, "mrr_at_" + cut, first > 0 && first <= cut ? 1.0 / first : 0);
    }
    add(sums, "map", precisions[hits.size()] / relevant);
  }

  private static void add(Map<String, Double> sums, String name, double value) {
    sums.merge(name, value, Double::sum);
  }

  private static double log2(int number) {
    return Math.log(number) / Math.log(2);
  }

  /** One of the values; NaN where no query had a relevant passage. */
  public double at(String name) {
    return values.getOrDefault(name, Double.NaN);
  }

  /** BEIR's and MTEB's main score of retrieval. */
  public double ndcgAt10() {
    return at("ndcg_at_10");
  }

  /** MS MARCO's score. */
  public double mrrAt10() {
    return at("mrr_at_10");
  }

  /** What a reranker could still find. */
  public double recallAt100() {
    return at("recall_at_100");
  }
}
