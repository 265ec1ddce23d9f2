/** What is said of a panel in the window, the terminal and the report alike. */
import type { PanelStability } from './model.ts';

/** How alike the panels of several networks are, in two sentences. */
export function stabilityWords({ draws, jaccard, core, interchangeable }: PanelStability): string {
  return (
    `${draws} networks, each on a random half of the training cells, chose the panel: two of them share ` +
    `${Math.round(100 * jaccard)} % of their genes. ${core} panel genes are chosen by 8 of 10 networks or more, ` +
    `${interchangeable} by fewer than half, and others could stand for them.`
  );
}
