package dev.voiceledger.platform;

import static org.eclipse.microprofile.openapi.OASFactory.createComponents;
import static org.eclipse.microprofile.openapi.OASFactory.createParameter;
import static org.eclipse.microprofile.openapi.OASFactory.createSchema;
import static org.eclipse.microprofile.openapi.OASFactory.createSecurityRequirement;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import io.quarkus.smallrye.openapi.OpenApiFilter.RunStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/**
 * Completes the OpenAPI document, at build time, with what all operations share, so that no
 * resource says it again: parameters by name, who may call, problems, and of each answer which
 * fields are there and which may be null. Resources say what is their own in two extensions: {@code
 * x-who} (everybody, people, agents, operators; else nobody is asked) and {@code x-problems}.
 */
@OpenApiFilter(RunStage.BUILD)
public class Document implements OASFilter {
  private static final String WHO = "x-who";
  private static final String NULLABLE = "x-nullable";
  private static final String SCHEMAS = "#/components/schemas/";

  /** Fields that are there only where the request asks for them, or there is cause. */
  private static final Set<String> SOMETIMES = Set.of("total", "refused", "matches");

  @Override
  public void filterOpenAPI(OpenAPI document) {
    if (document.getComponents() == null) {
      document.setComponents(createComponents());
    }
    Map<String, Schema> schemas = new TreeMap<>(document.getComponents().getSchemas());
    Map<String, String> pages = pageNames(schemas);
    pages.forEach((old, name) -> schemas.put(name, schemas.remove(old)));
    schemas.replaceAll((name, schema) -> completed(schema));
    schemas.get("Problem").getProperties().get("type").setEnumeration(List.copyOf(types()));
    document.getComponents().setSchemas(schemas);
    document
        .getPaths()
        .getPathItems()
        .forEach((path, item) ->
            item.getOperations()
                .forEach((method, operation) -> complete(path, operation, pages, document)));
  }

  private static List<String> types() {
    return Stream.of(Problem.Type.values()).map(type -> type.with(null).type()).toList();
  }

  /** A page is named after what it has; the scanner would count them. */
  private static Map<String, String> pageNames(Map<String, Schema> schemas) {
    Map<String, String> names = new TreeMap<>();
    schemas.forEach((name, schema) -> {
      Map<String, Schema> fields = schema.getProperties();
      boolean page = fields != null && fields.containsKey("has_more");
      Schema data = page ? fields.get("data") : null;
      if (data != null && data.getItems() != null && data.getItems().getRef() != null) {
        names.put(name, data.getItems().getRef().replace(SCHEMAS, "") + "Page");
      }
    });
    return names;
  }

  /** Of answers: every field is always there but a few, and no other is. */
  private static Schema completed(Schema schema) {
    if (schema.getProperties() == null || schema.getAdditionalPropertiesBoolean() != null) {
      return schema;
    }
    if (schema.getExamples() != null || schema.getExample() != null) {
      return schema; // of requests
    }
    Object nullable = schema.get(NULLABLE);
    List<String> nulls =
        nullable == null
            ? List.of("next_cursor")
            : List.of(nullable.toString().strip().split("[,\\s]+"));
    Map<String, Schema> properties = new TreeMap<>(schema.getProperties());
    properties.replaceAll((name, property) -> property(name, property, nulls.contains(name)));
    schema.setProperties(properties);
    schema.setRequired(
        properties.keySet().stream().filter(name -> !SOMETIMES.contains(name)).toList());
    schema.setAdditionalPropertiesBoolean(false);
    schema.set(NULLABLE, null);
    return schema;
  }

  private static Schema property(String name, Schema property, boolean nullable) {
    if (name.endsWith("_at")) {
      property.setFormat("date-time");
      property.setExamples(List.of("2026-11-23T12:00:00.000Z"));
    }
    if (nullable && property.getRef() != null) {
      Schema none = createSchema().addType(SchemaType.NULL);
      return createSchema().anyOf(List.of(createSchema().ref(property.getRef()), none));
    }
    if (nullable && property.getType() != null) {
      property.addType(SchemaType.NULL);
    }
    return property;
  }

  private static void complete(
      String path, Operation operation, Map<String, String> pages, OpenAPI document) {
    Object who = extension(operation, WHO);
    if (operation.getParameters() != null) {
      operation.setParameters(parameters(path, operation.getParameters(), document));
    }
    operation.setSecurity(
        switch (String.valueOf(who)) {
          case "everybody", "agents" -> schemes("userToken", "serviceToken", "joinToken");
          case "people", "operators" -> schemes("userToken", "serviceToken");
          default -> List.of();
        });
    DocumentedAnswers.complete(operation, path, who, pages);
  }

  static Object extension(Operation operation, String name) {
    Object found = operation.getExtensions() == null ? null : operation.getExtensions().get(name);
    operation.removeExtension(name);
    return found;
  }

  private static List<org.eclipse.microprofile.openapi.models.security.SecurityRequirement> schemes(
      String... names) {
    return Stream.of(names).map(name -> createSecurityRequirement().addScheme(name)).toList();
  }

  private static List<Parameter> parameters(String path, List<Parameter> given, OpenAPI document) {
    List<Parameter> all = new ArrayList<>();
    for (Parameter parameter : given) {
      boolean event = path.startsWith("/api/v1/webhook-events") && "id".equals(parameter.getName());
      String name = event ? "event_id" : parameter.getName();
      boolean shared = document.getComponents().getParameters().containsKey(String.valueOf(name));
      all.add(shared ? createParameter().ref("#/components/parameters/" + name) : parameter);
    }
    return all;
  }
}
