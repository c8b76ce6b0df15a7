package io.ccpairs.jobs.filter;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.jobs.RandomModel;
import io.ccpairs.jobs.Tables;
import java.util.ArrayList;
import java.util.List;

/** Pairs of which every other one belongs together, in two origins and two languages. */
final class Pairs {
  private Pairs() {}

  static List<TextPair> some(int count) {
    List<TextPair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String passage = RandomModel.words(i, 9);
      String query =
          i % 2 == 0
              ? passage.substring(0, passage.lastIndexOf(' '))
              : RandomModel.words(-i - 1, 6);
      if (i % 41 == 40) {
        query = query + " " + RandomModel.NO_NUMBER;
      } else if (i % 43 == 42) {
        passage = passage + " " + RandomModel.NO_NUMBER;
      } else if (i % 47 == 46) {
        passage = RandomModel.words(i - 2, 9); // another pair's passage: the pool holds it once
      }
      Origin origin = i % 3 == 0 ? Origin.WIKIPEDIA : Origin.STACKEXCHANGE;
      pairs.add(Tables.pair(origin, i, query, passage).withLang(i % 5 == 0 ? "de" : "en"));
    }
    return pairs;
  }

  static FilterConfig config(int k, int poolSize) {
    FilterConfig d = FilterConfig.defaults();
    return new FilterConfig(
        k, 10, poolSize, d.stratum(), 50, 32, 64, 1_000_000, 100, 1, d.seed(), 50, d.dropped());
  }
}
