package dev.voiceledger.platform;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which methods each path has. The resource framework knows it, but tells a caller who used another
 * method either nothing or the methods of other paths.
 */
@ApplicationScoped
public class Routes {
  private static final Pattern VARIABLE = Pattern.compile("\\{[^/}]*}");
  private static final Pattern NAMED = Pattern.compile(":(\\w+)");
  private static final Pattern SLASHES = Pattern.compile("/+");

  private final BeanManager beans;
  private Router router;
  private Map<String, Set<String>> byTemplate;
  private Map<Pattern, Set<String>> byPattern;

  Routes(BeanManager beans) {
    this.beans = beans;
  }

  /** Those that stand before the framework are known only once all have been made. */
  void read(@Observes Router router) {
    Map<String, Set<String>> found = new TreeMap<>();
    beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
        .map(Bean::getBeanClass)
        .filter(type -> type.isAnnotationPresent(Path.class))
        .forEach(type -> read(type, found));
    byTemplate = found;
    this.router = router;
  }

  private static void read(Class<?> resource, Map<String, Set<String>> found) {
    String base = resource.getAnnotation(Path.class).value();
    for (Method method : resource.getDeclaredMethods()) {
      Set<String> verbs =
          Stream.of(method.getAnnotations())
              .map(Annotation::annotationType)
              .filter(type -> type.isAnnotationPresent(jakarta.ws.rs.HttpMethod.class))
              .map(type -> type.getAnnotation(jakarta.ws.rs.HttpMethod.class).value())
              .collect(Collectors.toSet());
      if (!verbs.isEmpty()) {
        Path path = method.getAnnotation(Path.class);
        found
            .computeIfAbsent(
                template(base + "/" + (path == null ? "" : path.value())), key -> new TreeSet<>())
            .addAll(verbs);
      }
    }
  }

  private static String template(String path) {
    String clean = SLASHES.matcher("/" + path).replaceAll("/");
    return clean.length() > 1 && clean.endsWith("/")
        ? clean.substring(0, clean.length() - 1)
        : clean;
  }

  /**
   * All routes of ours, those of operators (under {@code /q}) left out.
   *
   * @return methods by path, with variables as {@code {name}}
   */
  public synchronized Map<String, Set<String>> all() {
    if (byPattern == null) {
      router.getRoutes().forEach(this::add);
      byPattern = new LinkedHashMap<>();
      // Fixed paths come before variables, as the framework has it: { sorts last.
      byTemplate.forEach((path, methods) -> byPattern.put(pattern(path), methods));
    }
    return byTemplate;
  }

  private void add(Route plain) {
    boolean ours = plain.getPath() != null && plain.isExactPath() && plain.methods() != null;
    if (ours && !plain.getPath().startsWith("/q")) {
      byTemplate
          .computeIfAbsent(
              template(NAMED.matcher(plain.getPath()).replaceAll("{$1}")), key -> new TreeSet<>())
          .addAll(plain.methods().stream().map(HttpMethod::name).toList());
    }
  }

  private static Pattern pattern(String template) {
    String[] parts = VARIABLE.split(template, -1);
    return Pattern.compile(
        Stream.of(parts).map(Pattern::quote).collect(Collectors.joining("[^/]+")));
  }

  /** The value of an Allow header for a path; empty where there is no such path. */
  public String allowed(String path) {
    all();
    Set<String> allowed = new TreeSet<>();
    for (Map.Entry<Pattern, Set<String>> route : byPattern.entrySet()) {
      if (allowed.isEmpty() && route.getKey().matcher(template(path)).matches()) {
        allowed.addAll(route.getValue());
        allowed.add("OPTIONS");
      }
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    return String.join(", ", allowed);
  }
}
