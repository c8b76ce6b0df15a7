package io.ccpairs.jobs.cli;

import io.ccpairs.core.corpus.CorpusConfig;
import io.ccpairs.core.source.reddit.RedditConfig;
import io.ccpairs.core.source.stackexchange.StackExchangeConfig;
import io.ccpairs.core.source.wikipedia.WikipediaConfig;
import io.ccpairs.jobs.config.Section;
import io.ccpairs.jobs.mine.MineConfig;
import java.util.List;

/** All that may be configured. */
final class Sections {
  static final Section<CorpusConfig> CORPUS = new Section<>("corpus", CorpusConfig.defaults());
  static final Section<MineConfig> MINE = new Section<>("mine", MineConfig.defaults());
  static final Section<WikipediaConfig> WIKIPEDIA =
      new Section<>("mine.wikipedia", WikipediaConfig.defaults());
  static final Section<StackExchangeConfig> STACKEXCHANGE =
      new Section<>("mine.stackexchange", StackExchangeConfig.defaults());
  static final Section<RedditConfig> REDDIT = new Section<>("mine.reddit", RedditConfig.defaults());

  /** In the order of the pipeline. */
  static final List<Section<?>> ALL = List.of(CORPUS, MINE, WIKIPEDIA, STACKEXCHANGE, REDDIT);

  private Sections() {}
}
