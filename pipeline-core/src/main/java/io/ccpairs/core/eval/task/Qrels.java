package io.ccpairs.core.eval.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Relevance judgements: for each query the grades of passages. A grade of 1 or more is relevant, 0
 * or less is not; what is not judged is not relevant.
 */
public final class Qrels {
  private final Map<String, Map<String, Integer>> grades = new LinkedHashMap<>();

  /** Notes a judgement; a later one of the same passage replaces it. */
  public void add(String query, String passage, int grade) {
    grades.computeIfAbsent(query, absent -> new LinkedHashMap<>()).put(passage, grade);
  }

  /** The grades of one query by passage; empty where nothing was judged. */
  public Map<String, Integer> of(String query) {
    return Collections.unmodifiableMap(grades.getOrDefault(query, Map.of()));
  }

  /** The queries that have at least one relevant passage. */
  public Set<String> answered() {
    Set<String> answered = new LinkedHashSet<>();
    grades.forEach(
        (query, passages) -> {
          if (passages.values().stream().anyMatch(grade -> grade > 0)) {
            answered.add(query);
          }
        });
    return answered;
  }

  /** The passages that are relevant to any query. */
  public Set<String> relevant() {
    Set<String> relevant = new LinkedHashSet<>();
    grades
        .values()
        .forEach(
            passages ->
                passages.forEach(
                    (passage, grade) -> {
                      if (grade > 0) {
                        relevant.add(passage);
                      }
                    }));
    return relevant;
  }

  /** The lines of a qrels file of TREC: query, 0, passage, grade. */
  public String trec() {
    StringBuilder lines = new StringBuilder();
    grades.forEach(
        (query, passages) ->
            passages.forEach(
                (passage, grade) ->
                    lines
                        .append(query)
                        .append(" 0 ")
                        .append(passage)
                        .append(' ')
                        .append(grade)
                        .append('\n')));
    return lines.toString();
  }

  /** Whether nothing is judged. */
  public boolean isEmpty() {
    return grades.isEmpty();
  }
}
