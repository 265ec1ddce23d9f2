/** Numbers as people read them. */
export const count = (n: number): string => n.toLocaleString('en-US');

/** Three digits after the point, or a dash where there is no figure. */
export const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

export function timeLeft(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${(seconds / 3600).toFixed(1)} h left`;
}

export function day(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
