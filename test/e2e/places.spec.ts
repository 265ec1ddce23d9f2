/** The whole app on one finished run: every place in light and dark, from small to large, and everything that is exported. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseCsv } from '../support/csv.ts';
import { readPng } from '../support/png.ts';
import { readWorkbook } from '../support/workbook.ts';
import { parseXml } from '../support/xml.ts';
import { endToEnd, RUN_MS, Studio } from './support/studio.ts';
import { readZip } from './support/zip.ts';

const PLACES = ['Data', 'Quality', 'Explore', 'Train', 'Panel', 'Genes', 'Compare', 'History', 'Settings'];

endToEnd('every place', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await Studio.openForSeveral();
    await studio.exampleResult();
  }, 2 * RUN_MS);
  afterAll(() => studio.close());

  it.each(PLACES)('%s is complete in light and dark at 1280 x 800', async place => {
    await studio.goTo(place);
    // What a place fetches when it opens.
    await expect.poll(() => studio.main.innerText()).toMatch(/\w{3}/);
    await expect
      .poll(() => studio.main.getByText(/^(Opening|Loading|Reading cells|Looking at the counts)/).count())
      .toBe(0);
    await studio.picture(`place-${place.toLowerCase()}`);
  });

  it('has its place on a large screen', async () => {
    const { page } = studio;
    await page.setViewportSize({ width: 3840, height: 2160 });
    // Those whose parts spread.
    for (const place of ['Data', 'Explore', 'Panel']) {
      await studio.goTo(place);
      await studio.picture(`large-${place.toLowerCase()}`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('keeps the theme that was chosen', async () => {
    const { page } = studio;
    const shown = (): Promise<string | null> => page.locator('html').getAttribute('data-theme');
    await studio.goTo('Settings');
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    await expect.poll(shown).toBe('dark');
    // What is kept is written a moment later.
    await page.waitForTimeout(600);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await expect.poll(shown).toBe('dark');
    await page.getByRole('radio', { name: 'As the system' }).check({ force: true });
    await expect.poll(shown).toBe('light');
  });

  it('exports files that all open', async () => {
    await studio.goTo('Panel');
    const download = studio.page.waitForEvent('download', { timeout: RUN_MS });
    await studio.button('Export gene lists, figures and report').click();
    const files = await readZip(await (await download).path());
    const openers: Readonly<Record<string, (content: Buffer) => unknown>> = {
      csv: content => expect(parseCsv(content.toString()).length).toBeGreaterThan(1),
      gmt: content => expect(content.toString()).toMatch(/^([^\t\n]+(\t[^\t\n]+){2,}\n)+$/),
      gmx: content => expect(content.toString()).toMatch(/^([^\n]*\n){3,}$/),
      html: content => expect(content.toString()).toMatch(/^<!doctype html>.*<\/html>\s*$/is),
      json: content => JSON.parse(content.toString()) as unknown,
      png: content => expect(readPng(content, 1).width).toBeGreaterThan(500),
      rnk: content => expect(content.toString()).toMatch(/^(\S+\t-?[\d.e-]+\r?\n)+$/),
      svg: content => expect(parseXml(content.toString()).name).toBe('svg'),
      txt: content => expect(content.toString().trim()).not.toBe(''),
      xlsx: async content => expect((await readWorkbook(content)).size).toBeGreaterThan(0),
    };
    const seen = new Set<string>();
    for (const [name, content] of files) {
      const ending = name.split('.').at(-1)!;
      expect(Object.keys(openers), name).toContain(ending);
      await openers[ending]!(content);
      seen.add(ending);
    }
    expect([...seen].sort()).toEqual(Object.keys(openers).sort());

    // The report is a page of its own: it shows, asks for nothing and complains of nothing.
    const report = [...files].find(([name]) => name.endsWith('report.html'))!;
    const page = await studio.page.context().newPage();
    const faults: string[] = [];
    page.on('pageerror', error => faults.push(String(error)));
    page.on('request', request => {
      if (!/^(data|about|blob):/.test(request.url())) faults.push(request.url());
    });
    await page.setContent(report[1].toString());
    expect(await page.locator('svg').count()).toBeGreaterThan(3);
    expect(faults).toEqual([]);
    await page.close();
  });
});
