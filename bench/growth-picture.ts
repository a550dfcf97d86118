import type { Growth } from './growth.ts';

const [WIDTH, HEIGHT] = [640, 300];
const BOX = { left: 60, right: 620, top: 40, bottom: 250 };
const COLOURS = ['#0b6e99', '#b5542b', '#3f7d4e'];
/** What the bar is, and how far up the picture goes. */
const [BAR, TOP] = [1.3, 1.6];

/** A picture of how time for each unit changes with size: 1 is that of the smallest. */
export function growthPicture(all: readonly Growth[]): string {
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<title id="title">Time for each unit, against the smallest of its kind</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${BOX.left}" y="20" font-size="14">Time for each unit, against the smallest of its kind</text>`,
    ...[0, 0.5, 1, BAR].map(gridLine),
    ...all.flatMap((growth, i) => seriesOf(growth, COLOURS[i % COLOURS.length] as string, i)),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

const y = (ratio: number): number => BOX.bottom - (ratio / TOP) * (BOX.bottom - BOX.top);

function gridLine(ratio: number): string {
  const dashes = ratio === BAR ? ' stroke-dasharray="4 3"' : '';
  const at = y(ratio).toFixed(1);
  return (
    `<line x1="${BOX.left}" x2="${BOX.right}" y1="${at}" y2="${at}" stroke="#999" stroke-width="0.5"${dashes}/>` +
    `<text x="${BOX.left - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${ratio}</text>`
  );
}

function seriesOf({ name, points }: Growth, colour: string, index: number): string[] {
  const [first, last] = [points[0]?.size ?? 1, points.at(-1)?.size ?? 1];
  const x = (size: number): number =>
    BOX.left + 20 + ((BOX.right - BOX.left - 60) * Math.log(size / first)) / Math.log(last / first);
  const base = points[0]?.each ?? 1;
  const places = points.map(
    ({ size, each }) => [x(size).toFixed(1), y(Math.min(TOP, each / base)).toFixed(1)] as const,
  );
  return [
    `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`),
    `<text x="${BOX.left + 190 * index}" y="${HEIGHT - 20}" fill="${colour}">${name}: ${points.map(({ size }) => size.toLocaleString('en')).join(', ')}</text>`,
  ];
}
