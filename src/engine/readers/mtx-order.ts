/**
 * Entries of a matrix file on their way to the sink. Files list them cell by cell as a rule, and then cells go straight
 * through; where a file turns out to be in another order, all its entries are collected and sorted.
 */
import { badFile } from '../../shared/errors.ts';
import { BlockBuilder } from '../counts/block-builder.ts';
import { EntryCollector, RowSorter } from '../counts/entries.ts';
import type { RowBlock, RowSink } from '../counts/rows.ts';

/** So many entries (a quarter of a gigabyte) are held back before the file's order is trusted. */
const LOOK_AHEAD = 1 << 25;

export class OrderedEntries {
  readonly #file: string;
  readonly #cells: number;
  readonly #genes: number;
  readonly #sink: RowSink;
  readonly #signal: AbortSignal;
  #lookAhead: number;
  readonly #builder: BlockBuilder;
  readonly #sorter: RowSorter;
  #held: RowBlock[] | null = [];
  #heldEntries = 0;
  #collector: EntryCollector | null = null;
  #cell = 0;
  #lastGene = -1;
  #ascending = true;
  #twice: { cell: number; gene: number } | null = null;

  constructor(
    file: string,
    size: { readonly cells: number; readonly genes: number },
    sink: RowSink,
    signal: AbortSignal,
    lookAhead = LOOK_AHEAD,
  ) {
    this.#file = file;
    this.#cells = size.cells;
    this.#genes = size.genes;
    this.#signal = signal;
    this.#lookAhead = lookAhead;
    this.#sink = sink;
    this.#builder = new BlockBuilder({ rows: block => this.#pass(block) });
    this.#sorter = new RowSorter(size.genes);
  }

  /** @throws AppError BAD_FILE where the file goes back to a cell that has left the look-ahead. */
  add(cell: number, gene: number, value: number): void {
    if (Math.fround(value) === 0) return;
    if (this.#collector === null && cell < this.#cell) this.#collector = this.#collectInstead(cell);
    if (this.#collector !== null) {
      this.#collector.add(cell, gene, value);
      return;
    }
    while (this.#cell < cell) this.#endCell();
    if (gene <= this.#lastGene) this.#ascending = false;
    this.#lastGene = gene;
    this.#builder.add(gene, value);
  }

  /**
   * Hands over what is left.
   * @returns an entry that the file lists twice, or null; what the sink has is of no use in the first case.
   */
  async finish(): Promise<{ cell: number; gene: number } | null> {
    if (this.#collector !== null) {
      return this.#collector.emit(this.#cells, this.#genes, this.#sink, this.#signal);
    }
    while (this.#cell < this.#cells) this.#endCell();
    this.#builder.flush();
    if (this.#twice === null) this.#release();
    return this.#twice;
  }

  #endCell(): void {
    if (!this.#ascending) {
      const gene = this.#builder.sortCell(this.#sorter);
      if (gene !== null) this.#twice ??= { cell: this.#cell, gene };
    }
    this.#builder.endCell();
    this.#cell++;
    this.#lastGene = -1;
    this.#ascending = true;
  }

  #pass(block: RowBlock): void {
    if (this.#held === null) {
      if (this.#twice === null) this.#sink.rows(block);
      return;
    }
    this.#held.push(block);
    this.#heldEntries += block.idx.length;
    if (this.#heldEntries > this.#lookAhead) this.#release();
  }

  #release(): void {
    for (const block of this.#held ?? []) this.#sink.rows(block);
    this.#held = null;
  }

  #collectInstead(backTo: number): EntryCollector {
    if (this.#held === null) {
      throw badFile(
        this.#file,
        `lists its entries cell by cell at first and later goes back to cell ${backTo + 1}: sort it by column`,
      );
    }
    this.#lookAhead = Infinity;
    this.#builder.endCell();
    this.#builder.flush();
    const collector = new EntryCollector();
    let cell = 0;
    for (const block of this.#held) {
      for (let r = 0; r < block.rows; r++, cell++) {
        for (let k = block.ptr[r]!; k < block.ptr[r + 1]!; k++)
          collector.add(cell, block.idx[k]!, block.val[k]!);
      }
    }
    this.#held = [];
    return collector;
  }
}
