/** The import form as it is kept between visits. */
import type { Given } from './chosen.ts';
import type { LabelChoice, LabelsFile } from './labels.svelte.ts';

export interface Form {
  readonly files: readonly Given[];
  readonly labelFiles: readonly LabelsFile[];
  readonly choice: LabelChoice;
  readonly name: string;
}

/** Whether what was kept is a form of this version; another one is filled in anew. */
export function isForm(value: unknown): value is Form {
  if (!isRecord(value) || !isRecord(value['choice'])) return false;
  const { files, labelFiles, choice, name } = value;
  const texts = (list: unknown, keys: readonly string[]): boolean =>
    Array.isArray(list) &&
    list.every((one: unknown) => isRecord(one) && keys.every(key => typeof one[key] === 'string'));
  return (
    typeof name === 'string' &&
    texts(files, ['name', 'path']) &&
    (files as Record<string, unknown>[]).every(
      file => isRecord(file['options']) && ['undefined', 'string'].includes(typeof file['experiment']),
    ) &&
    texts(labelFiles, ['name', 'path']) &&
    texts(choice['drop'], ['column', 'value']) &&
    isRecord(choice['fileOf']) &&
    typeof choice['dropUnlabelled'] === 'boolean' &&
    ['type', 'experiment', 'donor', 'ids'].every(
      key => choice[key] === null || typeof choice[key] === 'string',
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
