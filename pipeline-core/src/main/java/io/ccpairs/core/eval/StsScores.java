package io.ccpairs.core.eval;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.eval.task.SentencePairs;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.ExactSearch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether an encoder finds alike what people find alike. Both sides are read as queries (E5's
 * convention for symmetric tasks).
 *
 * @param cosines of the pairs
 * @param values {@code cosine_spearman}, MTEB's main score, and {@code cosine_pearson}
 */
public record StsScores(List<Double> cosines, Map<String, Double> values) {
  /** Encodes the pairs and compares their cosines with the scores that people gave. */
  public static StsScores of(SentencePairs pairs, Embedder encoder) {
    Embeddings first = encoder.encode(Role.QUERY, pairs.first());
    Embeddings second = encoder.encode(Role.QUERY, pairs.second());
    double[] cosines = new double[first.rows()];
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = ExactSearch.product(first, i, second, i);
    }
    return of(cosines, pairs);
  }

  private static StsScores of(double[] cosines, SentencePairs pairs) {
    double[] gold = pairs.scores().stream().mapToDouble(Double::doubleValue).toArray();
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("cosine_spearman", Correlation.spearman(cosines, gold));
    values.put("cosine_pearson", Correlation.pearson(cosines, gold));
    return new StsScores(java.util.Arrays.stream(cosines).boxed().toList(), values);
  }
}
