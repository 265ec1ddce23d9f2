/** Rows of a table become counts: of genes they are collected and turned, of cells they go straight on. */
import type { LabelColumn, ReadOptions } from '../../shared/model.ts';
import { BlockBuilder } from '../counts/block-builder.ts';
import { EntryCollector } from '../counts/entries.ts';
import type { RowSink } from '../counts/rows.ts';
import { ValueAudit } from './audit.ts';
import { repeatedGeneNames, uniqueCellNames } from './names.ts';
import type { TableLayout } from './table-layout.ts';

export interface TakenTable {
  readonly geneIds: readonly string[];
  readonly geneSymbols: readonly string[];
  readonly cellNames: readonly string[];
  readonly labels: readonly LabelColumn[];
  readonly warnings: readonly string[];
}

/** What is done with the fields of a table, row by row. Zeros are not reported. */
export interface TableTaker {
  text(column: number, text: string): void;
  value(column: number, value: number): void;
  endRow(): void;
  /** @throws AppError BAD_FILE where values are no counts or cells share a name. */
  finish(signal: AbortSignal): Promise<TakenTable>;
}

/** Rows are genes. */
export class GeneTaker implements TableTaker {
  readonly #file: string;
  readonly #layout: TableLayout;
  readonly #audit: ValueAudit;
  readonly #sink: RowSink;
  readonly #entries = new EntryCollector();
  readonly #cells: ReturnType<typeof uniqueCellNames>;
  readonly #ids: string[] = [];
  readonly #symbols: string[] = [];
  #gene = 0;

  /** @throws AppError BAD_FILE where cells share a name: the header says so before anything is read. */
  constructor(file: string, layout: TableLayout, options: ReadOptions, sink: RowSink) {
    this.#sink = sink;
    this.#file = file;
    this.#layout = layout;
    this.#audit = new ValueAudit(options.alreadyLog);
    this.#cells = uniqueCellNames(file, layout.names, options);
  }

  text(column: number, text: string): void {
    if (column === this.#layout.idColumn) this.#ids.push(text);
    if (column === this.#layout.symbolColumn) this.#symbols.push(text);
  }

  value(column: number, value: number): void {
    const cell = column - this.#layout.firstValue;
    this.#audit.see(value, this.#gene, cell);
    if (this.#audit.clean) this.#entries.add(cell, this.#gene, value);
  }

  endRow(): void {
    this.#gene++;
  }

  async finish(signal: AbortSignal): Promise<TakenTable> {
    const { names: cellNames, warnings } = this.#cells;
    this.#audit.finish(
      this.#file,
      gene => this.#symbols[gene]!,
      cell => cellNames[cell]!,
    );
    await this.#entries.emit(cellNames.length, this.#gene, this.#sink, signal);
    return {
      geneIds: this.#ids,
      geneSymbols: this.#symbols,
      cellNames,
      labels: [],
      warnings: [...warnings, ...repeatedGeneNames(this.#file, this.#ids)],
    };
  }
}

/** Rows are cells. */
export class CellTaker implements TableTaker {
  readonly #file: string;
  readonly #layout: TableLayout;
  readonly #options: ReadOptions;
  readonly #audit: ValueAudit;
  readonly #builder: BlockBuilder;
  readonly #names: string[] = [];
  readonly #labels: LabelBuilder[];
  readonly #labelAt: readonly (LabelBuilder | undefined)[];

  constructor(file: string, layout: TableLayout, options: ReadOptions, sink: RowSink) {
    this.#file = file;
    this.#layout = layout;
    this.#options = options;
    this.#audit = new ValueAudit(options.alreadyLog);
    this.#builder = new BlockBuilder(sink);
    this.#labels = layout.labels.map(label => new LabelBuilder(label.column, label.name));
    const byColumn: (LabelBuilder | undefined)[] = [];
    for (const label of this.#labels) byColumn[label.column] = label;
    this.#labelAt = byColumn;
  }

  text(column: number, text: string): void {
    if (column === this.#layout.idColumn) this.#names.push(text);
    else this.#labelAt[column]?.add(text);
  }

  value(column: number, value: number): void {
    const gene = column - this.#layout.firstValue;
    this.#audit.see(value, gene, this.#names.length - 1);
    if (this.#audit.clean) this.#builder.add(gene, value);
  }

  endRow(): void {
    this.#builder.endCell();
  }

  async finish(): Promise<TakenTable> {
    const { names } = this.#layout;
    this.#audit.finish(
      this.#file,
      gene => names[gene]!,
      cell => this.#names[cell]!,
    );
    const cells = uniqueCellNames(this.#file, this.#names, this.#options);
    this.#builder.flush();
    return {
      geneIds: names,
      geneSymbols: names,
      cellNames: cells.names,
      labels: this.#labels.map(label => label.finish()),
      warnings: [...cells.warnings, ...repeatedGeneNames(this.#file, names)],
    };
  }
}

/** A text column over cells, turned into levels. */
class LabelBuilder {
  readonly column: number;
  readonly #name: string;
  readonly #levels = new Map<string, number>();
  readonly #codes: number[] = [];

  constructor(column: number, name: string) {
    this.column = column;
    this.#name = name;
  }

  add(text: string): void {
    if (text === '' || text === 'NA') {
      this.#codes.push(-1);
      return;
    }
    const code = this.#levels.get(text) ?? this.#levels.size;
    this.#levels.set(text, code);
    this.#codes.push(code);
  }

  finish(): LabelColumn {
    return { name: this.#name, levels: [...this.#levels.keys()], codes: Int32Array.from(this.#codes) };
  }
}
