/** Files that the page made: their names, their content, and what is kept of the window. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Inbox } from '../../../src/main/desktop/inbox.ts';
import { KeptFile } from '../../../src/main/desktop/kept-file.ts';
import { LARGEST_FILE_BYTES, saveRequest, stateRequest } from '../../../src/main/desktop/requests.ts';
import { FIRST_STATE, windowState } from '../../../src/main/desktop/window-place.ts';
import { safeName, writeBeside } from '../../../src/main/desktop/written-file.ts';
import type { OpenedFile } from '../../../src/shared/desktop.ts';
import { temporaryFolder } from '../../support/sandbox.ts';

describe('a file that the page made', () => {
  it.each([
    ['panel.csv', 'panel.csv'],
    ['../../etc/passwd', '-..-etc-passwd'],
    ['C:\\Windows\\x.csv', 'C-Windows-x.csv'],
    ['a/b:c*?.svg', 'a-b-c-.svg'],
    ['line\nbreak.txt', 'line-break.txt'],
    [' .hidden. ', 'hidden'],
    ['...', 'F910 Studio file'],
  ])('proposes %j as %j', (proposed, name) => expect(safeName(proposed)).toBe(name));

  it('is there whole or not at all', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'table.csv');
    await writeBeside(path, Buffer.from('old'));
    await writeBeside(path, Buffer.from('new'));
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['table.csv']);
    // A folder stands in its place.
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'x'), '');
    await expect(writeBeside(join(folder, 'taken'), Buffer.from('x'))).rejects.toThrow();
    await expect(writeBeside(join(folder, 'nowhere', 'x'), Buffer.from('x'))).rejects.toThrow('ENOENT');
    expect(readdirSync(folder).sort()).toEqual(['table.csv', 'taken']);
  });

  it('is bounded', () => {
    const bytes = new Uint8Array(3);
    expect(saveRequest.safeParse(['a.csv', bytes]).success).toBe(true);
    Object.defineProperty(bytes, 'length', { value: LARGEST_FILE_BYTES + 1 });
    for (const wrong of [
      ['a.csv', bytes],
      ['', new Uint8Array()],
      ['a'.repeat(201), new Uint8Array()],
      ['a', 'b'],
      ['a'],
    ])
      expect(saveRequest.safeParse(wrong).success).toBe(false);
  });
});

describe('the state that the page shows', () => {
  const state = {
    undo: null,
    redo: null,
    dataset: { id: 'data-1', name: 'A' },
    datasets: ['data-1'],
    running: 0.5,
    can: { start: true, pause: false, stop: false, exportPanel: false },
  };
  it('is taken as it is meant, and not otherwise', () => {
    expect(stateRequest.safeParse([state]).success).toBe(true);
    for (const wrong of [{ running: 2 }, { undo: 'x'.repeat(501) }, { more: 1 }, { dataset: { id: 'x' } }])
      expect(stateRequest.safeParse([{ ...state, ...wrong }]).success).toBe(false);
  });
});

describe('what is kept between two starts', () => {
  it('outlives one, and a damaged file counts as none', () => {
    const path = join(temporaryFolder(), 'window.json');
    const open = () => new KeptFile(path, windowState, FIRST_STATE);
    expect(open().value).toEqual(FIRST_STATE);
    const bounds = { x: -10, y: 20, width: 1200, height: 800 };
    open().keep({ bounds, maximised: true, theme: 'dark' });
    expect(open().value).toEqual({ bounds, maximised: true, theme: 'dark' });
    for (const damaged of [
      '',
      '{',
      '{"bounds":{"x":1}}',
      '{"bounds":null,"maximised":false,"theme":"pink"}',
    ]) {
      writeFileSync(path, damaged);
      expect(open().value).toEqual(FIRST_STATE);
    }
  });

  it('is not worth an error where it cannot be written', () => {
    const folder = temporaryFolder();
    const kept = new KeptFile(join(folder, 'gone', 'window.json'), windowState, FIRST_STATE);
    kept.keep({ ...FIRST_STATE, theme: 'light' });
    expect(kept.value.theme).toBe('light');
  });
});

describe('opened files', () => {
  it('wait for the page, also while it is loaded again', () => {
    const heard: string[] = [];
    const send = (files: readonly OpenedFile[]): void => void heard.push(...files.map(({ name }) => name));
    const inbox = new Inbox();
    inbox.deliver(['/data/a.h5']);
    inbox.deliver([]);
    inbox.deliver(['/data/b.h5', '/data/folder']);
    inbox.open(send);
    expect(heard.splice(0)).toEqual(['a.h5', 'b.h5', 'folder']);
    inbox.deliver(['/data/c.h5']);
    inbox.close();
    inbox.deliver(['/data/d.h5']);
    expect(heard.splice(0)).toEqual(['c.h5']);
    inbox.open(send);
    expect(heard).toEqual(['d.h5']);
  });
});
