/** What is said when a run ends by itself: a message in the window, and a notification of the system. */
import type { RunSummary } from '../../shared/model.ts';
import type { Studio } from './studio.svelte.ts';

/** Null for what the user did himself. */
export function endOf(run: RunSummary): { readonly title: string; readonly text: string } | null {
  switch (run.status) {
    case 'done':
      return { title: `${run.name} is finished`, text: run.verdict ?? 'Its panel is ready.' };
    case 'failed':
      return { title: `${run.name} failed`, text: run.error ?? 'No reason was given.' };
    case 'interrupted':
      return { title: `${run.name} was interrupted`, text: 'What it has done is kept. It can be resumed.' };
    default:
      return null;
  }
}

export function announceEnd(studio: Studio, run: RunSummary): void {
  const end = endOf(run);
  if (end === null) return;
  const done = run.status === 'done';
  studio.toasts.say(`${end.title}.`, {
    about: run.id,
    action: done
      ? { label: 'Open the panel', do: () => studio.openRun(run.id) }
      : { label: 'Look at it', do: () => studio.openRun(run.id, 'train') },
  });
  if (studio.settings.notify) studio.host.notify(end.title, end.text);
}
