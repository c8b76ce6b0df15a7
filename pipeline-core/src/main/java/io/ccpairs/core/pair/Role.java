package io.ccpairs.core.pair;

/** The side a text stands on. E5 tells its encoder the side by a prefix (E5, section 4.1). */
public enum Role {
  QUERY("query: "),
  PASSAGE("passage: ");

  private final String prefix;

  Role(String prefix) {
    this.prefix = prefix;
  }

  /** The words that the encoder reads before the text, the space at the end included. */
  public String prefix() {
    return prefix;
  }
}
