"""Compile-time evaluation: constants, parameters, conditions, lists; bounded, so that no spec can hang the compiler."""
