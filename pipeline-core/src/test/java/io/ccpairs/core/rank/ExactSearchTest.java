package io.ccpairs.core.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.pair.PairId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactSearchTest {
  private static final int D = 24;

  /** Unit vectors in few directions, so that many cosines are equal or almost equal. */
  private static Embeddings vectors(int rows, int directions, long seed) {
    float[] values = new float[rows * D];
    for (int row = 0; row < rows; row++) {
      double square = 0;
      long direction = Math.floorMod(PairId.mix(row + seed), (long) directions);
      for (int i = 0; i < D; i++) {
        values[row * D + i] = (PairId.mix(direction * D + i) >>> 40) * 0x1p-24f + 0.2f;
        square += values[row * D + i] * values[row * D + i];
      }
      for (int i = 0; i < D; i++) {
        values[row * D + i] /= (float) Math.sqrt(square);
      }
    }
    return new Embeddings(D, values);
  }

  private static Embeddings slice(Embeddings all, int begin, int end) {
    return new Embeddings(D, Arrays.copyOfRange(all.values(), begin * D, end * D));
  }

  private static List<String> ids(int begin, int end) {
    return IntStream.range(begin, end).mapToObj(i -> "d" + i).toList();
  }

  private static List<List<Hit>> search(
      Embeddings queries, Embeddings passages, int limit, int portion) throws IOException {
    try (ExactSearch search = new ExactSearch(queries, limit)) {
      for (int begin = 0; begin < passages.rows(); begin += portion) {
        int end = Math.min(passages.rows(), begin + portion);
        search.add(ids(begin, end), slice(passages, begin, end));
      }
      return search.best();
    }
  }

  @ParameterizedTest(name = "{0} passages of {1} directions, {2} hits, {3} at a time")
  @CsvSource({"6000, 50, 10, 6000", "6000, 6000, 100, 777", "300, 7, 1000, 300", "40, 40, 1, 13"})
  void theHitsAreThoseOfAFullSort(int passages, int directions, int limit, int portion)
      throws IOException {
    Embeddings queries = vectors(300, 300, 99);
    Embeddings all = vectors(passages, directions, 1);
    List<List<Hit>> found = search(queries, all, limit, portion);
    for (int query = 0; query < queries.rows(); query += 37) {
      List<Hit> sorted = new ArrayList<>();
      for (int i = 0; i < passages; i++) {
        sorted.add(new Hit("d" + i, (float) ExactSearch.product(queries, query, all, i)));
      }
      sorted.sort(Hit.BEST_FIRST);
      assertThat(found.get(query)).isEqualTo(sorted.subList(0, Math.min(limit, passages)));
    }
  }

  @Test
  void equalScoresGoByIdFromTheLastOne() throws IOException {
    Embeddings one = new Embeddings(2, new float[] {1, 0});
    Embeddings same = new Embeddings(2, new float[] {0.6f, 0.8f, 0.6f, 0.8f, 0.6f, 0.8f});
    try (ExactSearch search = new ExactSearch(one, 2)) {
      search.add(List.of("d2", "d10", "d1"), same);
      assertThat(search.best().get(0)).extracting(Hit::id).containsExactly("d2", "d10");
    }
  }

  @Test
  void aVectorThatIsNoUnitVectorIsRefusedByName() throws IOException {
    Embeddings one = new Embeddings(2, new float[] {1, 0});
    try (ExactSearch search = new ExactSearch(one, 2)) {
      assertThatThrownBy(
              () ->
                  search.add(
                      List.of("good", "bad"), new Embeddings(2, new float[] {0, 1, Float.NaN, 0})))
          .hasMessageContaining("passage bad")
          .hasMessageContaining("NaN");
    }
  }

  @Test
  void mergedPartsHoldWhatOneListHolds() {
    TopHits whole = new TopHits(20);
    TopHits left = new TopHits(20);
    TopHits right = new TopHits(20);
    for (int i = 0; i < 500; i++) {
      float score = Math.floorMod(PairId.mix(i), 40);
      whole.add("p" + i, score);
      (i % 3 == 0 ? left : right).add("p" + i, score);
    }
    assertThat(right.addAll(left).best()).isEqualTo(whole.best()).hasSize(20);
    assertThat(whole.floor()).isEqualTo(whole.best().get(19).score());
  }
}
