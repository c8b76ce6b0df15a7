package io.ccpairs.core.source.stackexchange;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code Posts.xml}, its attributes decoded.
 *
 * @param type 1 question, 2 answer; 4 and 5 tag wikis, 6 and 7 others
 * @param parentId the question of an answer; 0 where there is none
 * @param acceptedAnswerId 0 where there is none
 * @param createdAt seconds since 1970-01-01 UTC; null where the row does not say
 * @param body HTML
 * @param title plain text, empty for answers
 * @param tags as the row writes them: {@code <a><b>} or {@code |a|b|}
 * @param owner user id, or {@code ~} and the display name of a user who is gone; null where neither
 *     is given
 */
public record Post(
    int type,
    long id,
    long parentId,
    long acceptedAnswerId,
    @Nullable Long createdAt,
    int score,
    String body,
    String title,
    String tags,
    @Nullable String owner,
    @Nullable String licence) {}
