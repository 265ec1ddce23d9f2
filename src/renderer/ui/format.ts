/** Numbers as people read them. */
export const count = (n: number): string => n.toLocaleString('en-US');

/** Three digits after the point, or a dash where there is no figure. */
export const figure = (value: number | null): string =>
  value === null ? '–' : value.toFixed(3).replace('-', '−');

/** With its sign always, as differences are read. */
export const signed = (value: number): string => (value < 0 ? '' : '+') + figure(value);

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export function timeLeft(seconds: number | null): string {
  return seconds === null ? '' : `about ${duration(seconds)} left`;
}

export function day(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

/** The first few, and how many more there are. */
export function listed(items: readonly string[], most: number): string {
  const shown = items.slice(0, most).join(' · ');
  return items.length > most ? `${shown} · and ${count(items.length - most)} more` : shown;
}
