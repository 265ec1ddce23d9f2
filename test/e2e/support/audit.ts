/**
 * What can be told of a screen without eyes: text against what lies behind it (WCAG 2 AA: 4.5 to 1), a name for every
 * control, nothing wider than the window. Runs in the page, so it may use nothing from outside itself.
 */
export function audit(): string[] {
  type Colour = readonly [number, number, number, number];
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  const colours = new Map<string, Colour>();
  const colourOf = (css: string): Colour => {
    const known = colours.get(css);
    if (known !== undefined) return known;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    const found: Colour = [r!, g!, b!, a! / 255];
    colours.set(css, found);
    return found;
  };
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (k: 0 | 1 | 2): number => top[k] * top[3] + below[k] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const behind = (element: Element | null): Colour => {
    if (element === null) return [255, 255, 255, 1];
    const own = colourOf(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  };
  const luminance = (colour: Colour): number => {
    const linear = (k: 0 | 1 | 2): number => {
      const share = colour[k] / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * linear(0) + 0.7152 * linear(1) + 0.0722 * linear(2);
  };
  const contrast = (a: Colour, b: Colour): number => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high! + 0.05) / (low! + 0.05);
  };

  const faults: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement!;
    const text = texts.currentNode.textContent?.trim() ?? '';
    if (text === '' || element.closest('svg, :disabled, option, script') || !element.checkVisibility())
      continue;
    const ground = behind(element);
    const ratio = contrast(over(colourOf(getComputedStyle(element).color), ground), ground);
    if (ratio < 4.5) faults.push(`"${text.slice(0, 40)}" has a contrast of ${ratio.toFixed(2)}`);
  }
  for (const control of document.querySelectorAll<HTMLElement>('button, input, select, summary, progress')) {
    if (!control.checkVisibility()) continue;
    const labels =
      control instanceof HTMLInputElement || control instanceof HTMLSelectElement ? control.labels : null;
    const name = [control.ariaLabel, labels?.[0]?.textContent, control.textContent].find(words =>
      words?.trim(),
    );
    if (name === undefined) faults.push(`A control has no name: ${control.outerHTML.slice(0, 80)}`);
  }
  for (const box of [document.documentElement, ...document.querySelectorAll('main, nav, section, header')]) {
    if (box.scrollWidth > box.clientWidth + 1) faults.push(`<${box.localName}> is wider than its place`);
  }
  return faults;
}
