/**
 * The Java half of the native glue: not exported. Each {@code Native…} class mirrors one C file of
 * {@code native/src}; its natives are static, take primitives, and are registered from {@code
 * JNI_OnLoad}.
 */
@NullMarked
package dev.clutch.internal;

import org.jspecify.annotations.NullMarked;
