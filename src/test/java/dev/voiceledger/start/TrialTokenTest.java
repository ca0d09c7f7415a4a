package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrialTokenTest {
  @Test
  void its_numbers_are_json_in_every_country() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      String token = new TrialToken(new Settings(Map.of()), "secret").of("user");
      String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]));

      assertTrue(claims.matches("\\{.*\"iat\":[0-9]+,\"exp\":[0-9]+,.*}"), claims);
    } finally {
      Locale.setDefault(before);
    }
  }
}
