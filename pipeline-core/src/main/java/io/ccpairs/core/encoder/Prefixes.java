package io.ccpairs.core.encoder;

import io.ccpairs.core.pair.Role;

/**
 * What an encoder reads before a text of each role.
 *
 * @param query before queries, the space at the end included
 * @param passage before passages
 */
public record Prefixes(String query, String passage) {
  /** E5's own: {@code query: } and {@code passage: }. */
  public static final Prefixes E5 = new Prefixes(Role.QUERY.prefix(), Role.PASSAGE.prefix());

  /** None, as all-MiniLM wants it. */
  public static final Prefixes NONE = new Prefixes("", "");

  /** The words before a text of this role. */
  public String of(Role role) {
    return role == Role.QUERY ? query : passage;
  }
}
