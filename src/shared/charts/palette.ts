/**
 * Colours of categories and of values.
 *
 * CATEGORICAL: six colours of Okabe and Ito, then each next the one farthest from all before it, at once for normal,
 * protan, deutan and tritan vision. test/shared/charts/derive-palette.ts derives exactly this list. Beyond a dozen no
 * palette keeps colours apart for everybody, so figures number their categories as well.
 *
 * VIRIDIS: nine stops of the viridis map (Smith and van der Walt, CC0): even in lightness and safe for colour-blind eyes.
 */
export const CATEGORICAL: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#771144',
  '#6600ff',
  '#33dd99',
  '#665500',
  '#442299',
  '#8877ff',
  '#bb1177',
  '#dd11cc',
  '#0000cc',
  '#ff4477',
  '#006666',
  '#bbaabb',
  '#99bb66',
  '#bb1133',
  '#663311',
  '#664499',
  '#4466ee',
  '#553366',
  '#778844',
  '#aa44aa',
  '#ff88ff',
  '#3344bb',
  '#2288dd',
  '#aa9933',
  '#556688',
  '#8899cc',
  '#884455',
  '#aa6699',
  '#ee8899',
  '#8800dd',
];

/** Cells without a value, and what has no name. */
export const NO_VALUE = '#9aa3b0';

export function categoryColour(index: number): string {
  return CATEGORICAL[index % CATEGORICAL.length]!;
}

const VIRIDIS = [
  '#440154',
  '#472d7b',
  '#3b528b',
  '#2c728e',
  '#21918c',
  '#28ae80',
  '#5ec962',
  '#addc30',
  '#fde725',
];

/** Colour of a value scaled to 0..1, mixed linearly between stops; NO_VALUE where it is not a number. */
export function valueColour(share: number): string {
  if (Number.isNaN(share)) return NO_VALUE;
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const low = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = (channel: number): string => {
    const part = (hex: string): number => parseInt(hex.slice(channel, channel + 2), 16);
    const value = part(VIRIDIS[low]!) + (at - low) * (part(VIRIDIS[low + 1]!) - part(VIRIDIS[low]!));
    return Math.round(value).toString(16).padStart(2, '0');
  };
  return `#${mix(1)}${mix(3)}${mix(5)}`;
}
