/**
 * Where Spark's rows meet the records of core, Hadoop's files its byte sources, and accumulators
 * its accounting.
 */
@NullMarked
package io.ccpairs.jobs.spark;

import org.jspecify.annotations.NullMarked;
