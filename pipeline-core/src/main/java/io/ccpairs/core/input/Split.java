package io.ccpairs.core.input;

import java.io.Serializable;

/**
 * A stretch of a file's stored (compressed) bytes that one task reads. The splits of a file cover
 * it without overlap, and each record belongs to exactly one of them, wherever the cuts fall.
 *
 * @param source the file
 * @param start first stored byte
 * @param end the byte after the last; {@code source.length()} for the last split
 */
public record Split(ByteSource source, long start, long end) implements Serializable {}
