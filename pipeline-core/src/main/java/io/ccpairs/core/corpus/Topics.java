package io.ccpairs.core.corpus;

import io.ccpairs.core.pair.PairId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The concepts, and which of them threads and pages may be about. Read once for each JVM. */
final class Topics {
  /** One concept in this many is kept for the held-out task. */
  private static final int HELD_OUT = 20;

  private static final long HELD_OUT_SEED = 20;

  private static final Topics ALL = load();

  private final List<Concept> concepts;
  private final int[] subjects;
  private final int[] heldOut;

  private Topics(List<Concept> concepts) {
    this.concepts = concepts;
    List<Integer> subjects = new ArrayList<>();
    List<Integer> held = new ArrayList<>();
    for (int i = 0; i < concepts.size(); i++) {
      Concept concept = concepts.get(i);
      boolean rich = concept.part() != 'r' && concept.definition().length() >= 25;
      if (rich) {
        boolean kept =
            Long.remainderUnsigned(
                    PairId.draw(concept.name() + concept.definition(), HELD_OUT_SEED), HELD_OUT)
                == 0;
        (kept ? held : subjects).add(i);
      }
    }
    this.subjects = subjects.stream().mapToInt(Integer::intValue).toArray();
    this.heldOut = held.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Topics load() {
    try {
      return new Topics(WordNet.read());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Topics all() {
    return ALL;
  }

  Concept concept(int number) {
    return concepts.get(number);
  }

  /** A concept that threads may be about. */
  Concept subject(Dice dice) {
    return concepts.get(subjects[dice.roll(subjects.length)]);
  }

  /** Concepts that no thread is about, in an order that never changes. */
  int[] heldOut() {
    return heldOut.clone();
  }

  List<Concept> of(int[] numbers, int most, Dice dice) {
    List<Concept> chosen = new ArrayList<>();
    int start = numbers.length > most ? dice.roll(numbers.length) : 0;
    for (int i = 0; i < Math.min(most, numbers.length); i++) {
      chosen.add(concepts.get(numbers[(start + i) % numbers.length]));
    }
    return chosen;
  }
}
