/** What the terminal prints: results on stdout, progress and errors on stderr, exit codes. */
import { AppError, isAppError, isInputError, toWire } from '../../shared/errors.ts';

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export const EXIT = { done: 0, failed: 1, input: 2, cancelled: 130 } as const;

/** The command's result: one JSON object with `--json`, else the lines for people. */
export function printResult(options: OutputOptions, value: unknown, lines: readonly string[]): void {
  process.stdout.write(options.json ? `${JSON.stringify(value)}\n` : lines.map(line => `${line}\n`).join(''));
}

/** One sentence on stderr; with `--json` also the error's code and facts on stdout. */
export function printError(options: OutputOptions, error: unknown): number {
  const named = isAppError(error) && error.code !== 'INTERNAL';
  const shown = named ? error : new AppError('INTERNAL', internalSentence(error), { name: errorName(error) });
  process.stderr.write(`${shown.message}\n`);
  if (shown.code === 'INTERNAL' && process.env['F910_DEBUG'] !== undefined && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  if (options.json) {
    const { code, message, facts } = toWire(shown);
    process.stdout.write(`${JSON.stringify({ error: { code, message, facts } })}\n`);
  }
  if (isAppError(shown, 'CANCELLED')) return EXIT.cancelled;
  return isInputError(shown) ? EXIT.input : EXIT.failed;
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

function internalSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `Something went wrong inside F910 Studio: ${message} (set F910_DEBUG=1 to see where, and please report it).`;
}

/** Columns of text, numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const text = [header, ...rows.map(row => row.map(String))];
  const widths = header.map((_, k) => Math.max(...text.map(row => row[k]!.length)));
  const right = header.map((_, k) => rows.length > 0 && rows.every(row => typeof row[k] === 'number'));
  return text.map(row =>
    row
      .map((cell, k) => (right[k] ? cell.padStart(widths[k]!) : cell.padEnd(widths[k]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** 12,345 */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** Three digits after the point, or a dash. */
export function figure(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}
