package io.ccpairs.jobs.ml;

import java.io.Serializable;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;

/** The parameters that {@link ConsistencyFilter} and its model share. */
final class FilterParams implements Serializable {
  private static final long serialVersionUID = 1L;

  final Param<String> queryCol;
  final Param<String> passageCol;
  final Param<String> rankCol;
  final Param<String> cosineCol;
  final Param<String> consistentCol;
  final Param<String> modelPath;
  final Param<String> poolPath;
  final IntParam k;
  final IntParam rankUpTo;
  final IntParam poolSize;
  final IntParam maxTokens;
  final IntParam batchSize;
  final LongParam seed;
  final BooleanParam dropInconsistent;

  FilterParams(Params parent) {
    queryCol = new Param<>(parent, "queryCol", "column of queries");
    passageCol = new Param<>(parent, "passageCol", "column of passages");
    rankCol =
        new Param<>(
            parent,
            "rankCol",
            "output column: place of the passage among the pool's for its query, counted up to rankUpTo"
                + " + 1; null without a vector");
    cosineCol = new Param<>(parent, "cosineCol", "output column: cosine of query and passage");
    consistentCol =
        new Param<>(parent, "consistentCol", "output column: whether rank is at most k");
    modelPath = new Param<>(parent, "modelPath", "folder of the model on any file system");
    poolPath =
        new Param<>(
            parent,
            "poolPath",
            "where the pool is kept, on a file system that all executors see; may be left out with a"
                + " local master");
    k = new IntParam(parent, "k", "a pair is consistent up to this rank", ParamValidators.gtEq(1));
    rankUpTo =
        new IntParam(parent, "rankUpTo", "ranks are counted up to this", ParamValidators.gtEq(1));
    poolSize =
        new IntParam(parent, "poolSize", "distinct passages of the pool", ParamValidators.gtEq(1));
    maxTokens =
        new IntParam(
            parent,
            "maxTokens",
            "tokens of a text at most; 0 for what the model's folder says",
            ParamValidators.gtEq(0));
    batchSize =
        new IntParam(
            parent,
            "batchSize",
            "pairs that are encoded and ranked together",
            ParamValidators.gtEq(1));
    seed = new LongParam(parent, "seed", "draws the pool");
    dropInconsistent =
        new BooleanParam(
            parent,
            "dropInconsistent",
            "whether rows that are not consistent are left out, or only marked");
  }

  Param<?>[] all() {
    return new Param<?>[] {
      batchSize,
      consistentCol,
      cosineCol,
      dropInconsistent,
      k,
      maxTokens,
      modelPath,
      passageCol,
      poolPath,
      poolSize,
      queryCol,
      rankCol,
      rankUpTo,
      seed
    };
  }
}
