package io.ccpairs.core.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.eval.task.Passage;
import io.ccpairs.core.eval.task.Passages;
import io.ccpairs.core.eval.task.Qrels;
import io.ccpairs.core.eval.task.RetrievalTask;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.Hit;
import io.ccpairs.core.rank.lexical.Analyser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RankingsTest {
  private static final List<String> WORDS =
      List.of("wing", "lift", "stream", "heat", "slab", "wave", "tube", "noise", "radio", "field");

  /** Passage i speaks of two words by its number; question j asks for those of passage j. */
  private static RetrievalTask task(int passages, int queries) {
    List<Passage> corpus = new ArrayList<>();
    Map<String, String> questions = new LinkedHashMap<>();
    Qrels qrels = new Qrels();
    for (int i = 0; i < passages; i++) {
      String words = WORDS.get(i % 10) + " " + WORDS.get(i / 10 % 10) + " n" + i;
      corpus.add(new Passage("d" + i, words));
      if (i < queries) {
        questions.put("q" + i, words);
        qrels.add("q" + i, "d" + i, 1);
      }
    }
    questions.put("unjudged", "wing");
    return new RetrievalTask(questions, qrels, () -> Passages.of(corpus));
  }

  /** A bag of hashed words of unit length. */
  static Embeddings bags(Role role, List<String> texts) {
    int width = 32;
    float[] values = new float[width * texts.size()];
    for (int row = 0; row < texts.size(); row++) {
      for (String word : texts.get(row).split(" ")) {
        values[row * width + Math.floorMod(PairId.draw(word, 1), width)] += 1;
      }
      double square = 0;
      for (int i = 0; i < width; i++) {
        square += values[row * width + i] * values[row * width + i];
      }
      for (int i = 0; i < width; i++) {
        values[row * width + i] /= (float) Math.sqrt(square);
      }
    }
    return new Embeddings(width, values);
  }

  @Test
  void wordsFindWhatTheySpellAndChanceDoesNot() throws IOException {
    RetrievalTask task = task(5000, 50);
    Run bm25 = Rankings.bm25(task, Analyser.WORDS, 100);
    Run dense = Rankings.dense(task, RankingsTest::bags, 100);
    Run random = Rankings.random(task, 100, 1);
    assertThat(bm25.passages()).isEqualTo(5000);
    assertThat(dense.passages()).isEqualTo(5000);
    assertThat(bm25.hits()).doesNotContainKey("unjudged").hasSize(50);
    assertThat(RetrievalScores.of(task.qrels(), bm25).ndcgAt10()).isEqualTo(1);
    assertThat(RetrievalScores.of(task.qrels(), dense).recallAt100()).isGreaterThan(0.5);
    RetrievalScores chance = RetrievalScores.of(task.qrels(), random);
    assertThat(chance.recallAt100()).isBetween(0.0, 0.1); // 100 of 5,000 drawn for each query
    assertThat(Rankings.random(task, 100, 1)).isEqualTo(random);
    assertThat(Rankings.random(task, 100, 2)).isNotEqualTo(random);
  }

  @Test
  void aRunIsWrittenAsTrecReadsIt() {
    Run run = new Run(Map.of("q", List.of(new Hit("d2", 0.5f), new Hit("d1", 0.5f))), 2);
    assertThat(run.trec("ours")).isEqualTo("q Q0 d2 1 0.5 ours\nq Q0 d1 2 0.5 ours\n");
  }
}
