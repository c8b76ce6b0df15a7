package io.ccpairs.core.pair;
public enum Origin { REDDIT }
