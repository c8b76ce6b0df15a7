package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.Section;
import io.ccpairs.jobs.mine.MineConfig;
import java.util.List;

/** All that may be configured. */
final class Sections {
  static final Section<MineConfig> MINE = new Section<>("mine", MineConfig.defaults());

  /** In the order of the pipeline. */
  static final List<Section<?>> ALL = List.of(MINE);

  private Sections() {}
}
