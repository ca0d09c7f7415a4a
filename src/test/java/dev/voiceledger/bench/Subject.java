package dev.voiceledger.bench;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.io.IOException;
import java.net.URI;

/** One who takes the stream over HTTP, started on a database of its own. */
interface Subject extends AutoCloseable {
  /** A bearer secret that may post messages. */
  String SERVICE_TOKEN = "a-service-token-of-the-benchmark-0123456789";

  /** Those that are compared. */
  enum Kind {
    VOICELEDGER("Voiceledger") {
      @Override
      Subject start(TestDatabases server) throws IOException, InterruptedException {
        return new ServiceSubject(server.fresh());
      }
    },
    FASTIFY("Fastify") {
      @Override
      Subject start(TestDatabases server) throws IOException, InterruptedException {
        return new FastifySubject(server.empty());
      }
    };

    final String label;

    Kind(String label) {
      this.label = label;
    }

    abstract Subject start(TestDatabases server) throws IOException, InterruptedException;
  }

  URI base();

  TestDatabase database();

  long pid();

  /** From the beginning of its process until it took requests. */
  double startSeconds();

  /**
   * Whether its rows are right.
   *
   * @param rooms how the sids of all rooms begin
   * @param calls how many there were, each with all of its webhooks and messages
   * @return what it got wrong though it does not claim otherwise; empty where nothing
   * @throws AssertionError where something is lost or doubled: then nothing of the run counts
   */
  String check(String rooms, int calls);

  @Override
  void close();
}
