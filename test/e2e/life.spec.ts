/** What a run and the page survive: stopping, reloading, a killed engine, an ended server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunMetrics } from '../../src/shared/model.ts';
import { createRandom } from '../../src/core/random.ts';
import { temporaryFolder } from '../support/sandbox.ts';
import { smallCounts } from './support/small-counts.ts';
import { endToEnd, onDesktop, Studio } from './support/studio.ts';

endToEnd('interruptions', () => {
  it('tells of a killed engine, comes back and resumes the run it interrupted', async () => {
    const studio = await Studio.open();
    const { main } = studio;
    const { counts } = await smallCounts();
    await studio.chooseCounts(...counts);
    await studio.store('Small');
    await studio.runQuickly('Small');
    await studio.phase('Network');
    studio.killEngine();
    const alert = main.getByRole('alert');
    await alert.getByText(/^The engine stopped: /).waitFor();
    await alert.getByText('It is running again.').waitFor();
    await main.getByText('This run was interrupted.').waitFor();
    await studio.picture('run-interrupted');
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await alert.waitFor({ state: 'detached' });
    await studio.button('Resume').click();
    await studio.result();
    // No labels were given, and that is said.
    await main.getByText('No cell types were given with the data', { exact: false }).waitFor();
    await studio.picture('result-without-labels');
    // The window saves by a dialog of its own.
    if (!onDesktop()) return;
    const files = await studio.exported(() => studio.button('Export gene lists, figures and report').click());
    const content = (name: string): string =>
      [...files].find(([path]) => path === name || path.endsWith(`/${name}`))![1].toString();
    expect(content('report.html')).toContain((JSON.parse(content('metrics.json')) as RunMetrics).panel.name);
  });

  // A window ends with its app; the page and the engine are the same in it.
  if (onDesktop()) return;

  it('says that the app was ended, and keeps what the page shows', async () => {
    const studio = await Studio.open();
    await studio.stopServer();
    await studio.main.getByText('The engine stopped: F910 Studio was ended.').waitFor();
    await studio.page.getByText('Engine lost').waitFor();
    await studio.picture('connection-lost');
  });

  it('shows why a run could not be done', async () => {
    const studio = await Studio.open();
    await studio.chooseCounts(countsFile('tiny', 12, 8));
    await studio.store('Tiny');
    await studio.card('Tiny').getByRole('button', { name: 'Run the recipe' }).click();
    const alert = studio.main.getByRole('alert');
    await alert.waitFor();
    expect(await alert.locator('p').textContent()).toContain('The data have 12 cells');
    await studio.picture('run-failed');
  });

  it('says what a result lacks where the data have no landmarks', async () => {
    const studio = await Studio.open();
    await studio.chooseCounts(countsFile('nameless', 90, 120));
    await studio.store('Nameless');
    expect(await studio.words('Nameless')).toContain('none of the 978 L1000 landmarks');
    await studio.runQuickly('Nameless');
    await studio.result();
    const { main } = studio;
    await main.getByText('L1000 cannot be compared', { exact: false }).waitFor();
    await main.getByText('Left out: L1000, linear and L1000, network.', { exact: false }).waitFor();
    const against = studio.page.getByRole('region', { name: 'Overlap with L1000' });
    expect(await against.textContent()).toContain('None of the 978 landmarks of L1000 is in the data');
    expect(await against.getByRole('img').count()).toBe(0);
    await studio.picture('result-without-landmarks');
  });

  it('says that WebAssembly is slow where native TensorFlow is not used', async () => {
    const studio = await Studio.open({ F910_ENGINE: 'wasm' });
    await studio.page.getByText('WebAssembly engine, slow').waitFor();
    await studio.main.getByText(/many times slower than with TensorFlow/).waitFor();
    await studio.picture('data-wasm');
  });
});

/** Counts of genes without known names as CSV: two kinds of cells, each with its own half of the genes. */
function countsFile(name: string, cells: number, genes: number): string {
  const header = ['', ...Array.from({ length: cells }, (_, c) => `cell${c + 1}`)];
  const random = createRandom(5, name);
  const rows = Array.from({ length: genes }, (_, g) => [
    `thing${g + 1}`,
    ...Array.from({ length: cells }, (_, c) => Math.floor((g % 2 === c % 2 ? 60 : 6) * random.next())),
  ]);
  const file = join(temporaryFolder(), `${name}.csv`);
  writeFileSync(file, [header, ...rows].map(row => row.join(',')).join('\n'));
  return file;
}
