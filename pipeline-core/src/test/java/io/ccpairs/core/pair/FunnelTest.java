package io.ccpairs.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FunnelTest {
  @Test
  void whatCameInIsKeptOrDropped() {
    Funnel funnel = new Funnel();
    funnel.addIn(Origin.REDDIT, Kind.COMMENT, 5);
    funnel.addJudged(Origin.REDDIT, Kind.COMMENT, Verdict.KEEP, 3);
    funnel.addJudged(Origin.REDDIT, Kind.COMMENT, Verdict.BOT, 2);

    funnel.check();
    assertThat(funnel.kept(Origin.REDDIT, Kind.COMMENT)).isEqualTo(3);
    assertThat(funnel.dropped(Origin.REDDIT, Kind.COMMENT)).isEqualTo(Map.of(Verdict.BOT, 2L));
  }

  @Test
  void aRowThatVanishesIsNoticedAndNamed() {
    Funnel funnel = new Funnel();
    funnel.addIn(Origin.WIKIPEDIA, Kind.PAGE, 5);
    funnel.addJudged(Origin.WIKIPEDIA, Kind.PAGE, Verdict.KEEP, 4);

    assertThatThrownBy(funnel::check)
        .hasMessage("Accounting broken for page of wikipedia: 5 came in, 4 were kept or dropped");
  }

  @Test
  void partsAddUpToTheWhole() {
    Funnel one = new Funnel();
    one.addIn(Origin.REDDIT, Kind.POST, 2);
    one.addJudged(Origin.REDDIT, Kind.POST, Verdict.UNANSWERED, 2);
    Funnel other = new Funnel();
    other.addIn(Origin.REDDIT, Kind.POST, 1);
    other.addJudged(Origin.REDDIT, Kind.POST, Verdict.KEEP, 1);

    one.merge(other);

    one.check();
    assertThat(one.in(Origin.REDDIT, Kind.POST)).isEqualTo(3);
    assertThat(one.empty(Origin.REDDIT, Kind.COMMENT)).isTrue();
  }
}
