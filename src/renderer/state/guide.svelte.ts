/**
 * The guided first run: five places on the example data, in the order of the work, each with what happens there. It
 * follows where one goes, can be closed at any time and taken up again, and starts nothing that was not asked for.
 */
import type { Memory } from './memory.svelte.ts';
import type { PlaceName } from './router.svelte.ts';

export interface GuideStep {
  readonly at: PlaceName;
  readonly title: string;
  /** What is happening. */
  readonly what: string;
  /** Why. */
  readonly why: string;
  /** What to look at next. */
  readonly look: string;
  /** On the button that leads on. */
  readonly next: string | null;
}

export const GUIDE: readonly GuideStep[] = [
  {
    at: 'data',
    title: 'The data',
    what: 'A data set is a table of counts: one row for each cell, one column for each gene. The example holds 2,000 simulated cells of 6 types.',
    why: 'Everything that follows is learned from this table, so it pays to see first what is in it.',
    look: 'Look at the cell types and at how many of the 978 L1000 landmark genes were found.',
    next: 'Next: Quality',
  },
  {
    at: 'quality',
    title: 'Quality',
    what: 'Cells with few counts and genes that hardly any cell shows are left out before training.',
    why: 'They carry noise rather than biology, and a model would learn the noise.',
    look: 'Move a limit and see how many cells and genes of each type stay. The defaults are those of the paper.',
    next: 'Next: Explore',
  },
  {
    at: 'explore',
    title: 'Explore',
    what: 'Each point is a cell; cells with similar counts lie close to each other.',
    why: 'If the types you expect form groups of their own, the data can tell them apart.',
    look: 'Colour the cells by type, by library size or by a gene.',
    next: 'Next: Train',
  },
  {
    at: 'train',
    title: 'Train',
    what: 'The recipe trains models that predict all genes from a few, and selects the few that predict best: the panel.',
    why: 'A part of the cells is held back and never shown to the models, so that the scores at the end are honest.',
    look: 'Start the quick recipe. It takes a minute or two, and the panel opens by itself when it has finished.',
    next: 'Start the quick run',
  },
  {
    at: 'panel',
    title: 'The panel',
    what: 'These are the selected genes, how well they predict the others, and how that compares with L1000.',
    why: 'Explained variance is 1 for a perfect prediction, and 0 for guessing the mean of each gene.',
    look: 'Read the sentence at the top first, then the genes. Export brings lists, figures and a report. Your own counts go the same way.',
    next: null,
  },
];

interface Kept {
  readonly open: boolean;
  /** Furthest step that was seen. */
  readonly step: number;
  readonly run: string | null;
}

const KEY = 'guide';
const NOT_BEGUN: Kept = { open: false, step: 0, run: null };

export class Guide {
  #kept = $state.raw<Kept>(NOT_BEGUN);
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Once, when the memory was read. */
  load(): void {
    this.#kept = this.#memory.get(KEY, isKept, NOT_BEGUN);
  }

  get open(): boolean {
    return this.#kept.open;
  }

  /** Where the guide is taken up again. */
  get step(): GuideStep {
    return GUIDE[this.#kept.step]!;
  }

  /** The run that was started from the guide. */
  get run(): string | null {
    return this.#kept.run;
  }

  /** What is said at a place; null where the guide has nothing to say. */
  at(place: PlaceName): GuideStep | null {
    return GUIDE.find(step => step.at === place) ?? null;
  }

  begin(): void {
    this.#keep({ open: true, step: 0, run: null });
  }

  close(): void {
    this.#keep({ ...this.#kept, open: false });
  }

  resume(): void {
    this.#keep({ ...this.#kept, open: true });
  }

  /** The user has come to a place, in whatever way. */
  visit(place: PlaceName): void {
    const step = GUIDE.findIndex(({ at }) => at === place);
    if (step >= 0 && step !== this.#kept.step) this.#keep({ ...this.#kept, step });
  }

  started(run: string): void {
    this.#keep({ ...this.#kept, run });
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    this.#memory.set(KEY, kept);
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const { open, step, run } = value as Record<string, unknown>;
  return (
    typeof open === 'boolean' &&
    Number.isInteger(step) &&
    GUIDE[step as number] !== undefined &&
    (run === null || typeof run === 'string')
  );
}
