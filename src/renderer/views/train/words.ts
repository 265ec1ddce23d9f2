/** Words of the Train place: states of runs with their next steps, sizes, and settings called as the form calls them. */
import type { RunStatus, RunSummary } from '../../../shared/model.ts';
import { PARAM_KEYS, PARAM_NAMES, type ParamKey } from '../../../shared/params.ts';

/** Messages of the engine name parameters as `key`; here they are called like the fields. */
export function inFormWords(message: string): string {
  return message.replace(/`([a-zA-Z]+)`/g, (all, key: string) =>
    (PARAM_KEYS as readonly string[]).includes(key) ? `“${PARAM_NAMES[key as ParamKey]}”` : all,
  );
}

export function sizeText(bytes: number): string {
  if (bytes >= 9.95e8) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes === 0) return 'nothing';
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

const STATES: Readonly<Record<RunStatus, string>> = {
  running: 'Running',
  paused: 'Paused',
  interrupted: 'Interrupted',
  cancelled: 'Stopped',
  failed: 'Failed',
  done: 'Finished',
};

export function stateText(status: RunStatus, waiting = false): string {
  return status === 'running' && waiting ? 'Waiting' : STATES[status];
}

/** What became of a run that can go on, and what can be done. */
export function stoppedText({ status }: Pick<RunSummary, 'status'>): string {
  const what = {
    paused: 'You paused this run.',
    cancelled: 'You stopped this run.',
    interrupted: 'This run was interrupted.',
  }[status as 'paused' | 'cancelled' | 'interrupted'];
  return `${what} What it has done is kept; it goes on from there and ends with the same numbers.`;
}
