/** Columns of the tables of the Quality place. */
import { PARAM_NAMES } from '../../../shared/params.ts';
import { activeFilters, type CellFilter, type CellThresholds } from '../../../shared/quality/filters.ts';
import type { LostLandmark } from '../../../shared/quality/model.ts';
import { lostTo, type Group } from '../../state/quality-counting.ts';
import { count } from '../../ui/format.ts';
import type { Column } from '../../ui/table.ts';

/** Heads of columns that count what each filter removed. */
const LOST_HEADS: Readonly<Record<CellFilter, string>> = {
  minLibrarySize: 'Shallow',
  maxLibrarySize: 'Too deep',
  minGenesPerCell: 'Few genes',
  maxMitochondrialShare: 'Mitochondrial',
};

const removed = (n: number): string => (n === 0 ? '–' : `−${count(n)}`);

function counting(id: string, label: string, of: (row: Group) => number, text = count): Column<Group> {
  return { id, label, number: true, value: of, text: row => text(of(row)) };
}

/** @param head what the groups are; @param isBalanced whether cells were left out before any filter */
export function keptColumns(head: string, thresholds: CellThresholds, isBalanced: boolean): Column<Group>[] {
  const share = ({ cells, kept }: Group): number | null => (cells === 0 ? null : (100 * kept) / cells);
  return [
    { id: 'name', label: head, value: row => row.name },
    counting('cells', 'Imported', row => row.cells),
    counting('kept', 'Kept', row => row.kept),
    {
      id: 'share',
      label: 'Kept, %',
      number: true,
      value: share,
      text: row => share(row)?.toFixed(1) ?? '–',
    },
    ...(isBalanced
      ? [
          {
            ...counting('drawnOut', 'Not drawn', row => row.drawnOut, removed),
            hint: `Left out by “${PARAM_NAMES.maxCellsPerType}”`,
          },
        ]
      : []),
    ...activeFilters(thresholds).map(filter => ({
      ...counting(filter, LOST_HEADS[filter], row => lostTo(row, filter), removed),
      hint: `Removed by “${PARAM_NAMES[filter]}”. A cell that fails several filters is counted at the first.`,
    })),
  ];
}

/** @param minReads reads from which a gene counts as seen; null where any value does */
export function landmarkColumns(minReads: number | null): Column<LostLandmark>[] {
  const cells = (id: 'seenIn' | 'anyIn', label: string): Column<LostLandmark> => ({
    id,
    label,
    number: true,
    value: row => row[id],
    text: row => count(row[id]),
  });
  return [
    { id: 'symbol', label: 'Landmark', value: row => row.symbol },
    { id: 'ensembl', label: 'Ensembl id', value: row => row.ensembl, text: row => row.ensembl || '–' },
    ...(minReads === null || minReads === 1
      ? []
      : [cells('seenIn', `Cells, ${count(minReads)} reads or more`)]),
    cells('anyIn', 'Cells, any read'),
  ];
}

export const groupName = (row: Group): string => row.name;
export const landmarkName = (row: LostLandmark): string => row.name;
export const landmarkSymbol = (row: LostLandmark): string => row.symbol;
