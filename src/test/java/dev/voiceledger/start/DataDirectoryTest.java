package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  private static final String OPEN = "rwxrwxrwx";

  @TempDir Path temporary;
  private Path folder;

  @BeforeEach
  void folder() throws IOException {
    folder = Files.createDirectory(temporary.resolve("folder"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(OPEN));
  }

  private String permissions() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
  }

  @Test
  void a_folder_of_somebody_elses_is_refused_and_left_as_it_is() throws IOException {
    Files.createFile(folder.resolve("theirs"));

    Refusal refusal = assertThrows(Refusal.class, new DataDirectory(folder)::take);

    assertTrue(refusal.getMessage().contains("VOICELEDGER_DATA_DIR"), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
    assertEquals(OPEN, permissions());
    assertFalse(Files.exists(folder.resolve("lock")));
  }

  @Test
  void an_empty_folder_is_taken_and_keeps_its_permissions() throws IOException {
    Files.createDirectory(folder.resolve("lost+found"));

    new DataDirectory(folder).take();

    assertTrue(Files.exists(folder.resolve("lock")));
    assertEquals(OPEN, permissions());
  }

  @Test
  void a_start_that_ended_before_its_first_secret_does_not_stand_in_the_way() throws IOException {
    Files.createFile(folder.resolve("lock"));
    Files.createFile(folder.resolve("secrets.properties.draft"));

    new DataDirectory(folder).take();

    assertEquals(OPEN, permissions());
  }

  @Test
  void our_own_folder_is_closed_to_others() throws IOException {
    Files.createFile(folder.resolve("secrets.properties"));
    Files.createFile(folder.resolve("anything"));

    new DataDirectory(folder).take();

    assertEquals("rwx------", permissions());
  }

  @Test
  void a_folder_that_is_not_there_is_made_for_its_owner_alone() throws IOException {
    folder = temporary.resolve("a/b/c");

    new DataDirectory(folder).take();

    assertEquals("rwx------", permissions());
  }

  @Test
  void a_file_in_its_place_is_told() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThrows(Refusal.class, new DataDirectory(file)::take);
    assertTrue(Files.isRegularFile(file));
  }
}
