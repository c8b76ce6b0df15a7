package io.ccpairs.core.text.wiki;

import java.util.List;

/**
 * A stretch of a page between two headings, subsections left out.
 *
 * @param path the headings above it, the outermost first; empty for the lead
 * @param text plain text, a line for each paragraph or list item; may be empty
 */
public record Section(List<String> path, String text) {}
