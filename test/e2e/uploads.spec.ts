/** Uploads that take long: cancelled, broken off and taken up again, and the page closed while a run goes on. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/sandbox.ts';
import { Line } from './support/line.ts';
import { smallCounts } from './support/small-counts.ts';
import { endToEnd, RUN_MS, Studio } from './support/studio.ts';

const [CELLS, GENES] = [1000, 6000];

/** Twelve megabytes of counts. */
function largeTable(): string {
  const lines = [['', ...Array.from({ length: CELLS }, (_, c) => `cell${c + 1}`)].join(',')];
  for (let g = 0; g < GENES; g++)
    lines.push(
      `GENE${g + 1},${Array.from({ length: CELLS }, (_, c) => ((g * 7 + c) % 5 === 0 ? 3 : 0)).join(',')}`,
    );
  const file = join(temporaryFolder(), 'large.csv');
  writeFileSync(file, lines.join('\n'));
  return file;
}

/** As over a slow tunnel. */
async function slowly(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2_000_000 },
  });
}

/** Bytes of the file that have arrived. */
function arrived(studio: Studio): number {
  const folder = join(studio.workspace, 'uploads', '.incoming');
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

endToEnd('uploads', () => {
  it('show how far they are, and leave nothing when they are cancelled', async () => {
    const studio = await Studio.open();
    await slowly(studio.page);
    await studio.choose('Choose files…', [largeTable()]);
    const sending = studio.page.getByRole('group', { name: 'Sending' });
    await sending.getByText(/of 12\.\d MB, about \d+ s left/).waitFor();
    await studio.picture('upload-going');
    await sending.getByRole('button', { name: 'Cancel' }).click();
    await studio.main.getByText('A few genes that tell you about all the others').waitFor();
    await expect.poll(() => arrived(studio)).toBe(0);
  });

  it('are taken up again after a lost connection and after a reload', async () => {
    const studio = await Studio.open();
    const { page } = studio;
    const line = await Line.to(Number(new URL(studio.address).port));
    studio.expectFrom(`http://127.0.0.1:${line.port}`);
    await page.goto(studio.address.replace(/:\d+\//, `:${line.port}/`));
    await studio.button('Choose files…').waitFor();
    await slowly(page);
    const file = largeTable();
    const sending = page.getByRole('group', { name: 'Sending' });
    await studio.choose('Choose files…', [file]);
    await expect.poll(() => arrived(studio), { timeout: 20_000 }).toBeGreaterThan(2e6);
    line.cut();
    await sending.getByText('Connection lost, trying again').waitFor();
    const before = arrived(studio);
    line.mend();
    await expect.poll(() => arrived(studio), { timeout: 20_000 }).toBeGreaterThan(before + 1e6);

    await page.reload();
    await studio.button('Choose files…').waitFor();
    const there = arrived(studio);
    expect(there).toBeGreaterThan(before);
    await studio.choose('Choose files…', [file]);
    await sending.getByText('taken up where it was', { exact: false }).waitFor();
    expect(arrived(studio)).toBeGreaterThanOrEqual(there);
    await studio.looked();
    await studio.main.getByText('1,000 cells × 6,000 genes').waitFor();
    await studio.store('Large');
    expect(await studio.words('Large')).toContain('1,000 cells × 6,000 genes');
  });

  it('are not needed by a run: it goes on when the page is closed, and a new page finds it', async () => {
    const studio = await Studio.open();
    const { counts } = await smallCounts();
    await studio.chooseCounts(...counts);
    await studio.store('Small');
    await studio.runQuickly('Small');
    const address = studio.page.url();
    await studio.page.close();
    const page = await studio.page.context().newPage();
    await page.goto(address);
    await page.getByRole('main').getByRole('button', { name: 'Open the panel' }).waitFor({ timeout: RUN_MS });
  });

  it('belong to a server: a page of an earlier one says what to do', async () => {
    const studio = await Studio.open();
    await studio.stopServer();
    await studio.page.getByText('Engine lost').waitFor();
    await studio.serveAgain();
    await studio.main.getByText('F910 Studio was started anew', { exact: false }).waitFor();
    await studio.picture('page-of-an-earlier-start');
    await studio.page.goto(studio.address);
    await studio.button('Run on the example data').waitFor();
  });
});
