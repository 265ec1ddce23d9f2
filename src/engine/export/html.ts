/** HTML by template literals in which everything is escaped that is not HTML already. */
import { escapeMarkup } from '../../shared/charts/text.ts';

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | readonly Part[];

/** Strings and numbers are escaped, Html is taken as it is, lists are joined, null leaves nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((string, k) => string + (k < parts.length ? render(parts[k]!) : '')).join(''));
}

/** Markup that was made and escaped elsewhere, such as a figure. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

function render(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escapeMarkup(String(part));
}

export interface TableColumn<T> {
  readonly name: string;
  /** Right-aligned with figures of equal width. */
  readonly numeric: boolean;
  readonly cell: (row: T) => Part;
}

/** @param caption what the table shows, with its conditions; the first column names the row */
export function table<T>(caption: string, columns: readonly TableColumn<T>[], rows: readonly T[]): Html {
  const side = (column: TableColumn<T>): Html | null => (column.numeric ? html` class="n"` : null);
  const line = (row: T): Html =>
    html`<tr>
      ${columns.map((c, k) =>
        k === 0 ? html`<th scope="row">${c.cell(row)}</th>` : html`<td${side(c)}>${c.cell(row)}</td>`,
      )}
    </tr>`;
  return html`<div class="scroll">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(c => html`<th scope="col" ${side(c)}>${c.name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(line)}
      </tbody>
    </table>
  </div>`;
}
