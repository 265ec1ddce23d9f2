/** A list of genes that a user pasted or loaded: what became of each entry. */

/**
 * `found`: by id or current symbol. `renamed`: by an older or other name that one gene only has. `same-letters`: apart from
 * capitals and punctuation a human symbol. `date`: a spreadsheet's date. `shared`: a name of several genes.
 * `other-species`: an id of another species. `unknown`: none of these.
 */
export type EntryStatus =
  'found' | 'renamed' | 'same-letters' | 'date' | 'shared' | 'other-species' | 'unknown';

export interface ListedGene {
  /** 0 where the gene is known from the data only. */
  readonly entrez: number;
  readonly symbol: string;
  readonly ensembl: string;
}

export interface ListEntry {
  /** As it was written. */
  readonly text: string;
  readonly status: EntryStatus;
  /** Null where the entry names no single gene, or where same letters are not taken. */
  readonly gene: ListedGene | null;
  /** Row of the data set, or -1 where it does not measure the gene; null without a data set. */
  readonly row: number | null;
  /** The entry that named the same gene before, or ''. */
  readonly repeats: string;
  /** Current symbols that may be meant, where no gene was taken. */
  readonly suggestions: readonly string[];
}

export interface GeneList {
  readonly name: string;
  readonly entries: readonly ListEntry[];
  /** Entries left out because they are the heading of a table. */
  readonly heading: string;
}

export const STATUS_WORDS: Readonly<Record<EntryStatus, string>> = {
  found: 'found',
  renamed: 'found by an older or other name',
  'same-letters': 'a human symbol but for capitals or punctuation',
  date: 'a date that a spreadsheet made of a gene name',
  shared: 'a name of several genes',
  'other-species': 'an id of another species',
  unknown: 'not known',
};
