package dev.voiceledger.message;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Posts that one statement may write: none of them could be the same message as another, whatever
 * the rows say, and of those that name a number there is one for each call, beside no others of it,
 * for each changes which numbers are free.
 */
final class Wave {
  private final List<Post> posts = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<UUID> calls = new HashSet<>();
  private final Set<UUID> numbered = new HashSet<>();
  private final boolean byId;

  /**
   * @param byId whether its posts name an id and no segment; else they might mean a row that
   *     another of the wave means by its segment
   */
  private Wave(boolean byId) {
    this.byId = byId;
  }

  /** As few as the posts allow; those that name a number first, lest somebody is given it. */
  static List<List<Post>> of(Collection<Post> posts) {
    List<Wave> waves = new ArrayList<>();
    List<Post> numberedFirst = new ArrayList<>(posts);
    numberedFirst.sort(Comparator.comparing(post -> post.number() == null));
    for (Post post : numberedFirst) {
      if (waves.stream().noneMatch(wave -> wave.takes(post))) {
        Wave another = new Wave(isById(post));
        another.takes(post);
        waves.add(another);
      }
    }
    return waves.stream().map(wave -> wave.posts).toList();
  }

  private static boolean isById(Post post) {
    return post.namesId() && !post.namesSegment();
  }

  private boolean takes(Post post) {
    String id = post.callId() + "#" + post.id();
    String segment = post.callId() + "/" + post.segmentId();
    Set<UUID> apart = post.number() == null ? numbered : calls;
    if (byId != isById(post)
        || apart.contains(post.callId())
        || names.contains(id)
        || names.contains(segment)) {
      return false;
    }
    names.add(id);
    names.add(segment);
    calls.add(post.callId());
    if (post.number() != null) {
      numbered.add(post.callId());
    }
    return posts.add(post);
  }
}
