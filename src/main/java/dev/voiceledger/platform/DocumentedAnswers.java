package dev.voiceledger.platform;

import static org.eclipse.microprofile.openapi.OASFactory.createAPIResponse;
import static org.eclipse.microprofile.openapi.OASFactory.createContent;
import static org.eclipse.microprofile.openapi.OASFactory.createExample;
import static org.eclipse.microprofile.openapi.OASFactory.createHeader;
import static org.eclipse.microprofile.openapi.OASFactory.createMediaType;
import static org.eclipse.microprofile.openapi.OASFactory.createSchema;

import dev.voiceledger.platform.Problem.Type;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * The answers of one operation in the OpenAPI document: every problem that it can be, by status.
 */
final class DocumentedAnswers {
  private static final String SCHEMAS = "#/components/schemas/";

  /** Whatever the operation is. */
  private static final Set<Type> OF_ALL = EnumSet.of(Type.NOT_ACCEPTABLE, Type.INTERNAL);

  private static final Set<Type> OF_API =
      EnumSet.of(
          Type.INVALID_FIELDS, // an address that cannot be read
          Type.BODY_TOO_LARGE, // one that nobody asked for
          Type.UNAUTHORIZED,
          Type.TOO_MANY_REQUESTS,
          Type.OVERLOADED,
          Type.DATABASE_UNAVAILABLE);

  private static final Set<Type> OF_BODIES =
      EnumSet.of(Type.MALFORMED_JSON, Type.UNSUPPORTED_MEDIA_TYPE);

  private DocumentedAnswers() {}

  static void complete(Operation operation, String path, Object who, Map<String, String> pages) {
    Map<String, APIResponse> answers = new LinkedHashMap<>();
    operation
        .getResponses()
        .getAPIResponses()
        .forEach((status, answer) -> answers.put(status, renamed(answer, pages)));
    Object own = Document.extension(operation, "x-problems");
    byStatus(types(operation, path, who, own))
        .forEach((status, types) -> answers.put(status, problem(types, path)));
    answers.put(
        "414",
        createAPIResponse().description("The address is longer than 16 KiB; without a body"));
    operation.getResponses().setAPIResponses(answers);
  }

  private static Set<Type> types(Operation operation, String path, Object who, Object own) {
    Set<Type> types = EnumSet.noneOf(Type.class);
    if (!path.startsWith("/webhooks/")) {
      types.addAll(OF_ALL);
    }
    if (path.startsWith("/api/")) {
      types.addAll(OF_API);
      if (operation.getRequestBody() != null) {
        types.addAll(OF_BODIES);
      }
      if (path.startsWith("/api/v1/calls/{")) {
        types.add(Type.CALL_NOT_FOUND);
        types.add(Type.NOT_FOUND); // a name that no call can have
      }
      if (!"everybody".equals(who)) {
        types.add(Type.FORBIDDEN);
      }
    }
    if (own != null) {
      List<String> names = List.of(own.toString().strip().split("[,\\s]+"));
      Stream.of(Type.values()).filter(type -> names.contains(name(type))).forEach(types::add);
    }
    return types;
  }

  private static String name(Type type) {
    return type.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  private static Map<String, List<Type>> byStatus(Set<Type> types) {
    return types.stream()
        .collect(
            Collectors.groupingBy(type -> "" + type.status(), TreeMap::new, Collectors.toList()));
  }

  private static APIResponse problem(List<Type> types, String path) {
    MediaType media = createMediaType().schema(createSchema().ref(SCHEMAS + "Problem"));
    for (Type type : types) {
      media.addExample(name(type), createExample().value(example(type)));
    }
    APIResponse answer =
        createAPIResponse()
            .description(
                types.stream()
                    .map(type -> type.with(null).title())
                    .collect(Collectors.joining("; or: ")))
            .content(createContent().addMediaType(Problem.MEDIA_TYPE, media));
    if (types.contains(Type.UNAUTHORIZED)) {
      answer.addHeader(
          "WWW-Authenticate",
          createHeader().schema(createSchema().addType(SchemaType.STRING)).description("Bearer"));
    }
    if (types.contains(Type.TOO_MANY_REQUESTS) || types.contains(Type.OVERLOADED)) {
      Schema seconds = createSchema().addType(SchemaType.INTEGER);
      answer.addHeader(
          "Retry-After", createHeader().schema(seconds).description("Seconds, where it is known"));
    }
    return answer;
  }

  private static Map<String, Object> example(Type type) {
    Problem problem = type.with(null);
    Map<String, Object> example = new LinkedHashMap<>();
    example.put("type", problem.type());
    example.put("title", problem.title());
    example.put("status", problem.status());
    if (type == Type.INVALID_FIELDS) {
      example.put(
          "errors", List.of(Map.of("pointer", "limit", "detail", "a number from 1 to 200")));
    }
    return example;
  }

  private static APIResponse renamed(APIResponse answer, Map<String, String> pages) {
    if (answer.getContent() != null && answer.getContent().getMediaTypes() != null) {
      for (MediaType media : answer.getContent().getMediaTypes().values()) {
        String ref = media.getSchema() == null ? null : media.getSchema().getRef();
        String name = ref == null ? null : pages.get(ref.replace(SCHEMAS, ""));
        if (name != null) {
          media.getSchema().setRef(SCHEMAS + name);
        }
      }
    }
    return answer;
  }
}
