package io.ccpairs.core.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasksTest {
  private static final Masks ALL = new Masks(List.of(Mask.values()));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          write to jo.doe+x@mail.example.org, please | write to [email], please
          (ann@example.com) | ([email])
          call +49 30 1234567 now | call [phone] now
          call (030) 123-45678 now | call [phone] now
          555-123-4567 is mine | [phone] is mine
          +1 (555) 123-4567, or 1-800-555-1234! | [phone], or [phone]!
          (555) 123-4567 | [phone]
          01 23 45 67 89 ou 01.23.45.67.89 | [phone] ou [phone]
          mobil 0171/1234567, +49 (0)30 1234567 | mobil [phone], [phone]
          +4917012345678 | [phone]
          from 8.8.4.4 to 203.1.113.7. | from [ip] to [ip].
          thanks /u/some_body and u/other-one! | thanks [user] and [user]!
          @JoeBlow: that works | [user]: that works
          see @maria and (@peter) | see [user] and ([user])
          """)
  void whatReachesAPersonIsHidden(String text, String masked) {
    assertThat(ALL.apply(text)).isEqualTo(masked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "on 2018-07-26 09:31:54 there were 1,234,567 people",
        "pi is 3.14159265358979",
        "127.0.0.1 and 192.168.178.20 and 10.0.0.1 are local",
        "version 1.2.3.4 of 2.13.17",
        "ISBN 978-3-16-148410-0 costs 12.50",
        "    @Override\n    public void run()",
        "use @Test and @param name",
        "the menu/usage page, not u/x",
        "a @ b, 5@6, f(x)@y",
        "between 1990 and 2000 about 100 000 000 tons",
        "0.00000001 of it, 0.5 0.25 0.125, and +1.00000000",
        "arXiv:0810.4507 (2008) and (1606.02318) and (1705.00686 and 1706.01260)",
        "(1000-3)(1000 + 3) = (1000)^{2}",
        "Physical Review A 73, 012307 (2006); Nature 499, 163-165 (2013); (1999) 123-456",
        "MIT Press, ISBN 0-262-18190-8.",
        "00000020  19 00 00 00 48 00 00 00  5f 5f 50 41",
        "0001 0111 01010 and 01 10 01 01 10",
        "IE8 (8.0.7601.17514) on 01.02.2003 12:30, 01/02/2003 10:20, 250 300 1000"
      })
  void datesCountsAndProgramsStay(String text) {
    assertThat(ALL.apply(text)).isSameAs(text);
  }

  @Test
  void maskingTwiceChangesNothingMore() {
    String once = ALL.apply("mail a@b.org or u/someone, +1 (555) 123-4567 from 8.8.8.8 @maria");
    assertThat(once).isEqualTo("mail [email] or [user], [phone] from [ip] [user]");
    assertThat(ALL.apply(once)).isSameAs(once);
  }

  @Test
  void onlyWhatIsNamedIsHidden() {
    assertThat(new Masks(List.of(Mask.EMAIL)).apply("a@b.org u/someone"))
        .isEqualTo("[email] u/someone");
    assertThat(new Masks(List.of()).apply("a@b.org")).isEqualTo("a@b.org");
  }

  @Test
  void aMentionIsCodeByItsOwnLine() {
    assertThat(ALL.apply("@maria wrote:\n    @memo(4) or @lazy\n\nthanks @maria\n\t@lazy"))
        .isEqualTo("[user] wrote:\n    @memo(4) or @lazy\n\nthanks [user]\n\t@lazy");
  }

  @Test
  void craftedTextsTakeLinearTime() {
    for (String unit : List.of("@", "a@", "1.", "1-", "(1", "u/", "+1 ", "a.b@c.", "@abcd ")) {
      assertThat(ALL.apply(unit.repeat(200_000))).isNotNull();
    }
  }
}
