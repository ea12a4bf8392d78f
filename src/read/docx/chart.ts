import type { Chart, Location } from '../document.ts';
import { parseXml } from './xml.ts';

interface Series {
  name: string | null;
  values: (number | null)[];
}

/** More points than any chart in a report has; an index beyond is damage or malice. */
const MOST_POINTS = 10_000;

/** Reads the cached values of a chart part (DrawingML charts, ECMA-376 part 1, 21.2). */
export function readChart(xml: string, location: Location, maxDepth: number): Chart {
  const series: Series[] = [];
  let categories: string[] = [];
  let title = '';
  let titled = false;
  let current: Series | null = null;
  let role: 'title' | 'name' | 'category' | 'value' | null = null;
  let axis = 0;
  let point = -1;
  let capturing = false;
  let text = '';
  parseXml(
    xml,
    {
      open(name, attributes) {
        switch (name) {
          case 'c:catAx':
          case 'c:valAx':
          case 'c:dateAx':
          case 'c:serAx':
            axis++;
            return;
          case 'c:title':
            if (axis > 0) return;
            titled = true;
            role = 'title';
            return;
          case 'c:ser':
            current = { name: null, values: [] };
            series.push(current);
            return;
          case 'c:tx':
            if (current && role === null) role = 'name';
            return;
          case 'c:cat':
          case 'c:xVal':
            role = 'category';
            return;
          case 'c:val':
          case 'c:yVal':
            role = 'value';
            return;
          case 'c:ptCount': {
            const count = Number(attributes['val']);
            if (role === 'value' && current && count <= MOST_POINTS)
              while (current.values.length < count) current.values.push(null);
            return;
          }
          case 'c:pt':
            point = Number(attributes['idx']);
            return;
          case 'c:v':
          case 'a:t':
            capturing = role !== null;
            text = '';
            return;
        }
      },
      text(part) {
        if (capturing) text += part;
      },
      close(name) {
        switch (name) {
          case 'c:catAx':
          case 'c:valAx':
          case 'c:dateAx':
          case 'c:serAx':
            axis--;
            return;
          case 'c:title':
            if (axis === 0) role = null;
            return;
          case 'c:ser':
            current = null;
            return;
          case 'c:tx':
            if (role === 'name') role = null;
            return;
          case 'c:cat':
          case 'c:xVal':
          case 'c:val':
          case 'c:yVal':
            role = null;
            return;
          case 'c:v':
          case 'a:t':
            if (capturing) take();
            capturing = false;
            return;
        }
      },
    },
    maxDepth,
  );
  function take(): void {
    if (role === 'title') title += text;
    else if (role === 'name' && current) current.name = (current.name ?? '') + text;
    else if (point >= 0 && point < MOST_POINTS) {
      if (role === 'category' && series.length === 1) {
        while (categories.length < point) categories.push('');
        categories[point] = text;
      } else if (role === 'value' && current) {
        const value = text.trim() === '' ? Number.NaN : Number(text);
        while (current.values.length < point) current.values.push(null);
        current.values[point] = Number.isFinite(value) ? value : null;
      }
    }
  }
  categories = Array.from(categories, (category) => category ?? '');
  // A title element without text shows the name of the only series.
  if (title === '' && titled && series.length === 1) title = series[0]?.name ?? '';
  return { title: title.trim() || null, series, categories, location };
}
