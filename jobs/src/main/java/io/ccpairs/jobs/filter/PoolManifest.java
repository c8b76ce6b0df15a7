package io.ccpairs.jobs.filter;

import java.util.List;

/**
 * What a pool holds: {@code __pool__/<stratum>.json} of a run. Equal key sums mean equal texts.
 *
 * @param stratum whose passages it is drawn from
 * @param wanted the passages that were asked for
 * @param passages N, the distinct texts that it holds
 * @param withoutVector texts left out because the model makes no unit vector of them
 * @param seed of the draw
 * @param maxTokens texts were cut to; 0 for what the model's folder says
 * @param dimensions D
 * @param keySum sum of the first 64 bits of all texts' keys, in hexadecimal
 * @param model files of the model with their SHA-256
 */
record PoolManifest(
    String stratum,
    int wanted,
    int passages,
    int withoutVector,
    long seed,
    int maxTokens,
    int dimensions,
    String keySum,
    List<ModelFile> model) {

  /** A file of the model. */
  record ModelFile(String name, long bytes, String sha256) {}
}
