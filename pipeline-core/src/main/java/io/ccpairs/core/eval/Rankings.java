package io.ccpairs.core.eval;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.eval.task.Passage;
import io.ccpairs.core.eval.task.Passages;
import io.ccpairs.core.eval.task.RetrievalTask;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.ExactSearch;
import io.ccpairs.core.rank.Hit;
import io.ccpairs.core.rank.TopHits;
import io.ccpairs.core.rank.lexical.Analyser;
import io.ccpairs.core.rank.lexical.Bm25;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rankings of a retrieval task by an encoder, by words, and by chance, on one machine. The corpus
 * streams by; memory holds the queries, their hits and one portion of passages.
 */
public final class Rankings {
  /** Hits kept for each query, as BEIR and MTEB keep them. */
  public static final int DEPTH = 1000;

  /**
   * Passages encoded together. Portions are cut in file order, so their vectors are always the
   * same.
   */
  private static final int PORTION = 4096;

  private Rankings() {}

  /** By the cosine of query and passage, every passage compared. */
  public static Run dense(RetrievalTask task, Embedder encoder, int depth) throws IOException {
    Map<String, String> queries = task.answered();
    Embeddings vectors = encoder.encode(Role.QUERY, List.copyOf(queries.values()));
    long passages = 0;
    try (ExactSearch search = new ExactSearch(vectors, depth);
        Passages corpus = task.corpus().open()) {
      List<String> ids = new ArrayList<>();
      List<String> texts = new ArrayList<>();
      @Nullable Passage passage = corpus.next();
      while (passage != null) {
        ids.add(passage.id());
        texts.add(passage.text());
        passages++;
        passage = corpus.next();
        if (passage == null || ids.size() == PORTION) {
          search.add(ids, encoder.encode(Role.PASSAGE, texts));
          ids = new ArrayList<>();
          texts = new ArrayList<>();
        }
      }
      return new Run(byQuery(queries, search.best()), passages);
    }
  }

  /** By BM25; passages that share no word with the query are not found. */
  public static Run bm25(RetrievalTask task, Analyser analyser, int depth) throws IOException {
    Map<String, String> queries = task.answered();
    Bm25 bm25 = new Bm25(analyser, List.copyOf(queries.values()));
    Bm25.Statistics statistics = bm25.statistics();
    try (Passages corpus = task.corpus().open()) {
      for (Passage passage = corpus.next(); passage != null; passage = corpus.next()) {
        bm25.count(passage.text(), statistics);
      }
    }
    Bm25.Scorer scorer = bm25.scorer(statistics, depth);
    try (Passages corpus = task.corpus().open()) {
      for (Passage passage = corpus.next(); passage != null; passage = corpus.next()) {
        scorer.add(passage.id(), passage.text());
      }
    }
    return new Run(byQuery(queries, best(scorer.hits())), statistics.passages());
  }

  /** By a draw for each query and passage: what a system that knows nothing reaches. */
  public static Run random(RetrievalTask task, int depth, long seed) throws IOException {
    Map<String, String> queries = task.answered();
    TopHits[] hits = new TopHits[queries.size()];
    Arrays.setAll(hits, query -> new TopHits(depth));
    long[] keys = queries.keySet().stream().mapToLong(id -> chanceKey(id, seed)).toArray();
    long passages = 0;
    try (Passages corpus = task.corpus().open()) {
      for (Passage passage = corpus.next(); passage != null; passage = corpus.next()) {
        long key = chanceKey(passage.id(), ~seed);
        for (int i = 0; i < keys.length; i++) {
          hits[i].add(passage.id(), chance(keys[i], key));
        }
        passages++;
      }
    }
    return new Run(byQuery(queries, best(hits)), passages);
  }

  /** What {@link #chance} needs of a query's id, or of a passage's under the seed's complement. */
  public static long chanceKey(String id, long seed) {
    return PairId.draw(id, seed);
  }

  /** The score of the random baseline: uniform from 0 to below 1. */
  public static float chance(long queryKey, long passageKey) {
    return (PairId.mix(queryKey ^ passageKey) >>> 40) * 0x1p-24f;
  }

  private static List<List<Hit>> best(TopHits[] hits) {
    return Arrays.stream(hits).map(TopHits::best).toList();
  }

  private static Map<String, List<Hit>> byQuery(Map<String, String> queries, List<List<Hit>> hits) {
    Map<String, List<Hit>> byQuery = new LinkedHashMap<>();
    int row = 0;
    for (String query : queries.keySet()) {
      byQuery.put(query, hits.get(row++));
    }
    return byQuery;
  }
}
