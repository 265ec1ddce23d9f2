/** A few values of many, for sentences. */

/** "a, b, c, ..." */
export function examples(values: readonly string[], most = 3): string {
  return values.slice(0, most).join(', ') + (values.length > most ? ', ...' : '');
}
