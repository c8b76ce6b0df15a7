/** The whole recipe as command lines: which stages, in which order, reading and writing what. */
@NullMarked
package io.ccpairs.jobs.recipe;

import org.jspecify.annotations.NullMarked;
