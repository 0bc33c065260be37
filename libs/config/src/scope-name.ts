/** A scope token: visible ASCII but `"` and `\\` (RFC 6749 §3.3). */
export const SCOPE_NAME = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
/** Scopes that begin so stand for groups. */
export const GROUP_PREFIX = 'wicked:';
