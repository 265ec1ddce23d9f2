/** Why an engine process ended, in words that continue "The engine stopped: ". */

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Last lines that the process wrote to its error output. */
  readonly lastWords: string;
}

export function exitReason({ code, signal, lastWords }: ProcessExit): string {
  if (/heap out of memory|Reached heap limit|bad_alloc|Cannot allocate memory/i.test(lastWords)) {
    return 'it ran out of memory';
  }
  if (signal === 'SIGKILL') return 'the system ended it, most often because the memory was used up';
  if (signal !== null) return `it crashed (${signal})`;
  if (code === 0) return 'it ended by itself';
  const line = lastLine(lastWords);
  return `it ended with code ${code}${line === '' ? '' : ` (${line})`}`;
}

/** The line that names the error: the last that is neither empty nor part of a stack. */
function lastLine(text: string): string {
  const lines = text.split('\n').map(line => line.trim());
  const named = lines.filter(line => /^[A-Za-z]*Error\b.*: /.test(line)).at(-1);
  const spoken = lines.filter(line => line !== '' && !/^(at |Node\.js v|\^|\})/.test(line)).at(-1);
  return (named ?? spoken ?? '').slice(0, 300);
}
