package dev.clutch.internal;

/** Marks an output that wants finished lines only, but for the last one. */
public interface LineBuffered {}
