package dev.voiceledger.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** A table that is locked, as a migration or {@code vacuum full} does, is no reason to be blind. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class LockedTableTest {
  private static final String BYTES = "voiceledger_table_bytes{table=\"voice_messages\"}";

  TestDatabase database;

  @TestHTTPResource URI base;

  @Test
  void all_but_sizes_is_told_while_a_table_is_locked() throws Exception {
    assertTrue(Scrape.metric(BYTES) > 0);
    try (Connection somebody = database.superuser();
        Statement locks = somebody.createStatement()) {
      somebody.setAutoCommit(false);
      locks.execute("lock table voice_messages in access exclusive mode");

      JsonNode seen = new Api(base).get(People.admin(), "/api/v1/operations").is(200).json();

      assertTrue(seen.path("tables").findValuesAsText("name").contains("voice_messages"));
      seen.path("tables").forEach(table -> assertTrue(table.path("bytes").isNull(), "" + table));
      assertTrue(Scrape.metric("voiceledger_operations_age_seconds") < 1, "taken just now");
      assertEquals(Double.NaN, Scrape.metric(BYTES), "not a size of long ago");
    }
    assertTrue(Scrape.metric(BYTES) > 0);
  }
}
