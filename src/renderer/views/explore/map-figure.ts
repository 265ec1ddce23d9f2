/** A map as a figure for papers: only the visible cells, with a numbered legend and its conditions. Pure. */
import { embeddingSvg, type CellColour } from '../../../shared/charts/embedding.ts';
import type { FigureSize } from '../../../shared/charts/svg.ts';
import type { ChartTheme } from '../../../shared/charts/theme.ts';
import type { Explore } from '../../state/explore.svelte.ts';
import { count } from '../../ui/format.ts';
import type { Panel } from './views.ts';

export function mapFigure(explore: Explore, panel: Panel, size: FigureSize, theme: ChartTheme): string {
  const { states, selected, dataset } = explore;
  const colouring = explore.colouring!;
  const isDrawn = (cell: number): boolean =>
    states[cell] !== 0 && (selected === null || selected[cell] !== 0);
  const cells = Int32Array.from([...states.keys()].filter(isDrawn));
  const points = new Float32Array(2 * cells.length);
  cells.forEach((cell, k) => {
    points[2 * k] = panel.points[2 * cell]!;
    points[2 * k + 1] = panel.points[2 * cell + 1]!;
  });
  const colour: CellColour =
    colouring.kind === 'category'
      ? {
          kind: 'category',
          column: { ...colouring.column, codes: cells.map(cell => colouring.column.codes[cell]!) },
        }
      : {
          kind: 'value',
          name: colouring.name,
          unit: colouring.unit,
          values: Float32Array.from(cells, cell => colouring.values[cell]!),
        };
  const which = selected === null ? '' : 'selected ';
  const title = panel.name === 'depth' ? panel.title : `${panel.title} of the cells`;
  return embeddingSvg(
    {
      title,
      subtitle: `${dataset.name}, ${count(cells.length)} ${which}cells of ${count(states.length)} shown, coloured by ${colouring.name}`,
      points,
      axes: [panel.axes.x, panel.axes.y],
      colour,
    },
    size,
    theme,
  );
}
