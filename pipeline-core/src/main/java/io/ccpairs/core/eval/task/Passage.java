package io.ccpairs.core.eval.task;

import java.io.Serializable;

/**
 * A passage of a corpus.
 *
 * @param id its name in judgements
 * @param text what an encoder reads: title, a space and text, as E5's authors evaluate
 */
public record Passage(String id, String text) implements Serializable {
  /** A passage of these parts; either may be empty. */
  public static Passage of(String id, String title, String text) {
    return new Passage(id, (title + " " + text).strip());
  }
}
