/** Messages of the engine name options as the terminal spells them; here they are called like the fields of the screen. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/--label-column\b/g, '“Column with cell types”'],
  [/--experiment-column\b/g, '“Column with experiments”'],
  [/--id-column\b/g, '“Column with cell names”'],
  [/\bas the layer\b/g, 'as “Which matrix”'],
];

export function inWordsOfTheScreen(message: string): string {
  return FIELDS.reduce((text, [option, field]) => text.replace(option, field), message);
}
