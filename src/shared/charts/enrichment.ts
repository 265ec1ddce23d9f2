/** Enriched terms of several lists side by side: a dot for each list and term. */
import { SIGNIFICANT, type EnrichedList, type EnrichedSet } from '../enrichment.ts';
import { baseOption, grid, namesAxis, type EChartsOption } from './base.ts';
import { formatP, shorten } from './text.ts';
import { FONT, type ChartTheme } from './theme.ts';

const DOT = { smallest: 5, largest: 22 };
/** Adjusted p values below are drawn alike. */
const FAINTEST = 1e-12;

/** Terms for the plot: the best most specific ones of each list in turn, up to so many. */
export function plottedTerms(lists: readonly EnrichedList[], most: number): EnrichedSet[] {
  const ranked = lists.map(({ rows }) =>
    rows.filter(row => row.specific).sort((a, b) => a.adjusted - b.adjusted || a.p - b.p),
  );
  const terms = new Map<string, EnrichedSet>();
  const deepest = Math.max(0, ...ranked.map(({ length }) => length));
  for (let k = 0; k < deepest && terms.size < most; k++) {
    for (const rows of ranked) {
      const row = rows[k];
      if (row !== undefined && terms.size < most && !terms.has(row.id)) terms.set(row.id, row);
    }
  }
  return [...terms.values()];
}

/** @param terms as `plottedTerms` gives them, from the top */
export function enrichmentOption(
  lists: readonly EnrichedList[],
  terms: readonly EnrichedSet[],
  release: string,
  theme: ChartTheme,
): EChartsOption {
  const found = lists.map(({ rows }) => new Map(rows.map(row => [row.id, row])));
  const points = lists.flatMap((list, column) =>
    terms.flatMap((term, row) => {
      const own = found[column]!.get(term.id);
      return own === undefined || own.overlap === 0 ? [] : [{ list, own, at: [column, row] }];
    }),
  );
  const strength = (adjusted: number): number => Math.log(Math.max(FAINTEST, adjusted)) / Math.log(FAINTEST);
  const fold = (value: number): number => Math.min(1, Math.log2(Math.max(1, value)) / 4);
  return {
    ...baseOption(
      'Enriched terms side by side',
      `Dots grow with the fold enrichment; filled where the adjusted p is up to ${SIGNIFICANT}. ${release}`,
      theme,
    ),
    grid: grid({ left: 330, top: 110, bottom: 16 }),
    xAxis: {
      type: 'category',
      position: 'top',
      data: lists.map(({ name }) => shorten(name, 18)),
      axisLabel: { color: theme.ink, fontSize: 12, fontFamily: FONT, interval: 0 },
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: true, lineStyle: { color: theme.soft } },
    },
    yAxis: {
      ...namesAxis([], theme),
      data: terms.map(({ name }) => shorten(name, 46)),
      axisLabel: {
        color: theme.ink,
        fontSize: 12,
        fontFamily: FONT,
        interval: 0,
        width: 310,
        overflow: 'truncate',
      },
    },
    series: [
      {
        type: 'scatter',
        name: 'Terms',
        data: points.map(({ list, own, at }) => ({
          value: at,
          name: `${list.name}, ${own.name}: ${own.overlap} of ${own.setSize} genes, ${own.fold.toFixed(1)} times as many as by chance, adjusted p ${formatP(own.adjusted)}`,
          symbolSize: DOT.smallest + (DOT.largest - DOT.smallest) * fold(own.fold),
          itemStyle:
            own.adjusted <= SIGNIFICANT
              ? { color: theme.accent, opacity: 0.45 + 0.55 * strength(own.adjusted) }
              : { color: 'transparent', borderColor: theme.faint, borderWidth: 1 },
        })),
        tooltip: { formatter: '{b}' },
      },
    ],
  };
}
