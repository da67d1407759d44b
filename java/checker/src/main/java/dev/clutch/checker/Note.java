package dev.clutch.checker;

/**
 * Something to know about a module that decides no verdict.
 *
 * @param rule which kind
 * @param message about this module
 */
public record Note(Rule rule, String message) {}
