/** Numbers as they stand in sentences. */

/** 12746 as "12,746". */
export function grouped(n: number): string {
  return n.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** "1 cell", "2 cells". */
export function counted(n: number, one: string, more = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : more}`;
}

/** A share as percent with one decimal: .2137 as "21.4 %". */
export function percent(share: number): string {
  // Adding 0 turns the -0.0 of tiny negative shares into 0.0.
  return `${(Math.round(share * 1000) / 10 + 0).toFixed(1)} %`;
}
