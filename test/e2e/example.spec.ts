/** The first minutes with the app: one click from an empty workspace to an exported panel. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PanelGene, RunMetrics } from '../../src/shared/model.ts';
import { endToEnd, RUN_MS, Studio } from './support/studio.ts';

endToEnd('the example', () => {
  it('leads from one click to a panel, its figures and an export', async () => {
    const studio = await Studio.open();
    const { page, main } = studio;
    await studio.picture('data-empty');

    await studio.button('Run on the example data').click();
    const bar = main.getByRole('progressbar');
    const share = async (): Promise<number> =>
      Number(await bar.getAttribute('value', { timeout: 500 }).catch(() => 0));
    await studio.phase('Network');
    await expect.poll(share, { timeout: RUN_MS }).toBeGreaterThan(0);
    const before = await share();
    await page
      .getByRole('region', { name: 'Training' })
      .locator('canvas')
      .first()
      .waitFor({ timeout: RUN_MS });
    await studio.picture('run-going');
    expect(await share()).toBeGreaterThanOrEqual(before);

    await studio.result();
    const answer = await main.getByText(/^From the \d+ genes of F\d+,/).textContent();
    await expect.poll(() => main.locator('canvas').count()).toBe(3);
    await studio.picture('result');
    for (const place of ['Genes of', 'Models', 'Cell types'] as const) {
      const region = page.getByRole('region', { name: place === 'Cell types' ? 'Training' : place });
      await region.scrollIntoViewIfNeeded();
      await studio.picture(`result-${place.toLowerCase().replaceAll(' ', '-')}`);
    }

    const maps = page.getByRole('region', { name: 'Maps of the cells' });
    await expect.poll(() => maps.locator('svg path').count()).toBeGreaterThan(6);
    await maps.getByLabel('Map').selectOption('PCA');
    await maps.getByLabel('Colour by').selectOption('library size');
    await maps.getByRole('img', { name: 'PCA of the cells, coloured by library size' }).waitFor();

    const files = await studio.exported(() => studio.button('Export gene lists, figures and report').click());
    const content = (name: string): string => {
      const path = [...files.keys()].find(path => path.endsWith(`/${name}`));
      return files.get(path ?? name)?.toString() ?? '';
    };
    const metrics = JSON.parse(content('metrics.json')) as RunMetrics;
    expect(metrics.verdict.startsWith(answer!)).toBe(true);
    expect(content('report.html')).toContain(metrics.panel.name);
    const lines = content('panel.csv').trim().split(/\r?\n/);
    expect(lines.length).toBeGreaterThan(metrics.panel.size);

    const genes = page.getByRole('region', { name: /^Genes of F\d+$/ });
    const rows = (await genes.getByRole('status').textContent())?.replace(/\s+/g, ' ');
    expect(rows).toContain(`${metrics.panel.size} rows, page 1 of `);
    const first = (await genes
      .locator('tbody tr')
      .first()
      .locator('strong')
      .textContent()) as PanelGene['symbol'];
    await genes.getByLabel('Find a gene').fill(first.toLowerCase());
    await expect.poll(() => genes.locator('tbody tr').first().locator('strong').textContent()).toBe(first);
    await genes.getByLabel('Find a gene').fill('no such gene');
    await genes.getByText('No gene has this name or id.').waitFor();
  });

  it('starts, stops and is resumed with the keyboard alone', async () => {
    const studio = await Studio.open();
    const { page } = studio;
    const focused = (): Promise<string> =>
      page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    const tabTo = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 20 && (await focused()) !== name; presses++)
        await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    await tabTo('Run on the example data');
    await page.keyboard.press('Enter');
    await studio.phase('Drawing maps');
    await tabTo('Stop');
    await page.keyboard.press('Enter');
    await studio.button('Resume').waitFor();
    await studio.picture('run-stopped');
    await tabTo('Resume');
    await page.keyboard.press('Enter');
    await studio.phase('Drawing maps');
  });

  it('leads from the start screen to a panel in five clicks, with a few words at each step', async () => {
    const studio = await Studio.open();
    const { page } = studio;
    const guide = page.getByRole('complementary', { name: 'Guide' });
    let clicks = 0;
    const click = async (name: string): Promise<void> => {
      clicks++;
      await studio.button(name).click();
    };
    const arrive = async (place: string): Promise<void> => {
      await page.getByRole('heading', { level: 1, name: place, exact: true }).waitFor();
      await expect.poll(() => guide.getByRole('status').innerText()).toMatch(/\w{4,}[^.]*\. .*\./s);
      await studio.picture(`guide-${place.toLowerCase()}`);
    };
    await click('Show me step by step');
    await guide.waitFor();
    await arrive('Data');
    await click('Next: Quality');
    await arrive('Quality');
    await click('Next: Explore');
    await arrive('Explore');
    await click('Next: Train');
    await arrive('Train');
    await click('Start the quick run');
    // The panel opens by itself.
    await studio.button('Export gene lists, figures and report').waitFor({ timeout: RUN_MS });
    await arrive('Panel');
    expect(clicks).toBeLessThanOrEqual(5);

    // It can be closed, is not met again after a reload, and comes back when it is asked for.
    await studio.button('Close the guide').click();
    await guide.waitFor({ state: 'detached' });
    await expect
      .poll(() => readFileSync(join(studio.workspace, 'interface.json'), 'utf8'))
      .toContain('\\"open\\":false');
    await page.reload();
    await studio.button('Open the guide').click();
    await guide.getByText('Step 5 of 5').waitFor();
    await guide.getByRole('button', { name: 'Finish' }).click();
    await guide.waitFor({ state: 'detached' });
  });
});
