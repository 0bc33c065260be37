const ID = /^[a-z0-9][a-z0-9_-]{0,49}$/;

/** Said where an id is refused. */
export const ID_RULE = 'an id is 1 to 50 of a-z, 0-9, "-" and "_", beginning with a letter or digit';
/** The same for JSON Schema. */
export const ID_PATTERN = ID.source;

/** Whether a text can be the id of an API, plan, application, … */
export function isId(text: string): boolean {
  return ID.test(text);
}
