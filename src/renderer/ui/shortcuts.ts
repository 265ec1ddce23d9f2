/** Keys that work everywhere: undo, redo, and a place by its number. */
import { PLACES } from '../state/router.svelte.ts';
import type { Studio } from '../state/studio.svelte.ts';

export const ON_MAC = /Mac/.test(navigator.userAgent);

export interface Shortcut {
  readonly keys: string;
  readonly does: string;
}

const MOD = ON_MAC ? '⌘' : 'Ctrl';
/** For the list in Settings. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: `${MOD} Z`, does: 'Undo' },
  { keys: ON_MAC ? '⇧ ⌘ Z' : 'Ctrl Shift Z', does: 'Redo' },
  { keys: 'Alt 1 … Alt 9', does: 'Go to a place' },
];

export function shortcut(event: KeyboardEvent, studio: Studio): void {
  if (event.defaultPrevented) return;
  const command = ON_MAC ? event.metaKey : event.ctrlKey;
  if (command && !event.altKey && event.key.toLowerCase() === 'z' && !editsText(event.target)) {
    event.preventDefault();
    if (event.shiftKey) studio.undo.redo();
    else studio.undo.undo();
  } else if (event.altKey && !event.ctrlKey && !event.metaKey && /^Digit[1-9]$/.test(event.code)) {
    event.preventDefault();
    studio.router.go({ at: PLACES[Number(event.code.slice(-1)) - 1]! });
  }
}

/** A field where the keys belong to the text. */
export function editsText(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type)
  );
}
