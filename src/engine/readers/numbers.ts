/** Numbers as text files write them. */

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const MISSING = /^(?:|na|n\/a|nan|null|none|#n\/a)$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** @returns the value, NaN for a missing one, or undefined where the text is no number. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed);
  if (MISSING.test(trimmed)) return NaN;
  const infinite = INFINITE.exec(trimmed);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  return undefined;
}

/** Powers of ten that are exact in double precision, so that dividing by them rounds once. */
export const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, k) => 10 ** k);
