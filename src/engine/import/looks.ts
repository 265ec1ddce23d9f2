/**
 * Counts that were looked at, kept for a while: their names and figures without the counts, so that labels and pooling
 * can be tried without reading a large file again. A file that has changed since is read again.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CountsChoice } from '../../shared/import.ts';
import type { GeneTable, InspectReport } from '../../shared/model.ts';
import type { EngineEnvironment } from '../environment.ts';
import { isSpikeIn } from '../genes/names.ts';
import type { GeneReference } from '../genes/reference.ts';
import { resolveGenes } from '../genes/resolver.ts';
import type { ReadContext, ReadResult } from '../readers/contract.ts';
import { readAndCount, reportOf } from '../readers/inspect.ts';

/** Names of genes and cells that are kept at most, over all files. */
const MOST_NAMES = 6_000_000;

export interface Look {
  /** Base name, for messages. */
  readonly name: string;
  readonly report: InspectReport;
  readonly result: ReadResult;
  /** The genes that an import would keep, with their counts over all cells. */
  readonly genes: GeneTable;
  readonly totals: Float64Array;
}

type LookContext = Pick<ReadContext, 'signal' | 'progress'>;

export class Looks {
  readonly #reference: () => GeneReference;
  readonly #environment: Pick<EngineEnvironment, 'worker'>;
  /** Last used last. */
  readonly #kept = new Map<string, Look>();

  constructor(reference: () => GeneReference, environment: Pick<EngineEnvironment, 'worker'>) {
    this.#reference = reference;
    this.#environment = environment;
  }

  /** @throws what readPath throws */
  async look({ path, options }: CountsChoice, context: LookContext): Promise<Look> {
    const found = await stat(path).catch(() => null);
    // The time of a folder does not tell of changes in its files; it is read again after a minute.
    const age = found?.isDirectory() ? Math.floor(Date.now() / 60_000) : 0;
    const key = JSON.stringify([path, options, found?.size, found?.mtimeMs, age]);
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    const look = known ?? (await this.#read({ path, options }, context));
    this.#kept.set(key, look);
    this.#forget();
    return look;
  }

  async #read({ path, options }: CountsChoice, context: LookContext): Promise<Look> {
    const { result, sums } = await readAndCount(path, options, this.#environment, context);
    const reference = this.#reference();
    const resolve = (ids: readonly string[], symbols: readonly string[]) =>
      resolveGenes(reference, ids, symbols, undefined, options);
    const { geneIds, geneSymbols } = result;
    const kept = [...geneIds.keys()].filter(
      row => !isSpikeIn(geneIds[row]!) && !isSpikeIn(geneSymbols[row]!),
    );
    const totals = Float64Array.from(kept, row => sums.totals[row] ?? 0);
    const { table } = resolveGenes(
      reference,
      kept.map(row => geneIds[row]!),
      kept.map(row => geneSymbols[row]!),
      totals,
      options,
    );
    const report = reportOf(path, result, sums, resolve);
    return { name: basename(path), report, result, genes: table, totals };
  }

  #forget(): void {
    const size = ({ result }: Look): number => result.cellNames.length + result.geneIds.length;
    let names = 0;
    for (const look of this.#kept.values()) names += size(look);
    for (const [key, look] of this.#kept) {
      if (names <= MOST_NAMES || this.#kept.size === 1) return;
      names -= size(look);
      this.#kept.delete(key);
    }
  }
}
