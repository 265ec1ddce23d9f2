/** What the user chose for the app as a whole; kept in the workspace. */
import { theme, type ThemeChoice } from '../charts/theme.svelte.ts';
import type { Host } from '../host.ts';
import type { Memory } from './memory.svelte.ts';

interface Kept {
  readonly theme: ThemeChoice;
  readonly notify: boolean;
  /** Diameter of a cell on a map, in pixels; 0 lets the number of cells decide. */
  readonly pointSize: number;
}

const DEFAULTS: Kept = { theme: 'system', notify: true, pointSize: 0 };
const KEY = 'settings';

export class Settings {
  #kept = $state.raw<Kept>(DEFAULTS);
  readonly #memory: Memory;
  readonly #host: Host;

  constructor(memory: Memory, host: Host) {
    this.#memory = memory;
    this.#host = host;
  }

  /** After the memory was loaded. */
  load(): void {
    this.#use({ ...DEFAULTS, ...this.#memory.get(KEY, isPartlyKept, {}) });
  }

  get theme(): ThemeChoice {
    return this.#kept.theme;
  }
  set theme(value: ThemeChoice) {
    this.#change({ theme: value });
  }

  get notify(): boolean {
    return this.#kept.notify;
  }
  set notify(value: boolean) {
    this.#change({ notify: value });
  }

  get pointSize(): number {
    return this.#kept.pointSize;
  }
  set pointSize(value: number) {
    this.#change({ pointSize: value });
  }

  #change(changes: Partial<Kept>): void {
    this.#use({ ...this.#kept, ...changes });
    this.#memory.set(KEY, this.#kept);
  }

  #use(kept: Kept): void {
    this.#kept = kept;
    theme.choose(kept.theme);
    this.#host.setTheme(kept.theme);
  }
}

function isPartlyKept(value: unknown): value is Partial<Kept> {
  if (typeof value !== 'object' || value === null) return false;
  const { theme: chosen, notify, pointSize } = value as Record<string, unknown>;
  return (
    (chosen === undefined || ['system', 'light', 'dark'].includes(chosen as string)) &&
    (notify === undefined || typeof notify === 'boolean') &&
    (pointSize === undefined || (typeof pointSize === 'number' && pointSize >= 0 && pointSize <= 12))
  );
}
