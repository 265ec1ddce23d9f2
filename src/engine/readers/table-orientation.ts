/** Are the rows of a table genes or cells? Told by names alone, without a gene reference. */

export interface Orientation {
  readonly rows: 'genes' | 'cells';
  /** False where only habits of file writers speak for it. */
  readonly sure: boolean;
}

export interface TableNames {
  /** Names over the columns of numbers. */
  readonly columns: readonly string[];
  /** Names of the first rows. */
  readonly rows: readonly string[];
  /** What stands over the row names; null where the header has no such field. */
  readonly corner: string | null;
  /** The header was a comment line. */
  readonly commented: boolean;
}

/** Ensembl ids (also behind a symbol, as PanglaoDB has them), spike-ins, and families and genes of every list. */
const GENE = [
  /(^|[_-])ENS[A-Z]{0,6}G\d{8,}/i,
  /^ERCC-\d{5}$/,
  /^(MT-|RP[LS]P?\d|HLA-|LINC\d|LOC\d{4}|SLC\d|ZNF\d|TMEM\d|KRT\d|IGH|COL\d+A)/i,
  /^\d*[A-Z]\d+Rik$/i,
  /^(ACTB|GAPDH|B2M|MALAT1|TMSB4X|TMSB10|EEF1A1|FTL|FTH1|CD3[DEG]|CD4|CD8A|CD14|LYZ|NKG7|MS4A1|VIM|TUBA1[AB])$/i,
  /^(GPI|PPIA|PGK1|TBP|HPRT1|ALDOA|ENO1|LDH[AB]|TPI1|PTPRC|APOE|STAT\d|CDK\d+|CDC\d+|MYC|TP53|EGFR|JUN|FOS)$/i,
];

/** Barcodes, and the numbered names that people give to cells. */
const CELL = [
  /(^|[^A-Za-z])[ACGTN]{10,}(?![A-Za-z])/,
  /^(cell|barcode|spot|well|nucleus|sample)s?[ _.-]*[A-Z]?\d+/i,
];

/** How strongly a list of names looks like genes: 0 for none, more than a half for a few among many. */
export function geneLikeness(names: readonly string[]): number {
  return likeness(names, GENE);
}

export function cellLikeness(names: readonly string[]): number {
  return likeness(names, CELL);
}

/** The first of these that has something to say: known names, the corner, variety of names, habits of writers. */
export function orientationOf({ columns, rows, corner, commented }: TableNames): Orientation {
  const balance = geneLikeness(rows) - geneLikeness(columns) + cellLikeness(columns) - cellLikeness(rows);
  if (Math.abs(balance) >= 0.3) return { rows: balance > 0 ? 'genes' : 'cells', sure: true };

  if (corner !== null) {
    if (/^(gene|symbol|feature|ensembl|hgnc)/i.test(corner)) return { rows: 'genes', sure: true };
    if (/^(cell|barcode|spot|sample|well)/i.test(corner)) return { rows: 'cells', sure: true };
  }
  // Cells of one experiment are numbered (A1, A2, s_17); genes have names of many kinds.
  const variety = varietyOf(rows) - varietyOf(columns);
  if (Math.abs(variety) > 0.3) return { rows: variety > 0 ? 'genes' : 'cells', sure: false };
  // Python's savetxt writes its header as a comment, over rows of observations; R and GEO have genes as rows.
  return { rows: commented ? 'cells' : 'genes', sure: false };
}

function likeness(names: readonly string[], patterns: readonly RegExp[]): number {
  let hits = 0;
  for (const name of names) if (patterns.some(pattern => pattern.test(name))) hits++;
  return hits === 0 ? 0 : 0.5 + hits / names.length / 2;
}

/** Share of names that differ in more than their digits. */
function varietyOf(names: readonly string[]): number {
  return new Set(names.map(name => name.replaceAll(/\d+/g, ''))).size / Math.max(1, names.length);
}
