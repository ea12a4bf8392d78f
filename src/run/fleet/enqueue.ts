import { readFile } from 'node:fs/promises';
import { parseStrictYaml } from '../../config/strict-yaml.ts';
import { archiveExtension } from '../../crawl/archive/extension.ts';
import { parsePortals } from '../../crawl/config/load.ts';
import { portalsFile } from '../../crawl/config/schema.ts';
import { EXTRACTOR_VERSION } from '../../extract/extract.ts';
import type { Inputs } from '../inputs.ts';
import type { FleetDatabase } from './database.ts';
import type { CrawlJob, Jobs } from './jobs.ts';
import { SharedFolder } from './shared-folder.ts';

export interface Enqueued {
  readonly queued: number;
  /** In the queue already, or, of documents, stored as they are. */
  readonly known: number;
}

/** Puts one pass over each portal (all enabled ones without `only`) into the queue. Throws `ConfigError`. */
export async function enqueuePortals(
  jobs: Jobs,
  source: string,
  file: string,
  options: Pick<CrawlJob, 'run' | 'repeat' | 'year' | 'since' | 'max'> & {
    readonly only?: readonly string[];
  },
): Promise<Enqueued> {
  const { only, ...rest } = options;
  const config = parsePortals(source, file);
  const { portals, ...common } = parseStrictYaml(source, file, portalsFile);
  const unknown = only?.find((id) => !config.portals.some((portal) => portal.id === id));
  if (unknown !== undefined)
    throw new RangeError(
      `no portal has the id ${unknown}; ${file} has ${config.portals.map(({ id }) => id).join(', ')}`,
    );
  let [queued, known] = [0, 0];
  for (const portal of portals) {
    if (only ? !only.includes(portal.id) : portal.enabled === false) continue;
    const configuration = JSON.stringify({ ...common, portals: [portal] });
    const sent = await jobs.send('crawl', { portal: portal.id, configuration, ...rest }, { key: portal.id });
    if (sent) queued++;
    else known++;
  }
  return { queued, known };
}

/** Copies documents into the shared archive and puts what is new or changed among them into the queue. */
export async function enqueueDocuments(
  fleet: FleetDatabase,
  jobs: Jobs,
  inputs: Inputs,
  output: string,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, document: string) => void;
  } = {},
): Promise<Enqueued> {
  const { archive } = await SharedFolder.open(fleet, output);
  let [queued, known] = [0, 0];
  for await (const input of inputs.files) {
    if (options.signal?.aborted) break;
    options.onProgress?.(queued + known, input.document);
    const probe = { ...input, extractorVersion: EXTRACTOR_VERSION };
    if ((await fleet.store.knownSource({ ...probe, sha256: null })) === 'unchanged') {
      known++;
      continue;
    }
    const bytes = await readFile(input.file);
    const html = /\.s?html?$/iu.test(input.document);
    const { sha256, path: kept } = await archive.put(bytes, archiveExtension(bytes, [input.document], html));
    if ((await fleet.store.knownSource({ ...probe, sha256 })) === 'unchanged') {
      await fleet.store.touchSources([input]);
      known++;
      continue;
    }
    const document = { name: input.document, path: kept, sha256, size: input.size, mtime: input.mtime };
    if (await jobs.send('read', { document }, { key: `file ${input.document}` })) queued++;
    else known++;
  }
  return { queued, known };
}
