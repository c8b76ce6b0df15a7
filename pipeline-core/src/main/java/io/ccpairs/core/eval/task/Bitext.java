package io.ccpairs.core.eval.task;

import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.input.CorruptInputException;
import java.io.IOException;
import java.util.List;

/**
 * Sentences of two languages.
 *
 * @param source sentences
 * @param target sentences
 * @param gold for each source sentence the number of its translation among the targets; −1 where it
 *     has none
 */
public record Bitext(List<String> source, List<String> target, List<Integer> gold) {
  public Bitext {
    int targets = target.size();
    if (source.size() != gold.size()
        || gold.stream().anyMatch(place -> place < -1 || place >= targets)) {
      throw new IllegalArgumentException("Cannot mine a bitext whose gold does not fit it");
    }
    source = List.copyOf(source);
    target = List.copyOf(target);
    gold = List.copyOf(gold);
  }

  /**
   * Two files of which equal lines are translations, as Tatoeba's.
   *
   * @throws CorruptInputException when one has more lines than the other
   */
  public static Bitext aligned(ByteSource source, ByteSource target) throws IOException {
    List<String> one = SentencePairFile.sentences(source);
    List<String> other = SentencePairFile.sentences(target);
    if (one.size() != other.size()) {
      throw new CorruptInputException(
          target.name(),
          "line " + other.size(),
          "it has " + other.size() + " lines, " + source.name() + " has " + one.size());
    }
    return new Bitext(one, other, java.util.stream.IntStream.range(0, one.size()).boxed().toList());
  }
}
