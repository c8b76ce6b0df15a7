package io.ccpairs.core.shard;

/**
 * A pair as training reads it.
 *
 * @param pairId the pair in the table that the shard was made of
 * @param query plain text, without prefix
 * @param passage plain text, without prefix
 * @param queryKey equal for pairs that share their query; −1 equals no key
 * @param passageKey equal for pairs that share their passage; −1 equals no key
 */
public record ShardRow(
    String pairId, String query, String passage, long queryKey, long passageKey) {}
