/** Adjustment of many p values for the number of tests. */

/**
 * Benjamini and Hochberg's adjusted p values (J R Stat Soc B 1995), in the order of the input; as R's
 * `p.adjust(p, "BH")`.
 */
export function benjaminiHochberg(p: ArrayLike<number>): Float64Array {
  const tests = p.length;
  const order = Array.from({ length: tests }, (_, k) => k).sort((a, b) => p[b]! - p[a]!);
  const adjusted = new Float64Array(tests);
  let smallest = 1;
  for (const [k, test] of order.entries()) {
    smallest = Math.min(smallest, (p[test]! * tests) / (tests - k));
    adjusted[test] = smallest;
  }
  return adjusted;
}
