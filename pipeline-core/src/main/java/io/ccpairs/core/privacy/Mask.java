package io.ccpairs.core.privacy;

/** What is hidden in texts, and by which word. */
public enum Mask {
  /** Addresses of electronic mail. */
  EMAIL("[email]"),
  /** Telephone numbers written with a country code, brackets or separated groups. */
  PHONE("[phone]"),
  /**
   * Addresses of the internet protocol that belong to somebody: not loopback, private or documented
   * ones.
   */
  IP("[ip]"),
  /** Names of users: {@code u/name} and {@code @name}. */
  MENTION("[user]");

  private final String word;

  Mask(String word) {
    this.word = word;
  }

  /** What stands in the text instead. */
  public String word() {
    return word;
  }
}
