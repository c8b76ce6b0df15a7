/** The encoder and the consistency filter as stages of MLlib's pipelines. */
@NullMarked
package io.ccpairs.jobs.ml;

import org.jspecify.annotations.NullMarked;
