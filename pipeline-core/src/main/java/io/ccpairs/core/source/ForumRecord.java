package io.ccpairs.core.source;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one record of a forum dump is, judged by itself, before it meets its thread.
 *
 * @param kind post, comment, question, answer or other
 * @param verdict KEEP when it goes on to its thread; otherwise why it is dropped here, so that it
 *     is never shuffled
 * @param id the native id, for the sample of dropped rows
 * @param text its plain text or the start of it, for the sample of dropped rows; empty where there
 *     is none
 * @param author who wrote it, as {@link io.ccpairs.core.pair.PairId#authorKey} takes it; null where
 *     unknown
 * @param items what goes on: one item as a rule; two for a comment that both answers its parent and
 *     opens a thread of replies; none unless the verdict is KEEP
 */
public record ForumRecord(
    Kind kind,
    Verdict verdict,
    String id,
    String text,
    @Nullable String author,
    List<ThreadItem> items) {}
