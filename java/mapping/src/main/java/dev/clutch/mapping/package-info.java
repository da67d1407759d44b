/**
 * Makes Java records, enums, beans and typed collections of Python values.
 *
 * <ul>
 *   <li>The way in: {@link dev.clutch.mapping.JacksonValueMapper}.
 *   <li>Jackson does what it is good at: it finds the constructors and setters of records and
 *       beans, and calls them. It sees values as tokens, so {@code Tokens} wraps each whole value
 *       into one, and {@code BeanReader} takes a Map apart, one level.
 *   <li>All other rules are ours: {@code Readers} chooses one by the type, {@code Scalars} and
 *       {@code Containers} hold them, {@code ValueReader} is what they look like to Jackson, and
 *       {@code Annotations} leaves out those of Jackson's that would break them.
 *   <li>{@code Mismatch} is any error on its way out, {@code Words} how it names values.
 * </ul>
 */
@NullMarked
package dev.clutch.mapping;

import org.jspecify.annotations.NullMarked;
