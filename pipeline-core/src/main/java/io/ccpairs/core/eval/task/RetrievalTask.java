package io.ccpairs.core.eval.task;

import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Queries, judgements and a corpus.
 *
 * @param queries texts by id, in file order; only those that have a relevant passage count
 * @param qrels the judgements
 * @param corpus the passages, read anew for each pass
 */
public record RetrievalTask(Map<String, String> queries, Qrels qrels, Corpus corpus) {
  /** A corpus that can be read as often as need be and is never held whole. */
  @FunctionalInterface
  public interface Corpus {
    /** Opens it at its beginning; the caller closes it. */
    Passages open() throws IOException;
  }

  /** How many of these passages are in the corpus; reads all of it. */
  public long inCorpus(Set<String> ids) throws IOException {
    long there = 0;
    try (Passages passages = corpus.open()) {
      for (Passage passage = passages.next(); passage != null; passage = passages.next()) {
        there += ids.contains(passage.id()) ? 1 : 0;
      }
    }
    return there;
  }

  /** The queries that have a relevant passage, in file order. */
  public Map<String, String> answered() {
    Map<String, String> answered = new java.util.LinkedHashMap<>(queries);
    answered.keySet().retainAll(qrels.answered());
    return answered;
  }
}
