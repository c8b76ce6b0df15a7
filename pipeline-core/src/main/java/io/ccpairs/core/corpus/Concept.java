package io.ccpairs.core.corpus;

import java.util.List;

/**
 * A synset of WordNet: words that mean the same, what they mean, and what they are related to.
 *
 * @param part of speech: n, v, a or r
 * @param field the lexicographers' field, for example {@code animal} or {@code motion}
 * @param names at least one; spaces for underscores
 * @param definition without examples and domain notes
 * @param domain for example {@code American football}; empty where the definition names none
 * @param kinds numbers of the concepts below this one
 */
record Concept(
    char part,
    String field,
    List<String> names,
    String definition,
    String domain,
    List<String> examples,
    int[] broader,
    int[] kinds,
    int[] parts,
    int[] wholes,
    int[] opposites) {

  String name() {
    return names.get(0);
  }
}
