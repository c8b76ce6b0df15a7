/**
 * Reddit's monthly dumps, one JSON object a line, submissions and comments: from the bytes of a
 * line to an item of its thread, or to the reason why it is dropped.
 */
@NullMarked
package io.ccpairs.core.source.reddit;

import org.jspecify.annotations.NullMarked;
