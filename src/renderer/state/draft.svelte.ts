/** The recipe that is being set up for a data set: a preset and what was changed of it. Nothing runs by a draft. */
import { AppError } from '../../shared/errors.ts';
import {
  parseParams,
  PARAM_KEYS,
  PARAM_NAMES,
  PRESETS,
  type ParamKey,
  type Params,
  type PresetName,
} from '../../shared/params.ts';
import type { Memory } from './memory.svelte.ts';
import type { Undo } from './undo.svelte.ts';

export type Changes = Partial<Record<ParamKey, unknown>>;

interface Kept {
  readonly preset: PresetName;
  readonly changes: Changes;
}

export class Draft {
  #kept: Kept;
  readonly #key: string;
  readonly #memory: Memory;
  readonly #undo: Undo;

  constructor(datasetId: string, memory: Memory, undo: Undo) {
    this.#key = `draft:${datasetId}`;
    this.#memory = memory;
    this.#undo = undo;
    this.#kept = $state.raw(memory.get<Kept>(this.#key, isKept, { preset: 'paper', changes: {} }));
  }

  get preset(): PresetName {
    return this.#kept.preset;
  }

  /** Only what differs from the preset. */
  get changes(): Changes {
    return this.#kept.changes;
  }

  isChanged(key: ParamKey): boolean {
    return Object.hasOwn(this.#kept.changes, key);
  }

  /** The value as set, whether it can be used or not. */
  value(key: ParamKey): unknown {
    return this.isChanged(key) ? this.#kept.changes[key] : PRESETS[this.#kept.preset][key];
  }

  /** All values, or the sentence that says which cannot be used. */
  get parsed(): { readonly params: Params } | { readonly problem: AppError } {
    try {
      return { params: parseParams(this.#kept.preset, this.#kept.changes) };
    } catch (problem) {
      if (problem instanceof AppError) return { problem: problem as AppError };
      throw problem;
    }
  }

  /** The parameters; those of the preset alone while a changed value cannot be used. */
  get params(): Params {
    const { parsed } = this;
    return 'params' in parsed ? parsed.params : PRESETS[this.#kept.preset];
  }

  set(key: ParamKey, value: unknown): void {
    const changes = { ...this.#kept.changes, [key]: value };
    if (JSON.stringify(value) === JSON.stringify(PRESETS[this.#kept.preset][key])) delete changes[key];
    this.#replace({ ...this.#kept, changes }, `change of “${PARAM_NAMES[key]}”`, `${this.#key}:${key}`);
  }

  /** Several at once, as one step. @param label what it was, to follow "Undo the " */
  setSeveral(values: Changes, label: string): void {
    const preset = PRESETS[this.#kept.preset];
    const changes: Changes = { ...this.#kept.changes, ...values };
    for (const key of Object.keys(values) as ParamKey[]) {
      if (JSON.stringify(values[key]) === JSON.stringify(preset[key])) delete changes[key];
    }
    this.#replace({ ...this.#kept, changes }, label);
  }

  /** Several back to the preset's values, as one step. */
  clearSeveral(keys: readonly ParamKey[], label: string): void {
    const preset = PRESETS[this.#kept.preset];
    this.setSeveral(Object.fromEntries(keys.map(key => [key, preset[key]])), label);
  }

  /** Back to the preset's value; a step of its own, however soon it follows the change. */
  clear(key: ParamKey): void {
    const { [key]: _value, ...changes } = this.#kept.changes;
    this.#replace({ ...this.#kept, changes }, `return of “${PARAM_NAMES[key]}” to its default`);
  }

  /** Changes stay where they differ from the new preset. */
  usePreset(preset: PresetName): void {
    const kept = Object.entries(this.#kept.changes).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(PRESETS[preset][key as ParamKey]),
    );
    this.#replace({ preset, changes: Object.fromEntries(kept) }, `choice of the ${preset} recipe`);
  }

  /** All as the preset has it. */
  reset(): void {
    this.#replace({ ...this.#kept, changes: {} }, 'return to the defaults');
  }

  /** Takes over the recipe of a run. */
  take(preset: PresetName, changes: Changes): void {
    this.#replace({ preset, changes }, 'recipe taken from a run');
  }

  #replace(next: Kept, label: string, mark?: string): void {
    const before = this.#kept;
    if (JSON.stringify(next) === JSON.stringify(before)) return;
    const use = (kept: Kept): void => {
      this.#kept = kept;
      this.#memory.set(this.#key, kept);
    };
    this.#undo.do({ label, mark, apply: () => use(next), revert: () => use(before) });
  }
}

/** One draft for each data set, made when it is first asked for. */
export class Drafts {
  readonly #drafts = new Map<string, Draft>();
  readonly #memory: Memory;
  readonly #undo: Undo;

  constructor(memory: Memory, undo: Undo) {
    this.#memory = memory;
    this.#undo = undo;
  }

  of(datasetId: string): Draft {
    let draft = this.#drafts.get(datasetId);
    if (!draft) this.#drafts.set(datasetId, (draft = new Draft(datasetId, this.#memory, this.#undo)));
    return draft;
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const { preset, changes } = value as Record<string, unknown>;
  return (
    typeof preset === 'string' &&
    Object.hasOwn(PRESETS, preset) &&
    typeof changes === 'object' &&
    changes !== null &&
    Object.keys(changes).every(key => (PARAM_KEYS as string[]).includes(key))
  );
}
