package io.ccpairs.core.source.wikipedia;

import org.jspecify.annotations.Nullable;

/**
 * A page of a dump, its last revision.
 *
 * @param namespace 0 for articles; of old dumps that do not say, by the title's prefix
 * @param redirect where the page points to; null for a page of its own
 * @param modifiedAt seconds since 1970-01-01 UTC; null where the dump does not say
 * @param text wikitext
 */
public record WikiPage(
    long id,
    String title,
    int namespace,
    @Nullable String redirect,
    @Nullable Long modifiedAt,
    String text) {}
