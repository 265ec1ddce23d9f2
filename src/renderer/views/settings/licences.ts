/** What the app is made of and under which licences, for the list in Settings; docs/dependencies.md says what each is for. */
export interface Part {
  readonly name: string;
  readonly licence: string;
  readonly use: string;
}

export const PARTS: readonly Part[] = [
  { name: 'TensorFlow, TensorFlow.js', licence: 'Apache-2.0', use: 'training and prediction' },
  { name: 'scran.js', licence: 'MIT', use: 'PCA, t-SNE, UMAP, clusters' },
  { name: 'Apache ECharts', licence: 'Apache-2.0', use: 'figures' },
  {
    name: 'SQLite through better-sqlite3',
    licence: 'public domain, MIT',
    use: 'history of data sets and runs',
  },
  { name: 'h5wasm', licence: 'NIST notice', use: 'HDF5 files' },
  { name: 'h5wasm-plugins', licence: 'ISC, HDF Group', use: 'packed HDF5 files' },
  { name: 'seek-bzip, xz-decompress', licence: 'MIT', use: 'packed R files' },
  { name: 'yauzl, yazl, tar-stream', licence: 'MIT', use: 'archives' },
  { name: 'write-excel-file', licence: 'MIT', use: 'Excel tables' },
  { name: 'resvg', licence: 'MPL-2.0', use: 'PNG figures' },
  { name: 'commander', licence: 'MIT', use: 'the terminal' },
  { name: 'ws', licence: 'MIT', use: 'connection of the browser' },
  { name: 'zod', licence: 'MIT', use: 'checking of input' },
  { name: 'Svelte', licence: 'MIT', use: 'the interface' },
  { name: 'Lucide', licence: 'ISC', use: 'icons' },
  { name: 'Inter', licence: 'OFL-1.1', use: 'the font' },
  { name: 'Electron', licence: 'MIT', use: 'the desktop window' },
  { name: 'Node.js', licence: 'MIT', use: 'the engine process' },
  { name: 'Human genes of Entrez Gene, by org.Hs.eg.db', licence: 'Artistic-2.0', use: 'gene names' },
  { name: 'Gene Ontology, by GO.db and org.Hs.eg.db', licence: 'CC BY 4.0', use: 'what genes do' },
  { name: 'L1000 landmarks, GEO GSE92742', licence: 'public data', use: 'comparison with L1000' },
];
