package io.ccpairs.jobs.eval;

import java.util.Map;

/**
 * A system's scores on a subset of a task.
 *
 * @param values by metric
 * @param conventions what the scores depend on beside system and data, by name
 */
record Scored(Map<String, Double> values, Map<String, String> conventions) {}
