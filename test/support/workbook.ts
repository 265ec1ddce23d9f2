/** Opens a spreadsheet file as a spreadsheet program would: the archive, its shared strings, then the cells. */
import { text } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { elementsNamed, parseXml, textOf } from './xml.ts';

/** A cell with the type that the file gives it. */
export type SheetCell =
  { readonly text: string } | { readonly number: number } | { readonly formula: string };
export type SheetRows = Map<string, SheetCell>[];

/** Rows of every sheet by its name; cells by the letter of their column. */
export async function readWorkbook(file: Buffer): Promise<Map<string, SheetRows>> {
  const zip = await fromBufferPromise(file);
  const parts = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    parts.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
  }
  const part = (name: string) => parseXml(parts.get(name)!);
  const strings = elementsNamed(part('xl/sharedStrings.xml'), 'si').map(textOf);
  const targets = new Map(
    elementsNamed(part('xl/_rels/workbook.xml.rels'), 'Relationship').map(r => [
      r.attributes.get('Id')!,
      r.attributes.get('Target')!,
    ]),
  );
  const sheets = new Map<string, SheetRows>();
  for (const sheet of elementsNamed(part('xl/workbook.xml'), 'sheet')) {
    const content = part(`xl/${targets.get(sheet.attributes.get('r:id')!)!}`);
    const rows = elementsNamed(content, 'row').map(row => {
      const cells = new Map<string, SheetCell>();
      for (const cell of elementsNamed(row, 'c')) {
        const value = elementsNamed(cell, 'v').map(textOf).join('');
        const formula = elementsNamed(cell, 'f').map(textOf).join('');
        const kind = cell.attributes.get('t');
        const column = cell.attributes.get('r')!.replace(/\d+$/, '');
        if (formula !== '') cells.set(column, { formula });
        else if (kind === 's') cells.set(column, { text: strings[Number(value)]! });
        else if (value !== '') cells.set(column, { number: Number(value) });
      }
      return cells;
    });
    sheets.set(sheet.attributes.get('name')!, rows);
  }
  return sheets;
}
