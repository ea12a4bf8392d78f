import { writeFileSync } from 'node:fs';
import { portalsJsonSchema } from '../src/crawl/config/schema.ts';

// Writes the JSON Schema of portals.yaml that editors read; a test holds the two together. Lists of plain values go on
// one line where they fit, as the formatter has them.
const width = 110;
const text = JSON.stringify(portalsJsonSchema(), null, 2).replace(
  /^(.*)\[\n((?: *(?:"(?:[^"\\\n]|\\.)*"|[\d.]+),?\n)+) *\](,?)$/gm,
  (whole, before: string, items: string, comma: string) => {
    const line = `${before}[${items.trim().replace(/,\n */g, ', ')}]${comma}`;
    return line.length <= width ? line : whole;
  },
);
writeFileSync(new URL('../docs/portals.schema.json', import.meta.url), `${text}\n`);
