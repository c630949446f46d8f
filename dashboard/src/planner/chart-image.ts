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

/** A PNG of a chart on the page's background, with the lines of `caption` above it. */
export async function toPng(chart: SVGSVGElement, caption: readonly string[]): Promise<Blob> {
  const { width, height } = chart.getBoundingClientRect();
  const source = new Blob([toStandaloneSvg(chart, width, height)], { type: 'image/svg+xml' });
  const url = URL.createObjectURL(source);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const lineHeight = 20;
    const top = caption.length * lineHeight + 24;
    const canvas = document.createElement('canvas');
    canvas.width = (width + 32) * scale;
    canvas.height = (height + top + 16) * scale;
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no canvas');
    const page = getComputedStyle(document.documentElement);
    context.scale(scale, scale);
    context.fillStyle = page.backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = page.color;
    caption.forEach((line, at) => {
      context.font = `${at === 0 ? 'bold 15px' : '13px'} ${page.fontFamily}`;
      context.fillText(line, 16, 24 + at * lineHeight, width);
    });
    context.drawImage(image, 16, top, width, height);
    return await new Promise<Blob>((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob === null) reject(new Error('no picture'));
        else resolve(blob);
      }, 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
