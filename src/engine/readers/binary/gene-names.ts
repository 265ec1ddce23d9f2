/** Which columns of a gene table are the ids and which the names. */
import { areRowNumbers, parseName } from '../../genes/names.ts';

export interface GeneNames {
  readonly ids: readonly string[];
  readonly symbols: readonly string[];
}

/** Columns that may hold what the main one lacks, the most telling first; compared without case, `_`, `.`, `-`, space. */
const ID_COLUMNS = [
  'geneids',
  'geneid',
  'ensembl',
  'ensemblid',
  'ensemblids',
  'ensemblgeneid',
  'ensg',
  'accession',
  'featureid',
  'ids',
  'id',
];
const SYMBOL_COLUMNS = [
  'featurename',
  'genename',
  'genenames',
  'genesymbol',
  'genesymbols',
  'hgncsymbol',
  'symbol',
  'symbols',
  'geneshortname',
  'originalgenesymbols',
  'gene',
  'genes',
  'varnames',
  'name',
];

/**
 * Ids are Ensembl's where the table has them, symbols the names beside them; an empty field falls back to the main one.
 * @param main the column that names the rows
 * @param available names of all columns
 * @param column a column as text, or null where it is no text
 */
export function geneNames(
  main: readonly string[],
  available: Iterable<string>,
  column: (name: string) => readonly string[] | null,
): GeneNames {
  const columns = [...available];
  const find = (
    wanted: readonly string[],
    fits: (values: readonly string[]) => boolean,
  ): readonly string[] | null => {
    for (const plain of wanted) {
      for (const name of columns.filter(candidate => plainName(candidate) === plain)) {
        const values = column(name);
        if (values !== null && values.length === main.length && fits(values)) return values;
      }
    }
    return null;
  };
  const filled = (values: readonly string[] | null): readonly string[] =>
    values?.map((value, k) => value || main[k]!) ?? main;

  if (mostlyEnsembl(main)) return { ids: main, symbols: filled(find(SYMBOL_COLUMNS, isNaming)) };
  const ensembl = find(ID_COLUMNS, mostlyEnsembl);
  // Row numbers that a program wrote where the table had no names.
  const symbols = areRowNumbers(main) ? filled(find(SYMBOL_COLUMNS, isNaming)) : main;
  return { ids: ensembl?.map((id, k) => id || symbols[k]!) ?? symbols, symbols };
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.-]/g, '');
}

/** Names for genes: text that is neither ids nor the same word over and over. */
function isNaming(values: readonly string[]): boolean {
  const given = values.filter(value => value !== '');
  return new Set(given).size > given.length / 2 && !mostlyEnsembl(values);
}

/** Whether half of the names or more are Ensembl gene ids. */
export function mostlyEnsembl(values: readonly string[]): boolean {
  const given = values.filter(value => value !== '');
  const ensembl = given.filter(value => parseName(value).kind === 'ensembl').length;
  return ensembl > 0 && ensembl >= given.length / 2;
}
