/** What happened in a run, in words, from its log. */
import { z } from 'zod';
import type { RunEvent } from '../../shared/runs.ts';

const entryShape = z.object({
  time: z.string(),
  event: z.string(),
  label: z.string().optional(),
  message: z.string().optional(),
});

/** The newest events of a run that was taken up very often. */
const MOST = 300;

export function eventsOf(log: readonly Readonly<Record<string, unknown>>[]): RunEvent[] {
  return log
    .flatMap(entry => {
      const parsed = entryShape.safeParse(entry);
      if (!parsed.success) return [];
      const text = wordsOf(parsed.data);
      return text === null ? [] : [{ time: parsed.data.time, text }];
    })
    .slice(-MOST);
}

function wordsOf({ event, label, message }: z.infer<typeof entryShape>): string | null {
  switch (event) {
    case 'begun':
      return 'Begun or taken up';
    case 'phase':
      return label ?? null;
    case 'paused':
      return 'Paused';
    case 'cancelled':
      return 'Stopped';
    case 'interrupted':
      return 'Interrupted: F910 Studio was closed';
    case 'failed':
      return `Failed: ${message ?? 'no reason was given'}`;
    case 'done':
      return 'Finished';
    default:
      return null;
  }
}
