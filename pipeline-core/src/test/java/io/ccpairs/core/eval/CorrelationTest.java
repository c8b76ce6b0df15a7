package io.ccpairs.core.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CorrelationTest {
  private static final double[] GOLD = {5, 4.2, 4.2, 0, 1, 3.8, 0, 2.5};
  private static final double[] COSINES = {0.95, 0.9, 0.93, 0.71, 0.74, 0.9, 0.70, 0.8};

  @Test
  void equalNumbersShareTheMeanOfTheirRanks() {
    assertThat(Correlation.ranks(new double[] {3, 1, 3, 2, 3})).containsExactly(4, 1, 4, 2, 4);
  }

  /** Values recorded from scipy 1.17. */
  @Test
  void bothCoefficientsAreThoseOfScipy() {
    assertThat(Correlation.spearman(COSINES, GOLD)).isCloseTo(SPEARMAN, within(1e-12));
    assertThat(Correlation.pearson(COSINES, GOLD)).isCloseTo(PEARSON, within(1e-12));
  }

  @Test
  void orderAloneMattersToSpearman() {
    double[] stretched = new double[COSINES.length];
    for (int i = 0; i < stretched.length; i++) {
      stretched[i] = Math.exp(10 * COSINES[i]);
    }
    assertThat(Correlation.spearman(stretched, GOLD))
        .isEqualTo(Correlation.spearman(COSINES, GOLD));
    assertThat(Correlation.pearson(stretched, GOLD))
        .isNotCloseTo(Correlation.pearson(COSINES, GOLD), within(1e-3));
    assertThat(Correlation.spearman(new double[] {1, 1, 1}, new double[] {1, 2, 3})).isNaN();
  }

  private static final double SPEARMAN = 0.9757754965005869;
  private static final double PEARSON = 0.9905092702161302;
}
