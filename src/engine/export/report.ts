/**
 * report.html: a run for somebody who was not there. The verdict first, then what it rests on, every figure with its
 * conditions, what was left out and why, and from what all of it can be made again. One file, no scripts, no requests.
 */
import { basename } from 'node:path';
import { formatCount } from '../../shared/charts/text.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import type { EnrichmentFiles } from './enrichment-files.ts';
import type { MissingFigure } from './figures.ts';
import { html, trusted, type Html } from './html.ts';
import { REPORT_STYLE } from './report-style.ts';
import {
  enrichmentPart,
  modelsPart,
  pairsPart,
  panelPart,
  preprocessingPart,
  typesPart,
} from './report-tables.ts';

export interface DrawnFigure {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

/** @param methods the methods text of the same run */
export function reportHtml(
  run: RunArtifacts,
  figures: readonly DrawnFigure[],
  missing: readonly MissingFigure[],
  methods: string,
  enrichment: Pick<EnrichmentFiles, 'lists' | 'release'>,
): string {
  const { summary, metrics, dataset } = run;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${summary.name} - F910 Studio report</title>
        <style>
          ${trusted(REPORT_STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${summary.name}</h1>
          <p class="sub">
            Report of F910 Studio ${metrics.app.version} on ${dataset.name},
            ${day(summary.finished ?? summary.created)}
          </p>
          ${metrics.dataset.simulated ? html`<p class="notice"><strong>Simulated data.</strong> These counts were made by a program. Nothing here is a finding about real cells.</p>` : null}
          <p class="verdict">${metrics.verdict}</p>
          ${summary.note === '' ? null : html`<p class="note">${summary.note}</p>`} ${facts(run)}
          ${preprocessingPart(run)} ${modelsPart(run)} ${pairsPart(run)} ${panelPart(run)} ${typesPart(run)}
          ${enrichmentPart(enrichment)}
          <h2>Figures</h2>
          ${figures.map(
            figure =>
              html`<figure>
                ${trusted(figure.svg)}
                <figcaption>${figure.caption}</figcaption>
              </figure> `,
          )}
          ${leftOut(run, missing)}
          <h2>Methods</h2>
          <pre>${methods}</pre>
          ${provenance(run)}
        </main>
      </body>
    </html> `;
  return page.text;
}

function facts({ metrics }: RunArtifacts): Html {
  const { preprocess, panel, split } = metrics;
  const entries = [
    ['Cells kept', formatCount(preprocess.cellsKept)],
    ['Genes kept (background)', formatCount(preprocess.genesKept)],
    ['Held-out test cells', formatCount(split.test)],
    [`Panel ${panel.name}`, `${formatCount(panel.size)} genes`],
    [
      'Shared with L1000',
      panel.l1000Present > 0
        ? `${formatCount(panel.l1000Overlap)} of ${formatCount(panel.l1000Present)}`
        : 'none present',
    ],
  ] as const;
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function leftOut({ metrics, dataset }: RunArtifacts, missing: readonly MissingFigure[]): Html | null {
  const items = [
    ...metrics.skipped.map(s => `${s.what}: ${s.why}`),
    ...missing.map(m => `Figure ${m.name}: ${m.why}`),
    ...(metrics.leaks ?? []).map(({ text }) => text),
    ...metrics.notes,
  ];
  const warnings = dataset.warnings;
  if (items.length + warnings.length === 0) return null;
  return html`<h2>Left out, and warnings</h2>
    ${
      items.length > 0
        ? html`<ul>
            ${items.map(item => html`<li>${item}</li>`)}
          </ul>`
        : null
    }
    ${
      warnings.length > 0
        ? html`<p>Said at import:</p>
            <ul>
              ${warnings.map(warning => html`<li>${warning}</li>`)}
            </ul>`
        : null
    }`;
}

function provenance({ summary, dataset, metrics, params }: RunArtifacts): Html {
  const rows: (readonly [string, string])[] = [
    [
      'Run',
      `${summary.id}, ${summary.created}${summary.seconds === null ? '' : `, ${formatCount(summary.seconds)} s`}`,
    ],
    ['Preset and seed', `${summary.preset}, seed ${summary.seed}`],
    [
      'Software',
      `F910 Studio ${metrics.app.version}, engine ${metrics.engine.name} ${metrics.engine.version}`,
    ],
    ['Data set SHA-256', dataset.checksum],
    ...dataset.sources.map(s => [`Source ${basename(s.path)} (${s.format})`, `SHA-256 ${s.sha256}`] as const),
    [
      'Parameters',
      Object.entries(params)
        .map(([key, value]) => `${key} = ${String(value)}`)
        .join('; '),
    ],
  ];
  return html`<h2>Provenance</h2>
    <div class="scroll">
      <table>
        <caption>
          run.json holds the same for the computer: the run can be made again from it.
        </caption>
        <tbody>
          ${rows.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td class="mono">${value}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** The day of an ISO time. */
function day(time: string): string {
  return time.slice(0, 10);
}
