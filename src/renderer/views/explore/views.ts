/** Which maps and plots Explore shows, and what each map is drawn from. Pure. */
import { formatCount, formatShare } from '../../../shared/charts/text.ts';
import type { Axes, Tick } from '../../charts/cells/overlay.ts';
import type { MapsSoFar } from '../../state/explore.svelte.ts';

export type ViewName = 'all' | 'tsne' | 'umap' | 'pca' | 'depth' | 'plots';
export type PanelName = Exclude<ViewName, 'all' | 'plots'>;

export const VIEWS: readonly { readonly value: ViewName; readonly label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'tsne', label: 't-SNE' },
  { value: 'umap', label: 'UMAP' },
  { value: 'pca', label: 'PCA' },
  { value: 'depth', label: 'Quality' },
  { value: 'plots', label: 'Plots' },
];
export const PANELS: readonly PanelName[] = ['tsne', 'umap', 'pca', 'depth'];

/** What two measures of a cell are set against each other. */
export type QualityPlot = 'detected' | 'mitochondrial';

export interface Panel {
  readonly name: PanelName;
  readonly title: string;
  readonly points: Float32Array;
  readonly axes: Axes;
}

export function panelOf(name: PanelName, maps: MapsSoFar, quality: QualityPlot): Panel {
  const none = new Float32Array(0);
  switch (name) {
    case 'tsne':
      return {
        name,
        title: 't-SNE',
        points: maps.tsne?.points ?? none,
        axes: { x: 't-SNE 1', y: 't-SNE 2' },
      };
    case 'umap':
      return { name, title: 'UMAP', points: maps.umap?.points ?? none, axes: { x: 'UMAP 1', y: 'UMAP 2' } };
    case 'pca': {
      const axis = (k: number): string => {
        const share = maps.pca?.varianceExplained[k];
        return share === undefined ? `PC ${k + 1}` : `PC ${k + 1} (${formatShare(share)})`;
      };
      return { name, title: 'PCA', points: maps.pca?.points ?? none, axes: { x: axis(0), y: axis(1) } };
    }
    case 'depth':
      return qualityPanel(maps, quality);
  }
}

/** Height of the quality plot for a width of 1, so that both measures use the room there is. */
const ASPECT = 0.62;

function qualityPanel({ shown }: MapsSoFar, quality: QualityPlot): Panel {
  const x = logAxis(shown.librarySize);
  const y = quality === 'detected' ? logAxis(shown.detected) : shareAxis(shown.mitochondrial);
  const points = new Float32Array(2 * shown.cells.length);
  for (let c = 0; c < shown.cells.length; c++) {
    points[2 * c] = x.place(shown.librarySize[c]!);
    points[2 * c + 1] =
      ASPECT * y.place(quality === 'detected' ? shown.detected[c]! : shown.mitochondrial[c]!);
  }
  return {
    name: 'depth',
    title:
      quality === 'detected' ? 'Library size and detected genes' : 'Library size and mitochondrial share',
    points,
    axes: {
      x: 'Library size (counts)',
      y: quality === 'detected' ? 'Detected genes' : 'Mitochondrial share',
      ticks: { x: x.ticks, y: y.ticks.map(tick => ({ ...tick, at: ASPECT * tick.at })) },
    },
  };
}

interface AxisScale {
  place(value: number): number;
  readonly ticks: readonly Tick[];
}

function logAxis(values: ArrayLike<number>): AxisScale {
  let low = Infinity;
  let high = -Infinity;
  for (let k = 0; k < values.length; k++) {
    const log = Math.log10(Math.max(1, values[k]!));
    low = Math.min(low, log);
    high = Math.max(high, log);
  }
  const span = high - low || 1;
  const place = (value: number): number => (Math.log10(Math.max(1, value)) - low) / span;
  const steps = span > 1.8 ? [1] : span > 0.9 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 6, 8];
  const ticks: Tick[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    for (const step of steps) {
      const value = step * 10 ** power;
      if (Number.isInteger(value) && place(value) >= 0 && place(value) <= 1)
        ticks.push({ at: place(value), text: formatCount(value) });
    }
  }
  return { place, ticks };
}

function shareAxis(values: ArrayLike<number>): AxisScale {
  let high = 0;
  for (let k = 0; k < values.length; k++) high = Math.max(high, values[k]!);
  const step = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25].find(s => high / s <= 6) ?? 0.25;
  const ticks: Tick[] = [];
  for (let value = 0; value <= high + 1e-9; value += step) {
    ticks.push({ at: value / (high || 1), text: formatShare(value) });
  }
  return { place: value => value / (high || 1), ticks };
}
