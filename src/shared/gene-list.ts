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

/** A list scored as if it were the panel: explained variance of the test cells, each pair on the genes in neither list. */
export interface ListScore {
  /** Of the list, in the run. */
  readonly genes: number;
  readonly testCells: number;
  readonly panel: { readonly targets: number; readonly ev: number; readonly evList: number };
  /** Random panels of the list's size, in the order they were drawn. */
  readonly random: {
    readonly count: number;
    readonly asGood: number;
    readonly p: number;
    readonly ev: readonly number[];
    readonly evList: readonly number[];
  };
}

/** In a sentence. @param list, @param panel their names */
export function scoreWords(
  { genes, testCells, panel, random }: ListScore,
  list: string,
  panelName: string,
): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const sorted = [...random.ev].sort((a, b) => a - b);
  const chance =
    random.count === 0
      ? 'No random panel could be scored beside it.'
      : `Of ${random.count} random panels of ${genes} genes, which explain ${percent(sorted[0]!)} to ${percent(sorted.at(-1)!)}, ${random.asGood === 0 ? 'none does' : random.asGood === 1 ? 'one does' : `${random.asGood} do`} as well or better on the genes in neither (p = ${random.p.toFixed(2)}).`;
  return (
    `With a linear model, the ${genes} genes of ${list} explain ${percent(panel.evList)} of the variance of the ${panel.targets.toLocaleString('en')} genes that are in neither list in ${testCells.toLocaleString('en')} held-out cells, ` +
    `${panelName} ${percent(panel.ev)}. ${chance}`
  );
}
