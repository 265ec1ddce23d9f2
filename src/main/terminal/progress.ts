/** Progress on stderr: one bar with time left on a terminal, otherwise a line for every phase and now and then one between. */
import type { Progress, RunProgress } from '../../shared/model.ts';

const BAR = 24;
const LINE_EVERY_MS = 10_000;

export interface Meter {
  phase(progress: Progress): void;
  run(progress: RunProgress): void;
  /** Clears the bar, so that what follows starts on a clean line. */
  end(): void;
}

export function createMeter(quiet: boolean): Meter {
  if (quiet) return { phase: () => {}, run: () => {}, end: () => {} };
  return process.stderr.isTTY ? barMeter() : lineMeter();
}

function barMeter(): Meter {
  const started = performance.now();
  let phase = '';
  let phaseStarted = started;
  const draw = (share: number | null, label: string, left: number | null): void => {
    const filled = share === null ? 0 : Math.round(share * BAR);
    const bar = `${'━'.repeat(filled)}${'─'.repeat(BAR - filled)}`;
    const percent = share === null ? '    ' : `${String(Math.floor(share * 100)).padStart(3)}%`;
    const time = left === null ? '' : ` · ${duration(left)} left`;
    const text = `${bar} ${percent}  ${label}${time}`;
    process.stderr.write(`\r\x1b[2K${text.slice(0, Math.max(20, process.stderr.columns - 1))}`);
  };
  return {
    phase(p) {
      if (p.phase !== phase) {
        phase = p.phase;
        phaseStarted = performance.now();
      }
      const share = p.of > 0 ? Math.min(1, p.done / p.of) : null;
      const spent = (performance.now() - phaseStarted) / 1000;
      draw(
        share,
        p.label,
        share !== null && share > 0.02 && spent > 1 ? (spent * (1 - share)) / share : null,
      );
    },
    run: p => draw(p.share, stepText(p), p.secondsLeft),
    end: () => process.stderr.write('\r\x1b[2K'),
  };
}

function lineMeter(): Meter {
  let phase = '';
  let last = -Infinity;
  const say = (key: string, text: string): void => {
    const now = performance.now();
    if (key === phase && now - last < LINE_EVERY_MS) return;
    phase = key;
    last = now;
    process.stderr.write(`${text}\n`);
  };
  return {
    phase: p => say(p.phase, p.of > 0 ? `${p.label} (${Math.floor((100 * p.done) / p.of)} %)` : p.label),
    run: p => {
      const left = p.secondsLeft === null ? '' : `, about ${duration(p.secondsLeft)} left`;
      say(p.phase, `${String(Math.floor(p.share * 100)).padStart(3)} %  ${stepText(p)}${left}`);
    },
    end: () => {},
  };
}

function stepText(p: RunProgress): string {
  const epoch = p.curve ? `, epoch ${p.curve.epoch}, loss on stop cells ${p.curve.stop.toPrecision(4)}` : '';
  return `${p.label}${epoch}`;
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
