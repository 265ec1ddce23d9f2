/**
 * The life of the engine process as its host sees it: started, lost with a reason, started again, stopped with a grace
 * period. How a process is made (Electron's utilityProcess or a forked Node) is the starter's business.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { exitReason, type ProcessExit } from './exit-reason.ts';
import type { FromEngine, ToEngine } from './messages.ts';

export interface EngineProcess<Port> {
  post(message: ToEngine, port?: Port): void;
  onMessage(listener: (message: FromEngine) => void): void;
  onExit(listener: (exit: ProcessExit) => void): void;
  /** Ends it at once, whatever it does. */
  kill(): void;
}

export interface EngineEvents {
  /** The process ended; everybody connected to it is cut off. `reason` continues "The engine stopped: ". */
  lost(reason: string): void;
  message(message: FromEngine): void;
}

/** How long the engine may take to close what is open before it is ended. */
const STOP_GRACE_MS = 10_000;
/** A process that lives shorter than this did not really start; the next attempt waits longer. */
const SETTLED_MS = 10_000;
const LONGEST_WAIT_MS = 30_000;

export class EngineHost<Port = never> {
  readonly #start: () => EngineProcess<Port>;
  readonly #events: EngineEvents;
  #engine: EngineProcess<Port> | undefined;
  /** Why the last process ended, while there is none. */
  #reason = 'it has not been started';
  #startedAt = 0;
  #failures = 0;
  #stopping: Promise<void> | undefined;
  #ended: (() => void) | undefined;
  /** Set where the end of the process was our own doing. */
  #sentence: string | undefined;

  constructor(start: () => EngineProcess<Port>, events: EngineEvents) {
    this.#start = start;
    this.#events = events;
    this.#launch();
  }

  /** Null while a process is there, else why there is none. */
  get absence(): string | null {
    return this.#engine ? null : this.#reason;
  }

  /** Dropped while there is no process: whoever sent it has been told that the engine was lost. */
  post(message: ToEngine, port?: Port): void {
    this.#engine?.post(message, port);
  }

  /** Ends the process at once; a fresh one follows. `reason` is what everybody connected is told. */
  restart(reason: string): void {
    this.#sentence = reason;
    this.#failures = 0;
    if (this.#engine) this.#engine.kill();
    else this.#launch();
  }

  /** Asks the engine to close what is open, ends it when that takes longer than the grace period. */
  stop(graceMs = STOP_GRACE_MS): Promise<void> {
    this.#stopping ??= this.#stop(graceMs);
    return this.#stopping;
  }

  async #stop(graceMs: number): Promise<void> {
    const engine = this.#engine;
    if (!engine) return;
    const timer = new AbortController();
    const ended = new Promise<void>(resolve => (this.#ended = resolve));
    engine.post({ t: 'stop' });
    const late = wait(graceMs, undefined, { signal: timer.signal }).then(
      () => engine.kill(),
      () => {},
    );
    await ended;
    timer.abort();
    await late;
  }

  #launch(): void {
    if (this.#engine || this.#stopping) return;
    this.#startedAt = performance.now();
    const engine = (this.#engine = this.#start());
    engine.onMessage(message => {
      if (message.t === 'failed') this.#sentence = sentencePart(message.error.message);
      else this.#events.message(message);
    });
    engine.onExit(exit => {
      if (this.#engine === engine) this.#exited(exit);
    });
  }

  #exited(exit: ProcessExit): void {
    this.#engine = undefined;
    this.#reason = this.#sentence ?? exitReason(exit);
    this.#sentence = undefined;
    this.#ended?.();
    if (this.#stopping) return;
    this.#failures = performance.now() - this.#startedAt < SETTLED_MS ? this.#failures + 1 : 0;
    this.#events.lost(this.#reason);
    // The first fresh start is immediate; an engine that cannot start is not asked all the time.
    const pause = this.#failures < 2 ? 0 : Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#failures);
    setTimeout(() => this.#launch(), pause).unref();
  }
}

/** A sentence as the end of another one. */
function sentencePart(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
