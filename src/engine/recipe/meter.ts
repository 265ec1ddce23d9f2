/** Progress of a whole run from the progress of its phases, weighed by what each is expected to cost. */
import type { Progress, RunProgress } from '../../shared/model.ts';

export interface Phase {
  readonly phase: string;
  /** Plain words for the user. */
  readonly label: string;
  /** Expected cost in any unit, the same for all phases. */
  readonly cost: number;
}

/** Below this share a guess of the time left would be noise. */
const FIRST_GUESS = 0.02;

export class RunMeter {
  readonly #runId: string;
  readonly #plan: readonly Phase[];
  readonly #total: number;
  readonly #emit: (progress: RunProgress) => void;
  readonly #clock: () => number;
  #at: Phase;
  #before = 0;
  #share = 0;

  /** @param clock seconds since the run began */
  constructor(
    runId: string,
    plan: readonly Phase[],
    emit: (progress: RunProgress) => void,
    clock: () => number,
  ) {
    this.#runId = runId;
    this.#plan = plan;
    this.#total = plan.reduce((sum, p) => sum + p.cost, 0);
    this.#emit = emit;
    this.#clock = clock;
    this.#at = plan[0]!;
  }

  get seconds(): number {
    return this.#clock();
  }

  /** Begins a phase of the plan; everything before it counts as done. */
  enter(phase: string): void {
    const k = this.#plan.findIndex(p => p.phase === phase);
    if (k < 0) throw new Error(`The run's plan has no phase ${phase}.`);
    this.#at = this.#plan[k]!;
    this.#before = this.#plan.slice(0, k).reduce((sum, p) => sum + p.cost, 0);
    this.tick(0, 1);
  }

  tick(done: number, of: number, curve?: RunProgress['curve']): void {
    const inside = of > 0 ? Math.min(1, done / of) : 0;
    // A step of several parts reports each from its beginning; a bar that goes back would say that work was lost.
    const share = (this.#share = Math.max(
      this.#share,
      (this.#before + inside * this.#at.cost) / this.#total,
    ));
    const secondsLeft = share > FIRST_GUESS ? (this.seconds * (1 - share)) / share : null;
    const { phase, label } = this.#at;
    this.#emit({
      runId: this.#runId,
      phase,
      label,
      done,
      of,
      share,
      secondsLeft,
      ...(curve ? { curve } : {}),
    });
  }

  /** For steps that report progress of their own. */
  readonly step = (progress: Progress): void => this.tick(progress.done, progress.of);
}
