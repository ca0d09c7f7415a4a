import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the JVM's cache for the packaged service: runs it once on a database that is thrown away,
 * with the requests that it is there for, and stops it; what it loaded and where it spent its time
 * is what the cache then holds. Run from source, since the build has no class of its own to run.
 */
class Training {
  private static final String SECRET = "only-for-training-on-a-throwaway-database";
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration STOP_MAX = Duration.ofSeconds(90);
  private static final Duration TRAFFIC = Duration.ofSeconds(3);

  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;
  private final Path folder;

  private Training(Path folder) throws IOException {
    this.folder = folder;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
  }

  /** Arguments: the cache to make, then the java with its options that would run the service. */
  public static void main(String... words) throws Exception {
    Path cache = Path.of(words[0]).toAbsolutePath();
    Path folder = cache.resolveSibling("../training").normalize();
    delete(folder);
    Files.createDirectories(folder);
    Files.deleteIfExists(cache);
    Path made = folder.resolve("app.aot");
    List<String> command = new ArrayList<>(List.of(words).subList(1, words.length));
    command.add(1, "-XX:AOTCacheOutput=" + made);
    new Training(folder).run(command);
    if (!Files.exists(made)) {
      throw new IOException("the JVM made none, see " + folder.resolve("log"));
    }
    Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
    delete(folder.resolve("data"));
  }

  private void run(List<String> command) throws Exception {
    Process service = start(command);
    try {
      awaitReady(service);
      long end = System.nanoTime() + TRAFFIC.toNanos();
      for (int call = 0; System.nanoTime() < end; call++) {
        call("RM_training" + call);
      }
      service.destroy();
      if (!service.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("the service does not stop");
      }
    } finally {
      service.descendants().forEach(ProcessHandle::destroyForcibly);
      service.destroyForcibly();
    }
  }

  /** With nothing of the builder's own settings: no database, no LiveKit, no .env of his. */
  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> !name.matches("PATH|HOME|USER|TMPDIR|LANG|LC_.*"));
    environment.put("PORT", Integer.toString(port));
    environment.put("HOST", "127.0.0.1");
    environment.put("VOICELEDGER_DATA_DIR", folder.resolve("data").toString());
    environment.put("RECONCILE_INTERVAL", "off");
    environment.put("JWT_SECRET", SECRET);
    environment.put("SERVICE_TOKENS", SECRET);
    builder.directory(folder.toFile());
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
  }

  private void awaitReady(Process service) throws Exception {
    long end = System.nanoTime() + START_MAX.toNanos();
    while (true) {
      try {
        if (get("/q/health/ready") == 200) {
          return;
        }
      } catch (IOException _) {
        // it does not listen yet
      }
      if (!service.isAlive() || System.nanoTime() > end) {
        throw new IOException("the service does not start, see " + folder.resolve("log"));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** One call as it comes: LiveKit's events, what was said, and somebody who looks. */
  private void call(String sid) throws Exception {
    hook(sid, "room_started", "");
    hook(sid, "participant_joined", participant(sid, "ACTIVE"));
    for (int message = 0; message < 3; message++) {
      String words = "{\"room_sid\":\"" + sid + "\",\"role\":\"user\",\"content\":\"hello\"}";
      expect(post("/api/v1/voice/messages", "Bearer " + SECRET, "application/json", words));
    }
    hook(sid, "participant_left", participant(sid, "DISCONNECTED"));
    hook(sid, "room_finished", "");
    expect(get("/api/v1/calls?limit=20"));
    expect(get("/api/v1/calls/active"));
    expect(get("/q/health/ready"));
  }

  private static String participant(String sid, String state) {
    return ",\"participant\":{\"sid\":\"PA_%s\",\"identity\":\"alice\",\"state\":\"%s\",%s}"
        .formatted(sid, state, "\"joinedAt\":\"" + Instant.now().getEpochSecond() + "\"");
  }

  private void hook(String sid, String event, String more) throws Exception {
    long now = Instant.now().getEpochSecond();
    String room = "{\"sid\":\"%s\",\"name\":\"%s\",\"creationTime\":\"%d\"}";
    String body =
        "{\"event\":\"%s\",\"id\":\"EV_%s_%s\",\"createdAt\":\"%d\",\"room\":%s%s}"
            .formatted(event, event, sid, now, room.formatted(sid, "of-" + sid, now), more);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(body.getBytes(UTF_8));
    String claims =
        "{\"iss\":\"devkey\",\"nbf\":%d,\"exp\":%d,\"sha256\":\"%s\"}"
            .formatted(now, now + 300, Base64.getEncoder().encodeToString(hash));
    String token = token("secret", claims);
    expect(post("/webhooks/livekit", token, "application/webhook+json", body));
  }

  private static String token(String secret, String claims) throws GeneralSecurityException {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String head = base64.encodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(UTF_8));
    String signed = head + "." + base64.encodeToString(claims.getBytes(UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    return signed + "." + base64.encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
  }

  private int get(String path) throws IOException, InterruptedException {
    return send(request(path).header("Authorization", "Bearer " + SECRET).build());
  }

  private int post(String path, String authorization, String type, String body)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Authorization", authorization)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private int send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static void expect(int status) throws IOException {
    if (status / 100 != 2 && status != 429) {
      throw new IOException("the service answers " + status);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
