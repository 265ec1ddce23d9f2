/** Human symbols that look like a name that is none: other capitals, other punctuation, a letter too many. */
import type { GeneReference, ReferenceGene } from './reference.ts';

const SUGGESTIONS = 3;
/** Shorter names are like too many others. */
const SHORTEST = 4;

export class Spelling {
  readonly #reference: GeneReference;
  #letters: Map<string, ReferenceGene | null> | undefined;

  constructor(reference: GeneReference) {
    this.#reference = reference;
  }

  /**
   * The only gene whose symbol has the same letters and digits, capitals and punctuation aside, else whose other name has;
   * null where none or several have.
   */
  sameLetters(text: string): ReferenceGene | null {
    this.#letters ??= this.#index();
    return this.#letters.get(plain(text)) ?? null;
  }

  /** Symbols one letter away (two, from eight letters on), nearest first. */
  similar(text: string): string[] {
    const wanted = text.toUpperCase();
    if (wanted.length < SHORTEST || wanted.length > 30) return [];
    const most = wanted.length < 8 ? 1 : 2;
    const near: { symbol: string; distance: number }[] = [];
    for (const symbol of this.#reference.bySymbol.keys()) {
      if (Math.abs(symbol.length - wanted.length) > most) continue;
      const distance = editDistance(wanted, symbol.toUpperCase(), most);
      if (distance <= most) near.push({ symbol, distance });
    }
    near.sort((a, b) => a.distance - b.distance || (a.symbol < b.symbol ? -1 : 1));
    return near.slice(0, SUGGESTIONS).map(({ symbol }) => symbol);
  }

  #index(): Map<string, ReferenceGene | null> {
    const { bySymbol, byAlias } = this.#reference;
    const symbols = byLetters(bySymbol);
    for (const [letters, gene] of byLetters(byAlias)) if (!symbols.has(letters)) symbols.set(letters, gene);
    return symbols;
  }
}

function byLetters(names: ReadonlyMap<string, ReferenceGene>): Map<string, ReferenceGene | null> {
  const index = new Map<string, ReferenceGene | null>();
  for (const [name, gene] of names) {
    const letters = plain(name);
    const held = index.get(letters);
    index.set(letters, held === undefined || held === gene ? gene : null);
  }
  return index;
}

function plain(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** Letters to insert, remove, replace or swap with their neighbour; anything above `most` where it is more. */
function editDistance(a: string, b: string, most: number): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) distance = Math.min(distance, before[j - 2]! + 1);
      row[j] = distance;
      least = Math.min(least, distance);
    }
    if (least > most) return most + 1;
    [before, above] = [above, row];
  }
  return above[b.length]!;
}
