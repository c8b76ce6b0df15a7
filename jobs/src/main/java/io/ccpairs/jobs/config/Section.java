package io.ccpairs.jobs.config;

/**
 * A part of the configuration: the keys below {@code path} are the components of a record, written
 * with dashes.
 *
 * <p>The record lives beside the code that it tunes and holds the defaults; a component of a record
 * type is a section of its own below this one.
 *
 * @param path for example {@code mine.reddit}
 * @param defaults the values that hold when nobody says otherwise
 */
public record Section<T extends Record>(String path, T defaults) {}
