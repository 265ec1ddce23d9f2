/** Progress of a whole run from the progress of its phases, weighed by what each is expected to cost. */
import type { Progress, RunProgress } from '../../shared/model.ts';

export interface Phase {
  readonly phase: string;
  /** Plain words for the user. */
  readonly label: string;
  /** Expected cost in any unit, the same for all phases. */
  readonly cost: number;
}

/** How long a phase really took. */
export interface Lap {
  readonly phase: string;
  readonly seconds: number;
  /** False where a part of it was done by an earlier session of the run. */
  readonly whole: boolean;
}

/** Below this share of work done a guess of the time left from it would be noise. */
const FIRST_GUESS = 0.02;

export interface MeterOptions {
  /** Seconds since this session of the run began. */
  readonly clock: () => number;
  /** The costs of the plan are seconds, measured on this computer. */
  readonly inSeconds?: boolean;
  /** Hears of every phase that begins. */
  readonly onPhase?: (phase: Phase) => void;
}

export class RunMeter {
  readonly #runId: string;
  readonly #emit: (progress: RunProgress) => void;
  readonly #options: MeterOptions;
  #plan: readonly Phase[];
  #at: Phase;
  #entered = 0;
  #whole = true;
  #share = 0;
  /** Share of the run that this session has worked for, as against found done. */
  #worked = 0;
  readonly #laps: Lap[] = [];
  #last: RunProgress | undefined;

  constructor(
    runId: string,
    plan: readonly Phase[],
    emit: (progress: RunProgress) => void,
    options: MeterOptions,
  ) {
    this.#runId = runId;
    this.#plan = plan;
    this.#emit = emit;
    this.#options = options;
    this.#at = plan[0]!;
  }

  get seconds(): number {
    return this.#options.clock();
  }

  /** Phases that have ended, with their times. */
  get laps(): readonly Lap[] {
    return this.#laps;
  }

  /** Takes a plan that knows more; the phase that is going on stays. */
  replan(plan: readonly Phase[]): void {
    this.#plan = plan;
    this.#at = plan.find(({ phase }) => phase === this.#at.phase) ?? this.#at;
  }

  /** Begins a phase of the plan; everything before it counts as done. */
  enter(phase: string): void {
    const next = this.#plan.find(p => p.phase === phase);
    if (next === undefined) throw new Error(`The run's plan has no phase ${phase}.`);
    if (this.#entered > 0 || next !== this.#at) this.#endLap();
    this.#at = next;
    this.#entered = this.seconds;
    this.#whole = true;
    this.#options.onPhase?.(next);
    this.tick(0, 1);
  }

  /** Ends the last phase. */
  finish(): void {
    this.#endLap();
  }

  /** What an earlier session has done of this phase: it says nothing about how fast this one is. */
  alreadyDone(done: number, of: number): void {
    this.#whole = false;
    this.#share = Math.max(this.#share, this.#shareAt(done, of));
  }

  tick(done: number, of: number, curve?: RunProgress['curve']): void {
    // A step of several parts reports each from its beginning; a bar that goes back would say that work was lost.
    const share = Math.max(this.#share, this.#shareAt(done, of));
    this.#worked += share - this.#share;
    this.#share = share;
    const { phase, label } = this.#at;
    this.#last = {
      runId: this.#runId,
      phase,
      label,
      done,
      of,
      steps: this.#plan.map(step => ({ phase: step.phase, label: step.label })),
      share,
      secondsLeft: this.#secondsLeft(),
      ...(curve ? { curve } : {}),
    };
    this.#emit(this.#last);
  }

  /** For work that is not planned for: says that something goes on, and how long still. */
  readonly beat = (): void => {
    if (this.#last !== undefined) this.#emit({ ...this.#last, secondsLeft: this.#secondsLeft() });
  };

  /** For steps that report progress of their own. */
  readonly step = (progress: Progress): void => this.tick(progress.done, progress.of);

  #secondsLeft(): number | null {
    const left = 1 - this.#share;
    if (this.#worked > FIRST_GUESS) return (this.seconds * left) / this.#worked;
    return this.#options.inSeconds === true ? left * costOf(this.#plan) : null;
  }

  #shareAt(done: number, of: number): number {
    const inside = of > 0 ? Math.min(1, done / of) : 0;
    const before = this.#plan.slice(
      0,
      this.#plan.findIndex(({ phase }) => phase === this.#at.phase),
    );
    return (costOf(before) + inside * this.#at.cost) / costOf(this.#plan);
  }

  #endLap(): void {
    const seconds = this.seconds - this.#entered;
    this.#laps.push({ phase: this.#at.phase, seconds, whole: this.#whole });
  }
}

function costOf(phases: readonly Phase[]): number {
  return phases.reduce((sum, { cost }) => sum + cost, 0);
}
