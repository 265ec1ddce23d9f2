/** Count tables as text: comma, tab, semicolon or spaces; genes x cells or cells x genes; plain or gzipped. */
import { badFile, badInput } from '../../shared/errors.ts';
import { headOf } from './bytes.ts';
import type { ReadContext, Reader, Source } from './contract.ts';
import { isText, utf16Of } from './detect.ts';
import { COMMA, gatherHead, parseHead, TAB, type TableHead } from './table-head.ts';
import { layoutOf, type TableLayout } from './table-layout.ts';
import { TableParser } from './table-parser.ts';
import { CellTaker, GeneTaker, type TableTaker } from './table-takers.ts';
import { textChunks } from './text.ts';

const FORMATS = new Map([
  [TAB, 'TSV'],
  [COMMA, 'CSV'],
]);

export const tableReader: Reader = {
  format: 'table',

  async recognises(source) {
    if (source.isFolder) return false;
    const { content } = await headOf(source);
    if (!isText(content) || content[0] === 0x3c) return false; // an angle bracket begins a web page
    if (utf16Of(content) !== null) return true;
    return !content.some(byte => byte < 32 && (byte < 9 || byte > 13));
  },

  async read(source, options, sink, context) {
    const { name } = source;
    if (options.layer !== undefined) {
      throw badInput('layer', `${name} holds one table only; there is no layer ${options.layer} to choose.`);
    }
    // The head is read from a stream of its own: tables are large, heads are small.
    const chunks = textChunks(source, { ...context, progress: () => undefined });
    const start = await gatherHead(name, chunks).finally(() => chunks.return());
    const head = parseHead(name, start);
    const layout = layoutOf(name, head, options);
    const taker =
      layout.rows === 'genes'
        ? new GeneTaker(name, layout, options, sink)
        : new CellTaker(name, layout, options, sink);
    await parse(source, head, layout, taker, context);
    const taken = await taker.finish(context.signal);
    return {
      format: FORMATS.get(head.separator) ?? 'TXT',
      layer: null,
      rows: layout.rows,
      ...taken,
      alreadyLog: options.alreadyLog ?? null,
      warnings: [...layout.warnings, ...taken.warnings],
    };
  },
};

async function parse(
  source: Source,
  head: TableHead,
  layout: TableLayout,
  taker: TableTaker,
  context: ReadContext,
): Promise<void> {
  const { width, trailing } = layout;
  let lastText = '';
  const parser = new TableParser(
    source.name,
    {
      separator: head.separator,
      firstValue: layout.firstValue,
      endValue: layout.endValue,
      skipRows: layout.headerInRows ? 1 : 0,
      firstLine: head.commentLines + 1,
    },
    {
      text: (column, text) => {
        if (column < width) taker.text(column, text);
        else lastText = text;
      },
      value: (column, value) => taker.value(column, value),
      endRow: (fields, line) => {
        const isWhole = fields === width || (trailing && fields === width + 1 && lastText === '');
        if (!isWhole) {
          throw badFile(source.name, `line ${line} has ${fields} fields where ${width} are expected`);
        }
        taker.endRow();
      },
    },
  );
  let comments = head.commentBytes;
  for await (const chunk of textChunks(source, context)) {
    const passed = Math.min(comments, chunk.length);
    comments -= passed;
    parser.push(passed === 0 ? chunk : chunk.subarray(passed));
  }
  parser.finish();
}
