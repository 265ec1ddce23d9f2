/** What was opened last: data sets of the workspace, and files from anywhere. Pure; application-menu.ts shows it. */
import { z } from 'zod';

/** So many of each kind are offered. */
export const OFFERED = 8;

export const recentItems = z.object({
  datasets: z.array(z.object({ id: z.string().min(1).max(100), name: z.string().max(300) })).max(OFFERED),
  files: z.array(z.string().min(1).max(4_096)).max(OFFERED),
});
export type RecentItems = z.output<typeof recentItems>;
export const NOTHING_RECENT: RecentItems = { datasets: [], files: [] };

/** The list with this data set first; the same object where that changes nothing. */
export function withDataset(recent: RecentItems, dataset: { id: string; name: string }): RecentItems {
  const [first] = recent.datasets;
  if (first?.id === dataset.id && first.name === dataset.name) return recent;
  const others = recent.datasets.filter(({ id }) => id !== dataset.id);
  const { id, name } = dataset;
  return { ...recent, datasets: [{ id, name }, ...others].slice(0, OFFERED) };
}

/** The list without data sets that are no longer there; the same object where none is gone. */
export function withoutLostDatasets(recent: RecentItems, there: readonly string[]): RecentItems {
  const datasets = recent.datasets.filter(({ id }) => there.includes(id));
  return datasets.length === recent.datasets.length ? recent : { ...recent, datasets };
}

/** The list with these files first, in their order. */
export function withFiles(recent: RecentItems, paths: readonly string[]): RecentItems {
  const fresh = [...new Set(paths)].slice(0, OFFERED);
  const others = recent.files.filter(path => !fresh.includes(path));
  return { ...recent, files: [...fresh, ...others].slice(0, OFFERED) };
}
