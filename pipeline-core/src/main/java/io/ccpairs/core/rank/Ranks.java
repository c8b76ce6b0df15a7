package io.ccpairs.core.rank;

/**
 * What the filter found.
 *
 * @param outranked for each pair how many passages of another text outrank its own: exact below the
 *     limit of the search, else the limit; −1 where a vector has not unit length or holds something
 *     that is no number
 * @param cosines for each pair the cosine of query and passage; NaN where a vector is no vector
 */
public record Ranks(int[] outranked, double[] cosines) {}
