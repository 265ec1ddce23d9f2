/**
 * Labels of the cells that are about to be stored: labels files, which of them belongs to which counts, and which
 * columns are used for what. The engine says how well they fit; here stands what the user chose.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { LabelColumnReport, LabelsReport } from '../../shared/import.ts';
import type { LabelOptions } from '../../shared/model.ts';
import type { Connection } from './connection.svelte.ts';
import { asAppError } from './job.svelte.ts';
import type { Given } from './chosen.ts';
import type { Undo } from './undo.svelte.ts';

export interface LabelsFile {
  readonly name: string;
  readonly path: string;
}

/** Null: as suggested; an empty name: none. */
export interface LabelChoice {
  readonly type: string | null;
  readonly experiment: string | null;
  readonly donor: string | null;
  readonly ids: string | null;
  readonly drop: readonly { readonly column: string; readonly value: string }[];
  readonly dropUnlabelled: boolean;
  /** Labels file of each file of counts, where the user has chosen it; an empty path: none. */
  readonly fileOf: Readonly<Record<string, string>>;
}

export const NO_CHOICE: LabelChoice = {
  type: null,
  experiment: null,
  donor: null,
  ids: null,
  drop: [],
  dropUnlabelled: false,
  fileOf: {},
};

/** A look at one labels file (an empty path: the labels inside the counts) against one file of counts. */
export type Match = { readonly report: LabelsReport } | { readonly failure: string };

export class Labels {
  files = $state.raw<readonly LabelsFile[]>([]);
  choice = $state.raw<LabelChoice>(NO_CHOICE);
  /** The engine is looking. */
  busy = $state(false);
  /** As chosen, by the path of the counts. */
  readonly matches = new SvelteMap<string, Match>();
  /** As they are by themselves, by counts and labels: what they offer does not depend on what was chosen. */
  readonly #plain = new SvelteMap<string, Match>();
  readonly #connection: Connection;
  readonly #undo: Undo;
  readonly #candidates: () => readonly Given[];
  readonly #onChange: () => void;
  #turn = 0;

  constructor(connection: Connection, undo: Undo, candidates: () => readonly Given[], onChange: () => void) {
    this.#connection = connection;
    this.#undo = undo;
    this.#candidates = candidates;
    this.#onChange = onChange;
  }

  add(file: LabelsFile): Promise<void> {
    this.files = [...this.files.filter(({ path }) => path !== file.path), file];
    return this.look();
  }

  remove(path: string): Promise<void> {
    this.files = this.files.filter(file => file.path !== path);
    return this.look();
  }

  /** Changes a choice so that it can be taken back. */
  choose(label: string, change: Partial<LabelChoice>): void {
    const before = this.choice;
    const use = (choice: LabelChoice): void => {
      this.choice = choice;
      void this.look();
    };
    this.#undo.do({
      label,
      apply: () => use({ ...before, ...change }),
      revert: () => use(before),
    });
  }

  restore(files: readonly LabelsFile[], choice: LabelChoice): void {
    this.files = files;
    this.choice = choice;
  }

  discard(): void {
    this.#turn++;
    this.busy = false;
    this.files = [];
    this.choice = NO_CHOICE;
    this.matches.clear();
    this.#plain.clear();
  }

  /** The labels file of some counts: as chosen, else the one that names most of the cells; null for none. */
  fileOf(counts: string): LabelsFile | null {
    const chosen = this.choice.fileOf[counts];
    if (chosen !== undefined) return this.files.find(({ path }) => path === chosen) ?? null;
    const matched = ({ path }: LabelsFile): number => {
      const match = this.#plain.get(keyOf(counts, path));
      return match && 'report' in match ? match.report.matched : 0;
    };
    let best: LabelsFile | null = null;
    for (const file of this.files) if (best === null || matched(file) > matched(best)) best = file;
    return best;
  }

  /** Every column that can be chosen, over all files. */
  get columns(): readonly LabelColumnReport[] {
    const byName = new Map<string, LabelColumnReport>();
    for (const match of this.matches.values()) {
      if (!('report' in match)) continue;
      for (const column of match.report.columns)
        if (!byName.has(column.name)) byName.set(column.name, column);
    }
    return [...byName.values()];
  }

  /** What the engine is told about the labels of some counts: only columns that these labels have. */
  optionsFor(counts: string): LabelOptions {
    const file = this.fileOf(counts);
    const { type, experiment, donor, ids, drop, dropUnlabelled } = this.choice;
    const plain = this.#plain.get(keyOf(counts, file?.path ?? ''));
    const report = plain && 'report' in plain ? plain.report : null;
    const names = new Set([...(report?.header ?? []), ...(report?.columns ?? []).map(({ name }) => name)]);
    const usable = (name: string | null): string | undefined =>
      name === null || (name !== '' && !names.has(name)) ? undefined : name;
    return {
      typeColumn: usable(type),
      experimentColumn: usable(experiment),
      donorColumn: usable(donor),
      ...(file === null ? {} : { idColumn: usable(ids) || undefined }),
      drop: drop.filter(({ column }) => names.has(column)),
      ...(dropUnlabelled && file !== null ? { dropUnlabelled } : {}),
    };
  }

  /** Looks at the labels of all counts again; a later look takes the place of one that is going on. */
  async look(): Promise<void> {
    this.#onChange();
    const turn = ++this.#turn;
    const candidates = this.#candidates();
    const paths = new Set(candidates.map(({ path }) => path));
    for (const path of [...this.matches.keys()]) if (!paths.has(path)) this.matches.delete(path);
    this.busy = true;
    try {
      for (const given of candidates) {
        for (const path of this.files.length === 0 ? [''] : this.files.map(file => file.path)) {
          const key = keyOf(given.path, path);
          if (this.#plain.has(key)) continue;
          const match = await this.#ask(given, path, {});
          if (match === null || turn !== this.#turn) return;
          this.#plain.set(key, match);
        }
        const file = this.fileOf(given.path)?.path ?? '';
        const match = await this.#ask(given, file, this.optionsFor(given.path));
        if (match === null || turn !== this.#turn) return;
        this.matches.set(given.path, match);
      }
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  /** Null where the connection was lost: it is tried again when it is back. */
  async #ask(
    { path, options: reading }: Given,
    labels: string,
    options: LabelOptions,
  ): Promise<Match | null> {
    try {
      const report = await this.#connection.client.call('labels.inspect', {
        counts: { path, options: reading },
        ...(labels === '' ? {} : { labels }),
        options,
      });
      return { report };
    } catch (error) {
      const failure = asAppError(error);
      return failure.code === 'ENGINE_LOST' ? null : { failure: failure.message };
    }
  }
}

const keyOf = (counts: string, labels: string): string => `${counts}\n${labels}`;
