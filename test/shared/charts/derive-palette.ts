/**
 * How the categorical palette was derived: six colours of Okabe and Ito (jfly.uni-koeln.de/color, 2002), then one
 * after another the colour that lies farthest from all before it, as the worst of normal vision and full protanopia,
 * deuteranopia and tritanopia (matrices of Machado, Oliveira and Fernandes 2009, doi:10.1109/TVCG.2009.113). Distance
 * is Euclidean in OKLab (Ottosson 2020), weighted: most readers see normally, so there colours should lie further
 * apart, and tritanopia is about a hundred times rarer than the two others. Lightness is bounded so that every colour
 * shows on white and on near-black.
 */
type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const NORMAL: Matrix = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const PROTANOPIA: Matrix = [
  [0.152286, 1.052583, -0.204868],
  [0.114503, 0.786281, 0.099216],
  [-0.003882, -0.048116, 1.051998],
];
const DEUTERANOPIA: Matrix = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
];
const TRITANOPIA: Matrix = [
  [1.255528, -0.076749, -0.178779],
  [-0.078411, 0.930809, 0.147602],
  [0.004733, 0.691367, 0.3039],
];
const VISIONS = [
  { seen: NORMAL, weight: 0.6 },
  { seen: PROTANOPIA, weight: 1 },
  { seen: DEUTERANOPIA, weight: 1 },
  { seen: TRITANOPIA, weight: 2 },
] as const;

const START = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const LIGHTNESS = [0.38, 0.8] as const;

export function derivePalette(size: number): string[] {
  const candidates: { hex: string; seen: Triple[] }[] = [];
  const steps = Array.from({ length: 16 }, (_, i) => i * 17);
  for (const r of steps) {
    for (const g of steps) {
      for (const b of steps) {
        const hex = `#${[r, g, b].map(v => v.toString(16).padStart(2, '0')).join('')}`;
        const seen = appearances(hex);
        const lightness = seen[0]![0];
        if (lightness >= LIGHTNESS[0] && lightness <= LIGHTNESS[1]) candidates.push({ hex, seen });
      }
    }
  }
  const palette = [...START];
  const nearest = candidates.map(c => Math.min(...START.map(hex => distance(c.seen, appearances(hex)))));
  while (palette.length < size) {
    const best = nearest.indexOf(Math.max(...nearest));
    const chosen = candidates[best]!;
    palette.push(chosen.hex);
    candidates.forEach((c, i) => (nearest[i] = Math.min(nearest[i]!, distance(c.seen, chosen.seen))));
  }
  return palette;
}

/** Smallest weighted distance over the visions. */
export function distance(a: readonly Triple[], b: readonly Triple[]): number {
  return Math.min(
    ...VISIONS.map(({ weight }, v) => {
      const [p, q] = [a[v]!, b[v]!];
      return weight * Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
    }),
  );
}

/** OKLab of a colour as each vision sees it. */
export function appearances(hex: string): Triple[] {
  const rgb = linear(hex);
  return VISIONS.map(({ seen }) =>
    oklab(multiply(seen, rgb).map(v => Math.min(1, Math.max(0, v))) as unknown as Triple),
  );
}

/** Contrast of WCAG 2.2 against black (0) or white (1). */
export function contrast(hex: string, ground: 0 | 1): number {
  const [r, g, b] = linear(hex);
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return ground === 1 ? 1.05 / (luminance + 0.05) : (luminance + 0.05) / 0.05;
}

function linear(hex: string): Triple {
  const channel = (at: number): number => {
    const v = parseInt(hex.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function multiply(m: Matrix, v: Triple): Triple {
  return m.map(row => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as unknown as Triple;
}

function oklab(rgb: Triple): Triple {
  const [l, m, s] = multiply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map(Math.cbrt) as unknown as Triple;
  return multiply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [l, m, s],
  );
}
