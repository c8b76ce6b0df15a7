package io.ccpairs.core.eval;

import io.ccpairs.core.rank.Hit;
import java.util.List;
import java.util.Map;

/**
 * What a system found.
 *
 * @param hits for each query its passages, the best first ({@link Hit#BEST_FIRST})
 * @param passages how many passages were ranked
 */
public record Run(Map<String, List<Hit>> hits, long passages) {
  /** The lines of a run file of TREC: query, Q0, passage, rank from 1, score, tag. */
  public String trec(String tag) {
    StringBuilder lines = new StringBuilder();
    hits.forEach(
        (query, found) -> {
          for (int i = 0; i < found.size(); i++) {
            Hit hit = found.get(i);
            lines
                .append(query)
                .append(" Q0 ")
                .append(hit.id())
                .append(' ')
                .append(i + 1)
                .append(' ')
                .append(hit.score())
                .append(' ')
                .append(tag)
                .append('\n');
          }
        });
    return lines.toString();
  }
}
