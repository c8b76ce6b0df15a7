package io.ccpairs.core.rank.lexical;

import io.ccpairs.core.rank.TopHits;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BM25 of many queries at once over passages that stream by. In Lucene's form, with the parameters
 * of Anserini, which BEIR's figures rest on:
 *
 * <pre>
 * score(q, p) = Σ over the words of q:  ln(1 + (N − n + 0.5) / (n + 0.5)) · f / (f + k1 · (1 − b + b · |p| / mean |p|))
 * </pre>
 *
 * <p>N passages, n of them hold the word, f times in p; |p| counts p's terms. A word that stands
 * twice in the query counts twice. Lengths are exact, where Lucene keeps 8 bits of each.
 *
 * <p>No index is built: the words of the queries are all that must be counted, so the first pass
 * takes the {@link Statistics} and the second scores. Both divide into parts that add up, for
 * corpora larger than memory.
 */
public final class Bm25 implements Serializable {
  /** Saturation of repeated words. */
  public static final double K1 = 0.9;

  /** How much a passage's length counts. */
  public static final double B = 0.4;

  private final Analyser analyser;
  private final Map<String, Integer> terms = new HashMap<>();

  /** For each term the queries that hold it, and how often. */
  private final int[][] queriesOfTerm;

  private final int[][] timesOfTerm;
  private final int queries;

  /** Prepares queries. */
  public Bm25(Analyser analyser, List<String> queries) {
    this.analyser = analyser;
    this.queries = queries.size();
    List<Map<Integer, Integer>> postings = new ArrayList<>();
    for (int query = 0; query < queries.size(); query++) {
      for (String word : analyser.terms(queries.get(query))) {
        int term = terms.computeIfAbsent(word, absent -> terms.size());
        if (term == postings.size()) {
          postings.add(new HashMap<>());
        }
        postings.get(term).merge(query, 1, Integer::sum);
      }
    }
    this.queriesOfTerm = new int[postings.size()][];
    this.timesOfTerm = new int[postings.size()][];
    for (int term = 0; term < queriesOfTerm.length; term++) {
      Map<Integer, Integer> posting = postings.get(term);
      queriesOfTerm[term] =
          posting.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
      timesOfTerm[term] = Arrays.stream(queriesOfTerm[term]).map(posting::get).toArray();
    }
  }

  /** Counts of a part of the corpus. */
  public static final class Statistics implements Serializable {
    private long passages;
    private long words;
    private final long[] passagesOfTerm;

    private Statistics(int terms) {
      this.passagesOfTerm = new long[terms];
    }

    /** Adds the counts of another part. */
    public Statistics add(Statistics other) {
      passages += other.passages;
      words += other.words;
      for (int term = 0; term < passagesOfTerm.length; term++) {
        passagesOfTerm[term] += other.passagesOfTerm[term];
      }
      return this;
    }

    /** N. */
    public long passages() {
      return passages;
    }
  }

  /** Counts of an empty part. */
  public Statistics statistics() {
    return new Statistics(queriesOfTerm.length);
  }

  /** Counts a passage. */
  public void count(String passage, Statistics into) {
    List<String> words = analyser.terms(passage);
    into.passages++;
    into.words += words.size();
    int[] distinct = new int[words.size()];
    int found = 0;
    for (String word : words) {
      Integer term = terms.get(word);
      if (term != null) {
        distinct[found++] = term;
      }
    }
    Arrays.sort(distinct, 0, found);
    for (int i = 0; i < found; i++) {
      if (i == 0 || distinct[i] != distinct[i - 1]) {
        into.passagesOfTerm[distinct[i]]++;
      }
    }
  }

  /**
   * Scores passages, one thread at a time.
   *
   * @param whole the counts of the whole corpus
   * @param limit hits kept for each query
   */
  public Scorer scorer(Statistics whole, int limit) {
    return new Scorer(whole, limit);
  }

  /** Scores passages and keeps the best for each query. */
  public final class Scorer {
    private final double[] weights = new double[queriesOfTerm.length];
    private final double meanLength;
    private final TopHits[] hits = new TopHits[queries];
    private final double[] scores = new double[queries];
    private final int[] touched = new int[queries];

    private Scorer(Statistics whole, int limit) {
      for (int term = 0; term < weights.length; term++) {
        long n = whole.passagesOfTerm[term];
        weights[term] = Math.log(1 + (whole.passages - n + 0.5) / (n + 0.5));
      }
      this.meanLength = whole.passages == 0 ? 1 : (double) whole.words / whole.passages;
      Arrays.setAll(hits, query -> new TopHits(limit));
    }

    /** Scores a passage against every query that shares a word with it. */
    public void add(String id, String passage) {
      List<String> words = analyser.terms(passage);
      int[] found = new int[words.size()];
      int count = 0;
      for (String word : words) {
        Integer term = terms.get(word);
        if (term != null) {
          found[count++] = term;
        }
      }
      Arrays.sort(found, 0, count);
      double saturation = K1 * (1 - B + B * words.size() / meanLength);
      int some = 0;
      for (int i = 0; i < count; ) {
        int term = found[i];
        int times = 0;
        for (; i < count && found[i] == term; i++) {
          times++;
        }
        double score = weights[term] * times / (times + saturation);
        int[] holders = queriesOfTerm[term];
        int[] repeats = timesOfTerm[term];
        for (int j = 0; j < holders.length; j++) {
          int query = holders[j];
          if (scores[query] == 0) {
            touched[some++] = query;
          }
          scores[query] += repeats[j] * score;
        }
      }
      for (int j = 0; j < some; j++) {
        hits[touched[j]].add(id, (float) scores[touched[j]]);
        scores[touched[j]] = 0;
      }
    }

    /** For each query its hits among the passages so far. */
    public TopHits[] hits() {
      return hits.clone();
    }
  }
}
