package io.ccpairs.core.source;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A post or an answer, already plain text, on its way to the others of its thread. Items of one
 * thread meet by a shuffle on {@link #thread()}; see ThreadPairs.
 *
 * @param thread what it is joined by, unique within the origin: the question's or post's key, for
 *     example {@code ai.stackexchange.com/1847} or {@code t3_8xk2p}
 * @param opens true for the question or post that the others answer
 * @param id the native id, unique among the items of its thread that open or that do not, for
 *     example {@code t1_e7abc}
 * @param text for an opener the whole query (title, then body on the next line); for an answer the
 *     passage
 * @param accepted for an opener the {@link #id()} of the answer its asker accepted; null elsewhere
 * @param acceptanceKnown whether the origin knows acceptance at all
 */
public record ThreadItem(
    Kind kind,
    Origin origin,
    String subset,
    @Nullable String lang,
    String thread,
    boolean opens,
    String id,
    String text,
    @Nullable Integer votes,
    @Nullable Long createdAt,
    @Nullable String accepted,
    boolean acceptanceKnown,
    List<String> tags,
    @Nullable String licence,
    @Nullable Long author) {}
