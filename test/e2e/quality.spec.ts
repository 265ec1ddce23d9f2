/** The Quality place: filters that count while they move, can be taken back, and say what they cost. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testData, withData } from '../support/data.ts';
import { temporaryFolder } from '../support/sandbox.ts';
import { terminal } from '../support/terminal.ts';
import { smallCounts } from './support/small-counts.ts';
import { endToEnd, Studio } from './support/studio.ts';

endToEnd('quality', () => {
  let studio: Studio;
  /** Genes are counted when a filter has rested, by a pass over all counts. */
  const poll = <T>(what: () => Promise<T>) => expect.poll(what, { timeout: 20_000 });
  const answer = (): Promise<string> =>
    studio.page
      .getByRole('region', { name: 'What stays' })
      .getByRole('status')
      .innerText()
      .then(text => text.replace(/\s+/g, ' '));
  /** The account once the genes have been counted as well. */
  const settled = async (): Promise<string> => {
    await studio.main.locator('.sentence[aria-busy=false]').waitFor();
    return answer();
  };
  /** Stores a data set, as the terminal does beside an open window, and opens the place. */
  const show = async (path: string, ...options: readonly string[]): Promise<void> => {
    const { code, err } = await terminal(studio.workspace, 'import', path, ...options);
    expect(code, err).toBe(0);
    await studio.page.reload();
    await studio.goTo('Quality');
  };
  const field = (name: string) => studio.main.getByRole('spinbutton', { name, exact: true });
  const alert = (text: string) => studio.main.getByRole('alert').filter({ hasText: text });
  const set = async (name: string, value: string): Promise<void> => {
    await field(name).fill(value);
    await field(name).press('Enter');
  };

  describe('of simulated cells', () => {
    beforeAll(async () => {
      studio = await Studio.openForSeveral();
    });
    afterAll(() => studio.close());

    it('shows a new data set as it is', async () => {
      const { counts, labels } = await smallCounts();
      await show(dirname(counts[0]!), '--labels', labels, '--name', 'Small');
      await poll(answer).toMatch(/^400 of 400 cells and \d+ of 600 genes stay/);
      await studio.picture('quality');
    });

    it('counts while a filter is set, takes it back and does it again', async () => {
      const { page } = studio;
      await set('Smallest library size', '4000');
      await poll(answer).not.toMatch(/^400 of/);
      const filtered = await settled();
      const kept = Number(/^(\d+)/.exec(filtered)![1]);
      const table = page.getByRole('region', { name: 'Cells kept and lost' });
      const total = table.getByRole('row').filter({ hasText: 'All cells' });
      await poll(() => total.innerText()).toContain(`−${400 - kept}`);

      await studio.button('Undo').click();
      await poll(answer).toMatch(/^400 of 400/);
      await studio.button('Redo').click();
      await poll(answer).toMatch(new RegExp(`^${kept} of 400`));
      // The whole account, genes as well, comes to rest where it was.
      expect(await settled()).toBe(filtered);

      await page.reload();
      await poll(answer).toMatch(new RegExp(`^${kept} of 400`));
      await studio.button('Back to the paper recipe').click();
      await poll(answer).toMatch(/^400 of 400/);
    });

    it('is set with the keyboard alone', async () => {
      const { page } = studio;
      await studio.main.getByRole('slider', { name: 'Smallest library size, slider' }).focus();
      for (let presses = 0; presses < 4; presses++) await page.keyboard.press('PageUp');
      const first = await field('Smallest library size').inputValue();
      expect(Number(first)).toBeGreaterThan(1000);
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
        'Smallest library size',
      );
      await page.keyboard.type('1e9');
      await page.keyboard.press('Enter');
      await alert('Only 0 of 400 cells have at least 1,000,000,000 counts').waitFor();
      expect(await studio.button('Train with these filters').isDisabled()).toBe(true);
      await studio.picture('quality-nothing-left');
      await studio.main.press('Control+z');
      await poll(() => field('Smallest library size').inputValue()).not.toBe('1000000000');
      await alert('Only 0 of 400').waitFor({ state: 'detached' });
      await set('Smallest library size', '1000');
      await poll(answer).toMatch(/^400 of/);
    });

    it('drags a threshold, and leads on to training', async () => {
      const { page } = studio;
      await settled();
      const card = studio.main.getByRole('region', { name: 'Library size', exact: true });
      const [grip] = await card.locator('.grip').all();
      const from = (await grip!.boundingBox())!;
      const box = (await card.boundingBox())!;
      await page.mouse.move(from.x + from.width / 2, from.y + 6);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, from.y + 20, { steps: 8 });
      await page.mouse.up();
      await poll(answer).not.toMatch(/^400 of/);
      expect(Number(await field('Smallest library size').inputValue())).toBeGreaterThan(1000);
      // One drag is one step.
      await studio.button('Undo').click();
      await poll(answer).toMatch(/^400 of/);
      await studio.button('Redo').click();
      await studio.button('Train with these filters').click();
      await page.getByRole('heading', { level: 1, name: 'Train', exact: true }).waitFor();
      await studio.goTo('Quality');
      await poll(answer).not.toMatch(/^400 of/);
    });
  });

  it('says of logarithms that the filters of cells do not apply', async () => {
    studio = await Studio.open();
    const names = Array.from({ length: 40 }, (_, c) => `cell${c}`);
    const value = (g: number, c: number): string => (((g * 7 + c * 3) % 11) / 4).toFixed(3);
    const lines = Array.from({ length: 60 }, (_, g) => [`GENE${g}`, ...names.map((_, c) => value(g, c))]);
    const path = join(temporaryFolder(), 'logs.csv');
    writeFileSync(path, [['', ...names], ...lines].map(line => line.join(',')).join('\n'));
    const read = ['--already-log', '2', '--rows', 'genes', '--name', 'Logs'];
    await show(path, ...read);
    await poll(settled).toMatch(/^40 of 40 cells and 60 of 60 genes/);
    await studio.main.getByText('The values of this data set are logarithms already.').waitFor();
    expect(await field('Smallest library size').isDisabled()).toBe(true);
    expect(await field('Reads that count as seen').isDisabled()).toBe(true);
    expect(await studio.button('Train with these filters').isEnabled()).toBe(true);
    await studio.picture('quality-logarithms');
  });

  withData('of real cells', () => {
    it('suggests filters, uses them when asked, and offers landmarks back', async () => {
      studio = await Studio.open();
      const { page, main } = studio;
      const labels = testData('sc_mixology/sc_dropseq.metadata.csv.gz');
      const column = ['--label-column', 'cell_line_demuxlet', '--name', 'Drop-seq, three lines'];
      await show(testData('sc_mixology/sc_dropseq.count.csv.gz'), '--labels', labels, ...column);
      await poll(answer).toMatch(/^225 of 225 cells and [\d,]+ of 15,127 genes stay, with \d+ of the 926/);
      const before = await settled();

      await studio.button('Suggest filters').click();
      const suggested = page.getByRole('region', { name: 'Suggested filters' });
      await suggested.getByText('Suggested:').waitFor();
      expect(await answer()).toBe(before);
      await studio.picture('quality-suggested');
      await suggested.getByRole('button', { name: 'Use these' }).click();
      await poll(() => field('Fewest genes in a cell').inputValue()).not.toBe('0');
      expect(Number(await field('Largest mitochondrial share').inputValue())).toBeLessThan(10);
      await studio.button('Undo').click();
      await poll(() => field('Fewest genes in a cell').inputValue()).toBe('0');

      const genes = page.getByRole('region', { name: 'Genes', exact: true });
      await genes.scrollIntoViewIfNeeded();
      const landmarks = async (): Promise<number> =>
        Number(/with (\d+) of the/.exec(await answer())?.[1] ?? 'NaN');
      const kept = await landmarks();
      await studio.picture('quality-genes');
      await genes
        .getByRole('button', { name: /^Use: / })
        .first()
        .click();
      await poll(landmarks).toBeGreaterThan(kept);
      await set('Reads that count as seen', '10');
      await poll(landmarks).toBeLessThan(kept);
      await main.getByText('What would keep more of them').waitFor();
      await set('Smallest library size', '20000');
      await set('Largest mitochondrial share', '2');
      await settled();
      await studio.main.evaluate(main => main.scrollTo(0, 320));
      await studio.picture('quality-filtered');
    });
  });
});
