package dev.voiceledger.start;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder in which the service keeps what must outlive it: the embedded database and the secrets
 * that it made itself. Nobody but its owner may look in, and one service at a time works in it.
 */
final class DataDirectory {
  static final String JWT_SECRET = "jwt_secret";
  static final String SUPERUSER_PASSWORD = "superuser_password";
  static final String OWNER_PASSWORD = "owner_password";
  static final String SERVICE_PASSWORD = "service_password";

  private static final String SECRETS_FILE = "secrets.properties";
  private static final String LOCK_FILE = "lock";
  private static final String DRAFT = ".draft";
  private static final Set<String> BEFORE_SECRETS =
      Set.of(LOCK_FILE, SECRETS_FILE + DRAFT, "lost+found");
  private static final int SECRET_BYTES = 33;
  private static final Set<PosixFilePermission> OWNERS_FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private FileLock lock;

  DataDirectory(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  Path path() {
    return path;
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /**
   * Makes the folder and takes it for this process until it ends. One that is there already must be
   * empty or ours.
   *
   * @throws Refusal when it is somebody else's, another service has it, or it cannot be written
   */
  void take() {
    try {
      if (!Files.exists(path)) {
        make();
      } else if (Files.exists(file(SECRETS_FILE))) {
        Files.setPosixFilePermissions(path, OWNERS_FOLDER);
      } else if (!isUnused()) {
        throw new Refusal(
            path
                + " has files that are not of Voiceledger; set VOICELEDGER_DATA_DIR to a new or"
                + " empty folder");
      }
      // Never closed: POSIX gives the lock up when any descriptor of the file is closed.
      lock = FileChannel.open(file(LOCK_FILE), CREATE, WRITE).tryLock();
    } catch (OverlappingFileLockException _) {
      lock = null;
    } catch (IOException e) {
      throw new Refusal("Cannot write the data directory " + path + ": " + e.getMessage(), e);
    }
    if (lock == null) {
      throw new Refusal(
          "Another voiceledger is running on " + path + "; stop it or set VOICELEDGER_DATA_DIR");
    }
  }

  private void make() throws IOException {
    Files.createDirectories(path.getParent());
    try {
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNERS_FOLDER));
    } catch (FileAlreadyExistsException _) {
      // another service began at the same moment; the lock decides
    }
  }

  /**
   * Empty, but for what a start leaves that ends before its first secret, or what a disk brings.
   */
  private boolean isUnused() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.map(file -> file.getFileName().toString()).allMatch(BEFORE_SECRETS::contains);
    }
  }

  /** The secret of this name, if it was ever made; reads only. */
  String existingSecret(String name) {
    return secrets().getProperty(name);
  }

  /** The secret of this name; made at random the first time and on disk before it is used. */
  String secret(String name) {
    Properties secrets = secrets();
    String known = secrets.getProperty(name);
    if (known != null) {
      return known;
    }
    byte[] random = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(random);
    String fresh = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    secrets.setProperty(name, fresh);
    write(secrets);
    return fresh;
  }

  private Properties secrets() {
    Properties secrets = new Properties();
    if (Files.exists(file(SECRETS_FILE))) {
      try (var reader = Files.newBufferedReader(file(SECRETS_FILE))) {
        secrets.load(reader);
      } catch (IOException e) {
        throw new Refusal("Cannot read " + file(SECRETS_FILE) + ": " + e.getMessage(), e);
      }
    }
    return secrets;
  }

  private void write(Properties secrets) {
    StringWriter text = new StringWriter();
    try {
      secrets.store(text, "Made by Voiceledger. Keep it with the data beside it.");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    write(SECRETS_FILE, text.toString());
  }

  /** Writes a file that only its owner may read: wholly and on disk, or not at all. */
  Path write(String name, String content) {
    Path draft = file(name + DRAFT);
    try {
      Files.deleteIfExists(draft);
      Files.createFile(draft, OWNER_ONLY);
      Files.writeString(draft, content);
      try (var channel = FileChannel.open(draft, WRITE)) {
        channel.force(true);
      }
      return Files.move(draft, file(name), ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Refusal("Cannot write " + file(name) + ": " + e.getMessage(), e);
    }
  }
}
