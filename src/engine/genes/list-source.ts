/** A list of genes from where the user has it. */
import { basename, resolve } from 'node:path';
import type { ListSource } from '../../shared/enrichment.ts';
import type { GeneList } from '../../shared/gene-list.ts';
import { readText } from '../import/delimited.ts';
import { listEntries, resolveList, type DataGenes } from './list.ts';
import type { GeneReference } from './reference.ts';

/** @throws AppError BAD_FILE for a file that cannot be read as text, BAD_INPUT for a list without entries */
export async function readList(
  source: ListSource,
  reference: GeneReference,
  options: { readonly data: DataGenes | null; readonly sameLetters: boolean },
): Promise<GeneList> {
  const name = 'path' in source ? basename(source.path) : 'list';
  const text = 'path' in source ? await readText(resolve(source.path), name) : source.text;
  return resolveList(reference, listEntries(text), { name, ...options });
}

/** Names of genes by column, as `resolveList` takes them. */
export function namesOf(
  genes: readonly {
    readonly name: string;
    readonly symbol: string;
    readonly ensembl: string;
    readonly entrez: number;
  }[],
): DataGenes {
  return {
    name: genes.map(gene => gene.name),
    symbol: genes.map(gene => gene.symbol),
    ensembl: genes.map(gene => gene.ensembl),
    entrez: genes.map(gene => gene.entrez),
  };
}
