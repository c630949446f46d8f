/** What a chart takes from style sheets; the picture has none, so each element carries its own. */
const styleProperties = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-size',
  'font-weight',
  'font-family',
  'text-anchor',
  'dominant-baseline',
  'opacity',
  'paint-order',
] as const;

/** Pixels per CSS pixel: sharp on paper. */
const scale = 3;

/** The chart as a standing picture: colours and fonts of the page written into its elements. */
function toStandaloneSvg(chart: SVGSVGElement, width: number, height: number): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = [chart, ...chart.querySelectorAll<SVGElement>('*')];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  originals.forEach((original, at) => {
    const style = getComputedStyle(original);
    for (const property of styleProperties) {
      copies[at]?.setAttribute(property, style.getPropertyValue(property));
    }
    copies[at]?.removeAttribute('class');
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  return new XMLSerializer().serializeToString(copy);
}

async function toImage(chart: SVGSVGElement): Promise<HTMLImageElement> {
  const { width, height } = chart.viewBox.baseVal;
  const source = new Blob([toStandaloneSvg(chart, width, height)], { type: 'image/svg+xml' });
  const url = URL.createObjectURL(source);
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Lines that fit into a width, broken between words. */
function wrap(context: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && context.measureText(longer).width <= width)
      lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A PNG of charts, one below the other, on the page's background with the lines of `caption` above. */
export async function toPng(
  charts: readonly SVGSVGElement[],
  caption: readonly string[],
): Promise<Blob> {
  const images = await Promise.all(charts.map(toImage));
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (context === null || images.length === 0) throw new Error('nothing to draw');
  const page = getComputedStyle(document.documentElement);
  const width = Math.max(...images.map((image) => image.width));
  const font = (at: number): string => `${at === 0 ? 'bold 15px' : '13px'} ${page.fontFamily}`;
  const lines = caption.flatMap((text, at) => {
    context.font = font(at);
    return wrap(context, text, width).map((line) => ({ line, font: font(at) }));
  });
  const margin = 16;
  const lineHeight = 20;
  const top = lines.length * lineHeight + 2 * margin;
  const height = images.reduce((sum, image) => sum + image.height + margin, top);
  canvas.width = (width + 2 * margin) * scale;
  canvas.height = height * scale;
  context.scale(scale, scale);
  context.fillStyle = page.backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = page.color;
  lines.forEach(({ line, font: own }, at) => {
    context.font = own;
    context.fillText(line, margin, margin + 12 + at * lineHeight);
  });
  let y = top;
  for (const image of images) {
    context.drawImage(image, margin, y, image.width, image.height);
    y += image.height + margin;
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('no picture'));
      else resolve(blob);
    }, 'image/png');
  });
}
