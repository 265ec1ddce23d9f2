/** What the user did and can take back: filters, selections, labels, settings of a recipe. */

export interface Step {
  /** What it was, to follow "Undo: ". */
  readonly label: string;
  apply(): void;
  revert(): void;
  /** Steps of one mark that follow each other quickly are one step: a slider is not undone pixel by pixel. */
  readonly mark?: string | undefined;
}

interface Done extends Step {
  readonly at: number;
}

const MOST = 200;
const TOGETHER_MS = 1_500;

export class Undo {
  #done = $state.raw<readonly Done[]>([]);
  #undone = $state.raw<readonly Done[]>([]);
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get undoLabel(): string | null {
    return this.#done.at(-1)?.label ?? null;
  }

  get redoLabel(): string | null {
    return this.#undone.at(-1)?.label ?? null;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Does the step, and remembers it. */
  do(step: Step): void {
    step.apply();
    const at = this.#now();
    const last = this.#done.at(-1);
    const joins = last?.mark !== undefined && last.mark === step.mark && at - last.at < TOGETHER_MS;
    const done: Done = joins ? { ...step, revert: last.revert, at } : { ...step, at };
    this.#done = [...(joins ? this.#done.slice(0, -1) : this.#done), done].slice(-MOST);
    this.#undone = [];
  }

  undo(): void {
    const last = this.#done.at(-1);
    if (!last) return;
    this.#done = this.#done.slice(0, -1);
    this.#undone = [...this.#undone, last];
    last.revert();
  }

  redo(): void {
    const next = this.#undone.at(-1);
    if (!next) return;
    this.#undone = this.#undone.slice(0, -1);
    // What is redone stands for itself: a later step does not join it.
    this.#done = [...this.#done, { ...next, at: -Infinity }];
    next.apply();
  }

  /** What was done belongs to something that is gone. */
  clear(): void {
    this.#done = [];
    this.#undone = [];
  }
}
