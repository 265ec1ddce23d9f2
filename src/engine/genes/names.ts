/** What a gene name of a count file is made of: Ensembl ids, PanglaoDB's joined names, numbers, spike-ins, dates. */
import type { GeneIdKind } from '../../shared/model.ts';

export interface ParsedName {
  readonly kind: GeneIdKind;
  /** Ensembl gene id without version, of any species, or ''. */
  readonly ensembl: string;
  /** The symbol part, or the whole name where it has no other form; '' for Ensembl ids and numbers. */
  readonly symbol: string;
  /** The number, or 0. */
  readonly entrez: number;
}

// Ensembl: ENSG and 11 digits for human genes, three or four letters between ENS and G for other species.
const ENSEMBL = /^(ENS[A-Z]{0,4}G\d{11})(?:\.\d+)?$/;
const PANGLAODB = /^(.+)[_-](ENS[A-Z]{0,4}G\d{11})(?:\.\d+)?$/;
const NUMBER = /^[1-9]\d{0,9}$/;
const SPIKE_IN = /^ERCC[-_]\d{5}$/;
const DATE = /^(?:\d{1,2}-(?:Mar|Sep|Sept|Dec)|(?:Mar|Sep|Sept|Dec)-\d{1,2})$/i;

export function parseName(name: string): ParsedName {
  const plain = ENSEMBL.exec(name);
  if (plain !== null) return { kind: 'ensembl', ensembl: plain[1]!, symbol: '', entrez: 0 };
  const joined = PANGLAODB.exec(name);
  if (joined !== null) return { kind: 'panglaodb', ensembl: joined[2]!, symbol: joined[1]!, entrez: 0 };
  if (NUMBER.test(name)) return { kind: 'entrez', ensembl: '', symbol: '', entrez: Number(name) };
  return { kind: 'symbol', ensembl: '', symbol: name, entrez: 0 };
}

export function isHumanEnsembl(id: string): boolean {
  return id.startsWith('ENSG');
}

/** Control RNA added to every well (External RNA Controls Consortium, `ERCC-00002`); not the human genes ERCC1 to ERCC8. */
export function isSpikeIn(name: string): boolean {
  return SPIKE_IN.test(name);
}

/** A symbol such as MARCH1, SEPT2 or DEC1 after a spreadsheet took it for a date (`1-Mar`). */
export function looksLikeDate(name: string): boolean {
  return DATE.test(name);
}

/** Whether the names are 0, 1, 2 ... or 1, 2, 3 ...: positions that a program wrote where ids were missing. */
export function areRowNumbers(names: readonly string[]): boolean {
  if (names.length < 3) return false;
  const first = Number(names[0]);
  return (first === 0 || first === 1) && names.every((name, row) => name === String(first + row));
}

/**
 * Unique names: a repeated one gets `.1`, `.2` and so on, as R's make.unique does.
 * @returns the names and how many were changed.
 */
export function makeUnique(names: readonly string[]): { names: string[]; changed: number } {
  const taken = new Set(names);
  const seen = new Set<string>();
  const last = new Map<string, number>();
  let changed = 0;
  const out = names.map(name => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let number = last.get(name) ?? 0;
    let next: string;
    do next = `${name}.${++number}`;
    while (taken.has(next) || seen.has(next));
    last.set(name, number);
    seen.add(next);
    changed++;
    return next;
  });
  return { names: out, changed };
}
