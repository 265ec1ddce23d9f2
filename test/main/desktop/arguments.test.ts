/** Which words of a command line are files to open. */
import { describe, expect, it } from 'vitest';
import { filesIn, MOST_FILES } from '../../../src/main/desktop/arguments.ts';

const surroundings = {
  folder: '/home/ada',
  own: ['/opt/f910', '/opt/f910/out/main/index.js'],
  exists: (path: string) => !path.includes('missing'),
};
const files = (...words: string[]): string[] => filesIn(['/usr/bin/f910-studio', ...words], surroundings);

describe('files among the words', () => {
  it('takes paths, from the folder of whoever called', () => {
    expect(files('/data/a.h5ad', 'b.loom', '../b/c.rds')).toEqual([
      '/data/a.h5ad',
      '/home/ada/b.loom',
      '/home/b/c.rds',
    ]);
    expect(files('a b/ü.csv', 'a b/ü.csv')).toEqual(['/home/ada/a b/ü.csv']);
  });

  it('takes addresses of files, and no others', () => {
    expect(
      files('file:///data/a%20b.h5', 'https://elsewhere.example/x.h5', 'f910:open', 'file://host/x'),
    ).toEqual(['/data/a b.h5']);
  });

  it('leaves switches, the app itself and what is not there', () => {
    expect(files('--no-sandbox', '--workspace=/w', '-psn_0_1', '', '/opt/f910', 'missing.h5')).toEqual([]);
    expect(files('/opt/f910/out/main/index.js', '--allow-file-access-from-files', 'x.h5')).toEqual([
      '/home/ada/x.h5',
    ]);
  });

  it('takes no more than anybody chooses', () => {
    expect(files(...Array.from({ length: 500 }, (_, k) => `${k}.h5`))).toHaveLength(MOST_FILES);
  });
});
