package io.ccpairs.core.eval;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.eval.task.Bitext;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.ExactSearch;
import io.ccpairs.core.rank.Hit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether an encoder finds translations. Both sides are read as queries.
 *
 * <ul>
 *   <li>{@code accuracy}: share of source sentences whose nearest target is their translation;
 *       {@code f1, precision, recall}: the same as MTEB's Tatoeba and BUCC count it, the mean over
 *       targets as classes, weighted by their number.
 *   <li>{@code margin_*}: nearest by the ratio margin, cos(x, y) over the mean cosine of x and y to
 *       their four nearest (Artetxe and Schwenk 2019), among the four nearest.
 *   <li>{@code mined_f1, mined_margin_f1}: pairs mined from both directions, each sentence in at
 *       most one, the best first, with the threshold that gives the best F1, as BUCC is scored.
 * </ul>
 *
 * @param nearest for each source sentence the target of the greatest cosine; of equal ones the last
 * @param nearestByMargin the same by margin
 * @param values scores by name, between 0 and 1
 */
public record BitextScores(
    List<Integer> nearest, List<Integer> nearestByMargin, Map<String, Double> values) {
  private static final int NEIGHBOURS = 4; // as in Artetxe and Schwenk

  private record Mined(int source, int target, double score) {
    /** The same pair, found from the other side. */
    Mined turned() {
      int from = target;
      return new Mined(from, source, score);
    }
  }

  /** Encodes both sides and looks for translations. */
  public static BitextScores of(Bitext bitext, Embedder encoder) throws IOException {
    return of(
        encoder.encode(Role.QUERY, bitext.source()),
        encoder.encode(Role.QUERY, bitext.target()),
        bitext.gold().stream().mapToInt(Integer::intValue).toArray());
  }

  /** The same from vectors; gold as in {@link Bitext}. */
  static BitextScores of(Embeddings source, Embeddings target, int[] gold) throws IOException {
    List<List<Hit>> forward = neighbours(source, target);
    List<List<Hit>> backward = neighbours(target, source);
    double[] meanOfSource = means(forward);
    double[] meanOfTarget = means(backward);
    List<Mined> plain = new ArrayList<>();
    List<Mined> margin = new ArrayList<>();
    for (int i = 0; i < forward.size(); i++) {
      plain.add(best(forward, i, null, null));
      margin.add(best(forward, i, meanOfSource, meanOfTarget));
    }
    Map<String, Double> values = new LinkedHashMap<>();
    addNearest(values, "", plain, gold);
    addNearest(values, "margin_", margin, gold);
    List<Integer> nearest = plain.stream().map(Mined::target).toList();
    List<Integer> nearestByMargin = margin.stream().map(Mined::target).toList();
    for (int j = 0; j < backward.size(); j++) {
      plain.add(best(backward, j, null, null).turned());
      margin.add(best(backward, j, meanOfTarget, meanOfSource).turned());
    }
    values.put("mined_f1", minedF1(plain, gold));
    values.put("mined_margin_f1", minedF1(margin, gold));
    return new BitextScores(nearest, nearestByMargin, values);
  }

  private static List<List<Hit>> neighbours(Embeddings of, Embeddings among) throws IOException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < among.rows(); i++) {
      ids.add(String.format(java.util.Locale.ROOT, "%010d", i));
    }
    try (ExactSearch search = new ExactSearch(of, NEIGHBOURS)) {
      search.add(ids, among);
      return search.best();
    }
  }

  private static double[] means(List<List<Hit>> neighbours) {
    return neighbours.stream()
        .mapToDouble(hits -> hits.stream().mapToDouble(Hit::score).average().orElse(1))
        .toArray();
  }

  /** The best target of a source sentence: by cosine, or by margin where means are given. */
  private static Mined best(
      List<List<Hit>> neighbours,
      int source,
      double @Nullable [] meanOfSource,
      double @Nullable [] meanOfTarget) {
    Mined best = new Mined(source, -1, Double.NEGATIVE_INFINITY);
    for (Hit hit : neighbours.get(source)) {
      int target = Integer.parseInt(hit.id());
      double score =
          meanOfSource == null || meanOfTarget == null
              ? hit.score()
              : hit.score() / ((meanOfSource[source] + meanOfTarget[target]) / 2);
      if (score > best.score) {
        best = new Mined(source, target, score);
      }
    }
    return best;
  }

  private static void addNearest(
      Map<String, Double> values, String prefix, List<Mined> nearest, int[] gold) {
    Map<Integer, Integer> predicted = new HashMap<>();
    int counted = 0;
    for (Mined mined : nearest) {
      if (gold[mined.source] >= 0) {
        predicted.merge(mined.target, 1, Integer::sum);
        counted++;
      }
    }
    Map<Integer, Integer> support = new HashMap<>();
    Map<Integer, Integer> correct = new HashMap<>();
    for (Mined mined : nearest) {
      if (gold[mined.source] >= 0) {
        support.merge(gold[mined.source], 1, Integer::sum);
        if (gold[mined.source] == mined.target) {
          correct.merge(mined.target, 1, Integer::sum);
        }
      }
    }
    double accuracy = 0;
    double precision = 0;
    double f1 = 0;
    for (Map.Entry<Integer, Integer> entry : correct.entrySet()) {
      double right = entry.getValue();
      double truth = support.getOrDefault(entry.getKey(), 0);
      double said = predicted.getOrDefault(entry.getKey(), 0);
      accuracy += right;
      precision += truth * right / said;
      f1 += truth * 2 * right / (truth + said);
    }
    values.put(prefix + "accuracy", accuracy / counted);
    values.put(prefix + "precision", precision / counted);
    values.put(prefix + "recall", accuracy / counted);
    values.put(prefix + "f1", f1 / counted);
  }

  private static double minedF1(List<Mined> candidates, int[] gold) {
    List<Mined> sorted = new ArrayList<>(candidates);
    sorted.sort(
        Comparator.comparingDouble((Mined mined) -> -mined.score)
            .thenComparingInt(mined -> mined.source)
            .thenComparingInt(mined -> mined.target));
    boolean[] sourceTaken = new boolean[gold.length];
    Map<Integer, Boolean> targetTaken = new HashMap<>();
    long all = Arrays.stream(gold).filter(target -> target >= 0).count();
    double best = 0;
    int mined = 0;
    int right = 0;
    for (int i = 0; i < sorted.size(); i++) {
      Mined pair = sorted.get(i);
      if (!sourceTaken[pair.source] && targetTaken.putIfAbsent(pair.target, true) == null) {
        sourceTaken[pair.source] = true;
        mined++;
        right += gold[pair.source] == pair.target ? 1 : 0;
      }
      boolean lastOfItsScore = i + 1 == sorted.size() || sorted.get(i + 1).score < pair.score;
      if (lastOfItsScore && mined > 0) {
        best = Math.max(best, 2.0 * right / (mined + all));
      }
    }
    return best;
  }
}
