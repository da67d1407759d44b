package dev.clutch.mapping;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import org.jspecify.annotations.Nullable;

/** Jackson's annotations, but for those that would break our rules. */
final class Annotations extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1;

  @Override
  protected @Nullable TypeResolverBuilder<?> _findTypeResolver(
      MapperConfig<?> config, Annotated annotated, JavaType baseType) {
    return null; // the data never chooses a class
  }

  @Override
  public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
    return null; // all are, and our error is the better one
  }
}
