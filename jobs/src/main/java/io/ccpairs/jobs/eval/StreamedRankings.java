package io.ccpairs.jobs.eval;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.eval.Embedder;
import io.ccpairs.core.eval.Rankings;
import io.ccpairs.core.eval.Run;
import io.ccpairs.core.eval.task.CorpusFiles;
import io.ccpairs.core.eval.task.Passage;
import io.ccpairs.core.eval.task.Passages;
import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.ExactSearch;
import io.ccpairs.core.rank.Hit;
import io.ccpairs.core.rank.TopHits;
import io.ccpairs.core.rank.lexical.Analyser;
import io.ccpairs.core.rank.lexical.Bm25;
import io.ccpairs.jobs.workspace.ContractException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.spark.HashPartitioner;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Rankings over a corpus that the executors read, encode and search: what {@link
 * io.ccpairs.core.eval.Rankings} finds on one machine. Passages are dealt out by hashes of their
 * ids, each task keeps the best of its own, and the best of all tasks are merged.
 *
 * <p>The number of parts follows from the number of passages alone, and within a part passages are
 * sorted by id, so the same texts are encoded together on any cluster.
 */
final class StreamedRankings {
  /** Passages encoded and searched together. */
  private static final int PORTION = 4096;

  /** Parts of a corpus that is not large: enough for many tasks, few enough hits to merge. */
  private static final int PARTS = 32;

  private static final int MOST_IN_PART = 65_536;

  /** Opens a model in a task. */
  @FunctionalInterface
  interface Model extends Serializable {
    /** The model of this process. */
    Embedder open() throws IOException;
  }

  private final JavaSparkContext context;
  private final Map<String, String> queries;
  private final JavaPairRDD<String, String> corpus;
  private final long passages;

  /**
   * Counts the corpus and deals it out.
   *
   * @param queries texts by id
   */
  StreamedRankings(SparkSession spark, CorpusFiles files, Map<String, String> queries) {
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.queries = queries;
    List<ByteSource> sources = files.files();
    JavaPairRDD<String, String> read =
        context
            .parallelize(sources, sources.size())
            .flatMap(PassageIterator::new)
            .mapToPair(passage -> new Tuple2<>(passage.id(), passage.text()));
    this.passages = read.count();
    long parts = Math.max(Math.min(PARTS, passages / PORTION), passages / MOST_IN_PART) + 1;
    this.corpus = read.repartitionAndSortWithinPartitions(new ByDraw(Math.toIntExact(parts)));
    corpus.foreachPartition(StreamedRankings::checkIds);
  }

  /** Equal ids stand side by side in one part. */
  private static void checkIds(Iterator<Tuple2<String, String>> part) {
    String last = null;
    while (part.hasNext()) {
      String id = part.next()._1;
      if (id.equals(last)) {
        throw new ContractException("Cannot rank a corpus with two passages of the id " + id);
      }
      last = id;
    }
  }

  /** How many of these passages there are. */
  long count(Set<String> ids) {
    Broadcast<Set<String>> wanted = context.broadcast(ids);
    return corpus.keys().filter(id -> wanted.value().contains(id)).count();
  }

  /** By cosine. */
  Run dense(Model model, Embeddings queryVectors, int depth) {
    Broadcast<Embeddings> vectors = context.broadcast(queryVectors);
    return merge(
        corpus.mapPartitionsToPair(
            part -> {
              Embedder encoder = model.open();
              try (ExactSearch search = new ExactSearch(vectors.value(), depth)) {
                List<String> ids = new ArrayList<>();
                List<String> texts = new ArrayList<>();
                while (part.hasNext()) {
                  Tuple2<String, String> passage = part.next();
                  ids.add(passage._1);
                  texts.add(passage._2);
                  if (!part.hasNext() || ids.size() == PORTION) {
                    search.add(ids, encoder.encode(Role.PASSAGE, texts));
                    ids = new ArrayList<>();
                    texts = new ArrayList<>();
                  }
                }
                return byQuery(search.hits());
              }
            }),
        depth);
  }

  /** By BM25. */
  Run bm25(Analyser analyser, int depth) {
    Broadcast<Bm25> shared = context.broadcast(new Bm25(analyser, List.copyOf(queries.values())));
    Bm25.Statistics whole =
        corpus
            .mapPartitions(
                part -> {
                  Bm25.Statistics statistics = shared.value().statistics();
                  part.forEachRemaining(passage -> shared.value().count(passage._2, statistics));
                  return List.of(statistics).iterator();
                })
            .reduce(Bm25.Statistics::add);
    Broadcast<Bm25.Statistics> counted = context.broadcast(whole);
    return merge(
        corpus.mapPartitionsToPair(
            part -> {
              Bm25.Scorer scorer = shared.value().scorer(counted.value(), depth);
              part.forEachRemaining(passage -> scorer.add(passage._1, passage._2));
              return byQuery(scorer.hits());
            }),
        depth);
  }

  /** By chance. */
  Run random(int depth, long seed) {
    long[] keys = queries.keySet().stream().mapToLong(id -> Rankings.chanceKey(id, seed)).toArray();
    return merge(
        corpus.mapPartitionsToPair(
            part -> {
              TopHits[] hits = new TopHits[keys.length];
              Arrays.setAll(hits, query -> new TopHits(depth));
              while (part.hasNext()) {
                String id = part.next()._1;
                long key = Rankings.chanceKey(id, ~seed);
                for (int query = 0; query < keys.length; query++) {
                  hits[query].add(id, Rankings.chance(keys[query], key));
                }
              }
              return byQuery(hits);
            }),
        depth);
  }

  private static Iterator<Tuple2<Integer, TopHits>> byQuery(TopHits[] hits) {
    List<Tuple2<Integer, TopHits>> rows = new ArrayList<>();
    for (int query = 0; query < hits.length; query++) {
      rows.add(new Tuple2<>(query, hits[query]));
    }
    return rows.iterator();
  }

  private Run merge(JavaPairRDD<Integer, TopHits> parts, int depth) {
    TopHits[] all = new TopHits[queries.size()];
    Arrays.setAll(all, query -> new TopHits(depth));
    parts
        .reduceByKey(new HashPartitioner(PARTS), TopHits::addAll)
        .collect()
        .forEach(row -> all[row._1].addAll(row._2));
    Map<String, List<Hit>> hits = new LinkedHashMap<>();
    int row = 0;
    for (String query : queries.keySet()) {
      hits.put(query, all[row++].best());
    }
    return new Run(hits, passages);
  }

  /** The part of a passage, by its id alone. */
  private static final class ByDraw extends Partitioner {
    private final int parts;

    ByDraw(int parts) {
      this.parts = parts;
    }

    @Override
    public int numPartitions() {
      return parts;
    }

    @Override
    public int getPartition(Object id) {
      return (int) Math.floorMod(PairId.draw((String) id, 0), (long) parts);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ByDraw byDraw && byDraw.parts == parts;
    }

    @Override
    public int hashCode() {
      return parts;
    }
  }

  /** The passages of a file; closes it at its end. */
  private static final class PassageIterator implements Iterator<Passage> {
    private final Passages passages;
    private @Nullable Passage next;

    PassageIterator(ByteSource file) throws IOException {
      this.passages = CorpusFiles.open(file);
      advance();
    }

    private void advance() {
      try {
        next = passages.next();
        if (next == null) {
          passages.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Passage next() {
      Passage passage = next;
      if (passage == null) {
        throw new NoSuchElementException();
      }
      advance();
      return passage;
    }
  }
}
