/** How quick the app is to open and to answer: start-up, input while a run takes both cores, size of the bundles. */
import { readdirSync, readFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { makeBed, simulate } from './simulated.ts';
import { openBrowser, serve } from './browser.ts';
import { summarise, type Bench, type Measurement } from './measurement.ts';

const out = fileURLToPath(new URL('../out', import.meta.url));
const STARTS = 5;
/** Longer than any run of the example. */
const RUN_MS = 300_000;

export const startUp: Bench = {
  name: 'start-up',
  data: 'an empty workspace',
  async run(say) {
    const browser = await openBrowser();
    if (browser === null) return nothing(say);
    const workspace = mkdtempSync(join(tmpdir(), 'f910-bench-'));
    try {
      const once = async (): Promise<number> => {
        const from = performance.now();
        const served = await serve(workspace);
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
        const page = await context.newPage();
        await page.goto(served.address);
        await page.getByRole('button', { name: 'Run on the example data' }).waitFor();
        const seconds = (performance.now() - from) / 1000;
        await context.close();
        await served.stop();
        return seconds;
      };
      await once(); // The first start fills the file cache.
      const seconds: number[] = [];
      for (let start = 0; start < STARTS; start++) seconds.push(await once());
      return [
        summarise(
          'Start to usable window, browser',
          's',
          seconds,
          'from the start of the server’s process to the start screen that answers',
        ),
      ];
    } finally {
      await browser.close();
      rmSync(workspace, { recursive: true, force: true });
    }
  },
};

export const inputLatency: Bench = {
  name: 'input-latency',
  data: 'simulated 15,933 cells x 8,960 genes, paper recipe',
  async run(say) {
    const browser = await openBrowser();
    if (browser === null) return nothing(say);
    const bed = makeBed();
    const folder = await simulate(bed);
    await bed.f910(['import', '--quiet', '--labels', join(folder, 'labels.csv'), folder]);
    const served = await serve(join(bed.folder, 'workspace'));
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const reports = watchReports(page);
      await page.goto(served.address);
      await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
      await page.getByRole('button', { name: 'Start the run' }).click();
      const job = page.getByRole('navigation').getByRole('region', { name: 'Running' });
      await job.waitFor({ timeout: RUN_MS });
      await observe(page);
      const places = ['Data', 'Train', 'Panel', 'Genes', 'History', 'Settings'];
      for (let round = 0; await job.isVisible(); round++) {
        await page
          .getByRole('navigation')
          .getByRole('link', { name: places[round % places.length]! })
          .click();
        await page.keyboard.press('Tab');
        await page.waitForTimeout(100);
      }
      const delays = await observed(page);
      const gaps = reports.slice(1).map((at, k) => at - reports[k]!);
      if (delays.length === 0 || gaps.length === 0)
        throw new Error('The run was over before it was watched.');
      return [
        summarise(
          'Input to next frame while a run takes both cores',
          'ms',
          delays,
          'clicks between places and Tab, Event Timing of the page (steps of 8 ms)',
        ),
        summarise(
          'Longest of the times between two reports of progress',
          'ms',
          [Math.max(...gaps)],
          `${gaps.length.toLocaleString('en')} reports, as they reach the page`,
        ),
      ];
    } finally {
      await browser.close();
      await served.stop();
      bed.remove();
    }
  },
};

/** Times at which reports of the run's progress reach the page. */
function watchReports(page: Page): number[] {
  const times: number[] = [];
  page.on('websocket', socket =>
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('"secondsLeft"')) times.push(performance.now());
    }),
  );
  return times;
}

/** Runs in the page: how long each input took to its frame. */
function observe(page: Page): Promise<void> {
  return page.evaluate(() => {
    const delays: number[] = [];
    Object.assign(window, { delays });
    new PerformanceObserver(list => {
      for (const entry of list.getEntries())
        if (/^(click|keydown|pointerdown)$/.test(entry.name)) delays.push(entry.duration);
      // The shortest threshold there is.
    }).observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit);
  });
}

function observed(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as { delays: number[] }).delays);
}

export const bundles: Bench = {
  name: 'bundles',
  data: 'the build in out/',
  run: async () => {
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' })
      .map(name => join(out, name))
      .filter(path => statSync(path).isFile());
    const sizes = (part: RegExp, what: string): Measurement[] => {
      const chosen = files.filter(path => part.test(path));
      const kilobytes = (bytes: number): number => bytes / 1000;
      const raw = chosen.reduce((sum, path) => sum + statSync(path).size, 0);
      const packed = chosen.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
      return [
        summarise(
          what,
          'kB',
          [kilobytes(raw)],
          `${chosen.length} files, ${kilobytes(packed).toFixed(0)} kB gzipped`,
        ),
      ];
    };
    return [
      ...sizes(/renderer[/\\].*\.js$/, 'Interface, scripts'),
      ...sizes(/renderer[/\\].*\.css$/, 'Interface, styles'),
      ...sizes(/renderer[/\\].*\.woff2$/, 'Interface, fonts'),
      ...sizes(/main[/\\].*\.js$/, 'Main process, engine and workers'),
      ...sizes(/preload[/\\]/, 'Preload'),
    ];
  },
};

function nothing(say: (line: string) => void): readonly Measurement[] {
  say('Left out: no Chromium, Chrome or Edge was found.');
  return [];
}
