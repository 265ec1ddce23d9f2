/** The cells of a data set as Explore knows them: names, labels, the user's own labels, genes to choose from. */
import { csvOf, type CsvValue } from '../../shared/csv.ts';
import type { ExploreDataset } from '../../shared/explore.ts';
import type { DatasetSummary, LabelColumn, Progress } from '../../shared/model.ts';
import { Job, asAppError } from './job.svelte.ts';
import type { Studio } from './studio.svelte.ts';

export interface GeneChoice {
  readonly name: string;
  readonly symbol: string;
}

const NO_GENES: ExploreDataset['genes'] = { name: [], symbol: [] };

export class ExploreCells {
  readonly #studio: Studio;
  readonly #id: string;
  columns = $state.raw<readonly LabelColumn[]>([]);
  own = $state.raw<readonly LabelColumn[]>([]);
  readonly subset: Job<{ name: string; cells: Int32Array }, Progress, DatasetSummary>;
  #genes = NO_GENES;
  #names: readonly string[] | null = null;
  #encodedNames = new Uint8Array(0);
  #loaded = false;

  constructor(studio: Studio, id: string) {
    this.#studio = studio;
    this.#id = id;
    this.subset = new Job(async (input, call) => {
      const made = await studio.connection.client.call('explore.subset', { datasetId: id, ...input }, call);
      await studio.refresh();
      return made;
    });
  }

  /** Once; what it brings does not change. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    const { client } = this.#studio.connection;
    const { cellNames, columns, own, genes } = await client.call('explore.dataset', { datasetId: this.#id });
    this.#encodedNames = cellNames as Uint8Array<ArrayBuffer>;
    this.#genes = genes;
    this.columns = columns;
    this.own = own;
    this.#loaded = true;
  }

  /** @param cell position in the data set */
  name(cell: number): string {
    this.#names ??= JSON.parse(new TextDecoder().decode(this.#encodedNames)) as string[];
    return this.#names[cell] ?? '';
  }

  /** Genes whose symbol or name begins with the text, then those that hold it. */
  suggest(text: string, most = 8): GeneChoice[] {
    const wanted = text.trim().toLowerCase();
    if (wanted === '') return [];
    const { name, symbol } = this.#genes;
    const exact: GeneChoice[] = [];
    const begin: GeneChoice[] = [];
    const hold: GeneChoice[] = [];
    for (let g = 0; g < name.length && exact.length + begin.length < 200; g++) {
      const [own, id] = [symbol[g]!.toLowerCase(), name[g]!.toLowerCase()];
      const choice = { name: name[g]!, symbol: symbol[g] || name[g]! };
      if (own === wanted || id === wanted) exact.push(choice);
      else if (own.startsWith(wanted) || id.startsWith(wanted)) begin.push(choice);
      else if (hold.length < most && (own.includes(wanted) || id.includes(wanted))) hold.push(choice);
    }
    begin.sort((a, b) => a.symbol.length - b.symbol.length || (a.symbol < b.symbol ? -1 : 1));
    return [...exact, ...begin, ...hold].slice(0, most);
  }

  /** Gives cells a label of the user's own; the column is made where there is none. Can be undone. */
  label(columnName: string, level: string, cells: Int32Array, total: number): void {
    const before = this.own.find(({ name }) => name === columnName) ?? null;
    const levels = before === null ? [level] : [...new Set([...before.levels, level])];
    const codes = before?.codes.slice() ?? new Int32Array(total).fill(-1);
    const code = levels.indexOf(level);
    for (const cell of cells) codes[cell] = code;
    const after = { name: columnName, levels, codes };
    this.#studio.undo.do({
      label: `label “${level}”`,
      apply: () => void this.#put(columnName, after),
      revert: () => void this.#put(columnName, before),
    });
  }

  removeColumn(name: string): void {
    const before = this.own.find(column => column.name === name);
    if (!before) return;
    this.#studio.undo.do({
      label: `removal of the labels “${name}”`,
      apply: () => void this.#put(name, null),
      revert: () => void this.#put(name, before),
    });
  }

  async #put(name: string, column: LabelColumn | null): Promise<void> {
    const before = this.own;
    const others = before.filter(own => own.name !== name);
    this.own = column === null ? others : [...others, column];
    const value = column && { levels: [...column.levels], codes: column.codes };
    try {
      const request = { datasetId: this.#id, name, column: value };
      this.own = await this.#studio.connection.client.call('explore.putLabels', request);
    } catch (error) {
      this.own = before;
      this.#studio.toasts.say(`The labels could not be stored. ${asAppError(error).message}`);
    }
  }
}

/** One line a cell, for other programs. */
export function cellsCsv(
  names: readonly string[],
  columns: readonly { readonly name: string; value(row: number): CsvValue }[],
): Blob {
  const text = csvOf(
    ['cell', ...columns.map(({ name }) => name)],
    names.map((name, row) => [name, ...columns.map(column => column.value(row))]),
  );
  return new Blob([text], { type: 'text/csv' });
}
