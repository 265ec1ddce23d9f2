import { describe, expect, it } from 'vitest';
import { overlapWords } from '../../src/renderer/views/panel/landmarks.ts';
import { rulersOf } from '../../src/renderer/views/panel/rulers.ts';
import { Scale } from '../../src/renderer/ui/ruler.ts';
import type { RunMetrics } from '../../src/shared/model.ts';
import { makeArtifacts } from '../support/artifacts.ts';

describe('a ruler', () => {
  it('begins at the floor, holds all that stands on it and leaves room above', () => {
    const scale = new Scale([0.1, null, 0.2]);
    expect(scale.place(0)).toBe(0);
    expect(scale.place(0.2)).toBeLessThan(1);
    expect(new Scale([-0.1, 0.2]).place(-0.1)).toBeGreaterThan(0);
    expect(scale.band([0.2, 0.1])).toEqual({ from: scale.place(0.1), to: scale.place(0.2) });
    expect(scale.band([])).toBeNull();
  });

  it('puts random panels at their paired difference, and shows none where none were scored', () => {
    const { metrics } = makeArtifacts();
    const linear = metrics.models.find(({ id }) => id.startsWith('linear-') && !id.endsWith('l1000'))!;
    const of = (changed: RunMetrics) =>
      rulersOf(changed).find(({ label }) => label === 'Explained variance, linear')!;
    expect(of(metrics).band).toBeNull();
    const panel = { targets: 10, evAllGenes: 0.1, medianGeneR2: 0.1, medianGeneR2Panel: 0.1, strength: 1 };
    const panels = [0.02, 0.05].map(less => ({ ...panel, ev: 0.3 - less, evPanel: 0.3 }));
    const size = metrics.panel.size;
    const random = { model: linear.id, size, asked: 2, panels, asGood: 0, p: 1 / 3 };
    const ruler = of({ ...metrics, randomPanels: random });
    const own = ruler.marks.find(({ kind }) => kind === 'panel')!.place;
    expect(ruler.band!.to).toBeLessThan(own);
    expect(ruler.words).toContain(
      `random panels ${(linear.ev! - 0.05).toFixed(3)} to ${(linear.ev! - 0.02).toFixed(3)}`,
    );
  });
});

it('the overlap with L1000 is said against chance, in both directions', () => {
  const { panel } = makeArtifacts().metrics;
  const words = (l1000Overlap: number, p: number | null): string =>
    overlapWords({ ...panel, l1000Overlap, expectedOverlap: 20, p }, 900);
  expect(words(5, 0.001)).toContain('fewer than two unrelated lists would share');
  expect(words(50, 1e-9)).toContain('more than two unrelated lists would share');
  expect(words(21, 0.8)).toContain('what two unrelated lists could share');
  expect(words(21, null)).toBe('21 genes are in both; chance alone would share about 20.');
});
