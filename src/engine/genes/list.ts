/**
 * Genes that a user pasted or loaded, one report for each entry: the gene it names, by the order of resolver.ts, or why there
 * is none and what may be meant.
 */
import { badInput } from '../../shared/errors.ts';
import type { EntryStatus, GeneList, ListedGene, ListEntry } from '../../shared/gene-list.ts';
import { isHumanEnsembl, looksLikeDate, parseName } from './names.ts';
import type { GeneReference, ReferenceGene } from './reference.ts';
import { Spelling } from './spelling.ts';

/** Names of a data set, to tell which row a gene is. */
export interface DataGenes {
  readonly name: readonly string[];
  readonly symbol: readonly string[];
  readonly ensembl: readonly string[];
  readonly entrez: readonly number[];
}

export interface ListOptions {
  readonly name?: string;
  readonly data?: DataGenes | null;
  /** Take a name for the human symbol that has the same letters and digits, whatever its capitals. */
  readonly sameLetters?: boolean;
}

/** More entries are no list of genes. */
const MOST_ENTRIES = 100_000;
/** Suggestions by similar spelling are looked for so many times: each goes through all symbols. */
const MOST_GUESSES = 200;
const HEADING =
  /^(gene(_?(symbol|name|id)s?)?|symbols?|genes|ensembl(_?id)?|entrez(_?id)?|hgnc_symbol|name|id)$/i;

/**
 * Entries of a text: one on each line or between commas, semicolons, tabs or spaces.
 * @throws AppError BAD_INPUT for a text without entries, or with far too many
 */
export function listEntries(text: string): string[] {
  const entries = text
    .replace(/^\uFEFF/, '')
    .split(/[\s,;|]+/)
    .map(entry => entry.replace(/^["']+|["']+$/g, ''))
    .filter(entry => entry !== '');
  if (entries.length === 0) {
    throw badInput(
      'list',
      'The list holds no genes. Give gene symbols, Ensembl or Entrez ids, one on each line.',
    );
  }
  if (entries.length > MOST_ENTRIES) {
    throw badInput(
      'list',
      `The list has ${entries.length.toLocaleString('en')} entries, which are no genes of one species.`,
    );
  }
  return entries;
}

/** @param texts as `listEntries` gives them */
export function resolveList(
  reference: GeneReference,
  texts: readonly string[],
  { name = 'list', data = null, sameLetters = false }: ListOptions = {},
): GeneList {
  const rows = data === null ? null : new DataRows(data);
  const spelling = new Spelling(reference);
  const heading = texts.length > 1 && HEADING.test(texts[0]!) ? texts[0]! : '';
  const named = new Map<string, string>();
  let guesses = 0;
  const entries = (heading === '' ? texts : texts.slice(1)).map((text): ListEntry => {
    const own = rows?.byName(text) ?? -1;
    let { status, gene, suggestions } = identify(reference, text);
    if (gene === null && own >= 0) {
      // The data name it exactly so, whatever the reference knows.
      [status, gene, suggestions] = ['found', rows!.gene(own), []];
    }
    if (gene === null && status === 'unknown') {
      const alike = spelling.sameLetters(text);
      if (alike !== null) {
        status = 'same-letters';
        if (sameLetters) gene = listed(alike);
        else suggestions = [alike.symbol];
      } else if (guesses++ < MOST_GUESSES) suggestions = spelling.similar(text);
    }
    const key = gene === null ? '' : gene.entrez > 0 ? String(gene.entrez) : gene.symbol;
    const repeats = gene === null ? '' : (named.get(key) ?? '');
    if (gene !== null && repeats === '') named.set(key, text);
    const row = rows === null ? null : gene === null ? -1 : own >= 0 ? own : rows.of(gene);
    return { text, status, gene, row, repeats, suggestions };
  });
  return { name, entries, heading };
}

interface Identity {
  status: EntryStatus;
  gene: ListedGene | null;
  suggestions: readonly string[];
}

function identify(reference: GeneReference, text: string): Identity {
  const { ensembl, entrez, symbol } = parseName(text);
  const found = (gene: ReferenceGene, status: EntryStatus = 'found'): Identity => ({
    status,
    gene: listed(gene, ensembl),
    suggestions: [],
  });
  const none = (status: EntryStatus, may: readonly ReferenceGene[] = []): Identity => ({
    status,
    gene: null,
    suggestions: [...new Set(may.map(gene => gene.symbol))],
  });
  const named = reference.sharedEnsembl.get(ensembl)?.find(gene => gene.symbol === symbol);
  const byEnsembl = named ?? reference.byEnsembl.get(ensembl);
  if (byEnsembl) return found(byEnsembl);
  if (ensembl !== '' && !isHumanEnsembl(ensembl)) return none('other-species');
  const byEntrez = reference.byEntrez.get(entrez);
  if (byEntrez) return found(byEntrez);
  const bySymbol = reference.bySymbol.get(symbol);
  if (bySymbol) return found(bySymbol);
  const byAlias = reference.byAlias.get(symbol);
  if (byAlias) return found(byAlias, 'renamed');
  // NCBI's name of a gene without a symbol is its Entrez id.
  const locus = /^LOC([1-9]\d{0,9})$/.exec(symbol);
  const byLocus = locus && reference.byEntrez.get(Number(locus[1]));
  if (byLocus) return found(byLocus, 'renamed');
  const shared = reference.sharedAliases.get(symbol);
  if (shared) return none('shared', shared);
  if (looksLikeDate(text)) return none('date', datedGenes(reference, text));
  return none('unknown');
}

/** Genes that a spreadsheet may have made this date of: 1-Mar of MARCH1 (now MARCHF1) or MARC1 (now MTARC1). */
function datedGenes(reference: GeneReference, text: string): ReferenceGene[] {
  const number = Number(/\d+/.exec(text)![0]);
  const month = /[a-z]+/i.exec(text)![0].slice(0, 3).toUpperCase();
  const families = { MAR: ['MARCH', 'MARC'], SEP: ['SEPT', 'SEPTIN'], DEC: ['DEC'] }[month] ?? [];
  return families.flatMap(family => {
    const name = `${family}${number}`;
    const gene = reference.bySymbol.get(name) ?? reference.byAlias.get(name);
    return gene ? [gene] : [...(reference.sharedAliases.get(name) ?? [])];
  });
}

function listed(gene: ReferenceGene, ensembl = ''): ListedGene {
  return {
    entrez: gene.entrez,
    symbol: gene.symbol,
    ensembl: ensembl !== '' && gene.ensembl.includes(ensembl) ? ensembl : (gene.ensembl[0] ?? ''),
  };
}

/** Finds genes among the rows of a data set. */
class DataRows {
  readonly #data: DataGenes;
  readonly #rows = new Map<string, number>();

  constructor(data: DataGenes) {
    this.#data = data;
    const put = (key: string, row: number): void => {
      if (!this.#rows.has(key)) this.#rows.set(key, row);
    };
    for (const row of data.name.keys()) {
      put(`name:${data.name[row]}`, row);
      if (data.entrez[row]! > 0) put(`entrez:${data.entrez[row]}`, row);
      if (data.ensembl[row] !== '') put(`ensembl:${data.ensembl[row]}`, row);
      if (data.symbol[row] !== '') put(`symbol:${data.symbol[row]}`, row);
    }
  }

  byName(text: string): number {
    return this.#rows.get(`name:${text}`) ?? -1;
  }

  of({ entrez, ensembl, symbol }: ListedGene): number {
    const at = (key: string): number | undefined => this.#rows.get(key);
    return (
      (entrez > 0 ? at(`entrez:${entrez}`) : undefined) ??
      (ensembl !== '' ? at(`ensembl:${ensembl}`) : undefined) ??
      at(`symbol:${symbol}`) ??
      -1
    );
  }

  gene(row: number): ListedGene {
    return {
      entrez: this.#data.entrez[row]!,
      symbol: this.#data.symbol[row]!,
      ensembl: this.#data.ensembl[row]!,
    };
  }
}
