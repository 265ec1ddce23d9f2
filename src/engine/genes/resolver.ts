/**
 * Which human genes the rows of a count file are. One order everywhere: Ensembl id, then Entrez id, then current symbol,
 * then published landmark symbol or an alias that one gene only has. Names keep their case: symbols of another species
 * are said, and matched only where the user asks for genes of the same letters.
 */
import type { GeneIdKind, GeneTable } from '../../shared/model.ts';
import { counted, grouped } from '../steps/words.ts';
import { examples } from './examples.ts';
import { areRowNumbers, isHumanEnsembl, looksLikeDate, makeUnique, parseName } from './names.ts';
import type { ParsedName } from './names.ts';
import type { GeneReference, ReferenceGene } from './reference.ts';
import { Spelling } from './spelling.ts';

/** How a gene was found, best first. */
export type FoundBy = 'ensembl' | 'entrez' | 'symbol' | 'alias' | 'letters' | 'none';
const BEST_FIRST: readonly FoundBy[] = ['ensembl', 'entrez', 'symbol', 'alias', 'letters', 'none'];

export interface ResolvedGenes {
  /** One entry per row of the file, in its order; a landmark index occurs at most once. */
  readonly table: GeneTable;
  readonly kind: GeneIdKind;
  /** How many of the 978 landmarks are present. */
  readonly landmarks: number;
  /** Sentences for the user. */
  readonly warnings: readonly string[];
  /** Per row. */
  readonly foundBy: readonly FoundBy[];
}

interface Match {
  readonly gene: ReferenceGene;
  readonly foundBy: FoundBy;
}

/**
 * @param ids Identifier of each row as the file gives it.
 * @param symbols Name of each row beside the identifier, or the identifier again.
 * @param totals Counts per row where they are known: of two rows that are found equally well as one landmark, the one
 *   with more counts is the landmark; without totals, the first.
 * @param options `sameLetters`: what is not found otherwise is the human gene of the same letters, such as ACTB for Actb
 */
export function resolveGenes(
  reference: GeneReference,
  ids: readonly string[],
  symbols: readonly string[],
  totals?: ArrayLike<number>,
  { sameLetters = false }: { readonly sameLetters?: boolean | undefined } = {},
): ResolvedGenes {
  const warnings: string[] = [];
  const numbered = areRowNumbers(ids);
  const own = ids.map((id, row) => parseName(id === '' ? symbols[row]! : id));
  const beside = symbols.map(parseName);
  const species = speciesWarning(reference, own, beside);
  if (species !== null && !sameLetters) warnings.push(species);
  const spelling = sameLetters ? new Spelling(reference) : null;
  const matches = own.map((name, row) => {
    const names = [name, beside[row]!];
    return (
      match(reference, names, { numbers: !numbered, symbols: species === null }) ??
      (spelling && byLetters(spelling, names))
    );
  });
  if (sameLetters) warnings.push(...lettersWarning(matches, beside, own));
  const found = matches.filter(m => m !== null).length;
  if (species === null && found < ids.length / 10) warnings.push(fewHuman(found, ids.length, numbered));
  const dates = symbols.filter(looksLikeDate);
  if (dates.length > 0) {
    warnings.push(
      `${counted(dates.length, 'gene name looks', 'gene names look')} like a date (${examples(dates)}): a spreadsheet ` +
        'may have changed names such as MARCH1 or SEPT2. These rows are kept, but not matched with genes.',
    );
  }
  const names = uniqueNames(ids, symbols, warnings);
  const landmark = chooseLandmarks(reference, matches, totals, names, warnings);
  return {
    table: {
      name: names,
      symbol: matches.map(
        (m, row) => m?.gene.symbol ?? (beside[row]!.symbol || own[row]!.symbol || names[row]!),
      ),
      ensembl: matches.map(
        (m, row) => own[row]!.ensembl || beside[row]!.ensembl || (m?.gene.ensembl[0] ?? ''),
      ),
      entrez: matches.map(m => m?.gene.entrez ?? 0),
      landmark,
    },
    kind: kindOf(own, numbered || (species === null && found < ids.length / 10)),
    landmarks: landmark.filter(row => row >= 0).length,
    warnings,
    foundBy: matches.map(m => m?.foundBy ?? 'none'),
  };
}

/** The gene of a row from its names, best first; null where there is none. */
function match(
  reference: GeneReference,
  names: readonly ParsedName[],
  use: { readonly numbers: boolean; readonly symbols: boolean },
): Match | null {
  for (const { ensembl } of names) {
    const named = reference.sharedEnsembl
      .get(ensembl)
      ?.find(gene => names.some(n => n.symbol === gene.symbol));
    const gene = named ?? reference.byEnsembl.get(ensembl);
    if (gene !== undefined) return { gene, foundBy: 'ensembl' };
  }
  // A gene of another species may share its symbol with a human one.
  if (names.some(({ ensembl }) => ensembl !== '' && !isHumanEnsembl(ensembl))) return null;
  for (const { entrez } of use.numbers ? names : []) {
    const gene = reference.byEntrez.get(entrez);
    if (gene !== undefined) return { gene, foundBy: 'entrez' };
  }
  if (!use.symbols) return null;
  for (const foundBy of ['symbol', 'alias'] as const) {
    const index = foundBy === 'symbol' ? reference.bySymbol : reference.byAlias;
    for (const { symbol } of names) {
      const gene = symbol === '' ? undefined : index.get(symbol);
      if (gene !== undefined) return { gene, foundBy };
    }
  }
  return null;
}

function byLetters(spelling: Spelling, names: readonly ParsedName[]): Match | null {
  for (const { symbol } of names) {
    const gene = symbol === '' ? null : spelling.sameLetters(symbol);
    if (gene !== null) return { gene, foundBy: 'letters' };
  }
  return null;
}

function lettersWarning(
  matches: readonly (Match | null)[],
  beside: readonly ParsedName[],
  own: readonly ParsedName[],
): string[] {
  const pairs = matches.flatMap((match, row) =>
    match?.foundBy === 'letters'
      ? [`${beside[row]!.symbol || own[row]!.symbol} as ${match.gene.symbol}`]
      : [],
  );
  if (pairs.length === 0) return [];
  return [
    `${counted(pairs.length, 'gene was', 'genes were')} taken for the human gene of the same letters, as you asked: ${examples(pairs)}. Genes of another species with the same letters are mostly, not always, the corresponding ones.`,
  ];
}

/** A sentence where the rows are genes of another species, else null. */
function speciesWarning(
  reference: GeneReference,
  own: readonly ParsedName[],
  beside: readonly ParsedName[],
): string | null {
  const ensembl = own.map((name, row) => name.ensembl || beside[row]!.ensembl).filter(id => id !== '');
  const foreign = ensembl.filter(id => !isHumanEnsembl(id));
  if (foreign.length > ensembl.length / 2) {
    const species = foreign[0]!.startsWith('ENSMUSG') ? 'mouse genes' : 'genes of another species than human';
    return `The gene ids are those of ${species} (${examples(foreign)}), so that they are not matched with human genes or landmarks.`;
  }
  let exact = 0;
  const upper: string[] = [];
  for (const [row, name] of own.entries()) {
    const symbol = name.symbol || beside[row]!.symbol;
    if (symbol === '') continue;
    if (reference.bySymbol.has(symbol) || reference.byAlias.has(symbol)) exact++;
    else if (reference.bySymbol.has(symbol.toUpperCase())) upper.push(symbol);
  }
  if (upper.length <= exact) return null;
  return (
    `The gene names look like mouse genes: ${grouped(upper.length)} of them, such as ${examples(upper)}, ` +
    'are human ones in capital letters only. They are not matched with human genes or landmarks, unless you ask for genes of the same letters.'
  );
}

function fewHuman(found: number, rows: number, numbered: boolean): string {
  const known = `${found === 0 ? 'None' : `Only ${grouped(found)}`} of the ${grouped(rows)} genes`;
  return numbered
    ? `${known} is known: the gene ids are row numbers. Choose a file or layer that holds the gene names.`
    : `${known} ${found === 1 || found === 0 ? 'is' : 'are'} known as human, by id or by name.`;
}

/** Names for the table: the ids, or the symbols where the ids repeat and the symbols do not. */
function uniqueNames(ids: readonly string[], symbols: readonly string[], warnings: string[]): string[] {
  const names = ids.map((id, row) => (id === '' ? symbols[row]! : id));
  const unique = makeUnique(names);
  if (unique.changed === 0) return names;
  if (new Set(symbols).size === symbols.length) {
    warnings.push(
      `${counted(unique.changed, 'gene id repeats', 'gene ids repeat')} an earlier one; the gene names are used as ids.`,
    );
    return [...symbols];
  }
  warnings.push(
    `${counted(unique.changed, 'gene repeats the id', 'genes repeat the id')} of an earlier one; they are kept under names ending in .1, .2 and so on.`,
  );
  return unique.names;
}

/** The landmark of each row, or -1. Of several rows for one landmark the one found best counts. */
function chooseLandmarks(
  reference: GeneReference,
  matches: readonly (Match | null)[],
  totals: ArrayLike<number> | undefined,
  names: readonly string[],
  warnings: string[],
): number[] {
  const best = new Int32Array(reference.landmarks.length).fill(-1);
  const twice = new Set<number>();
  const worth = (row: number): number => totals?.[row] ?? 0;
  const grade = (row: number): number => BEST_FIRST.indexOf(matches[row]!.foundBy);
  for (const [row, found] of matches.entries()) {
    const landmark = found?.gene.landmark ?? -1;
    if (landmark < 0) continue;
    const held = best[landmark]!;
    if (held >= 0) twice.add(landmark);
    const better =
      held < 0 || grade(row) < grade(held) || (grade(row) === grade(held) && worth(row) > worth(held));
    if (better) best[landmark] = row;
  }
  const landmarkOfRow = new Array<number>(matches.length).fill(-1);
  for (const [landmark, row] of best.entries()) if (row >= 0) landmarkOfRow[row] = landmark;
  if (twice.size > 0) {
    const chosen = [...twice].map(l => `${reference.landmarks[l]!.symbol} (${names[best[l]!]!})`);
    warnings.push(
      `${counted(twice.size, 'landmark gene has', 'landmark genes have')} several rows; the row found by Ensembl id, then the one ` +
        `with most counts, is taken: ${examples(chosen)}.`,
    );
  }
  return landmarkOfRow;
}

/** The commonest form of the ids; plain names and numbers count only where they are known to be genes. */
function kindOf(own: readonly ParsedName[], doubtful: boolean): GeneIdKind {
  const counts = new Map<GeneIdKind, number>();
  for (const { kind } of own) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const [kind] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['unknown' as const];
  return doubtful && (kind === 'symbol' || kind === 'entrez') ? 'unknown' : kind;
}
