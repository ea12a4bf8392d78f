import { writeFileSync } from 'node:fs';
import { portalsJsonSchema } from '../src/crawl/config/schema.ts';

// Writes the JSON Schema of portals.yaml that editors read; a test holds the two together.
writeFileSync(
  new URL('../docs/portals.schema.json', import.meta.url),
  `${JSON.stringify(portalsJsonSchema(), null, 2)}\n`,
);
