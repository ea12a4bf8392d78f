import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EMPTY_REGISTER, type Register } from '../../src/agencies/register.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Store, StoredFinding } from '../../src/dataset/store.ts';
import type { Account } from '../../src/review/access/passwords.ts';
import {
  type ReviewServer,
  startReview,
  type Upload,
  type UploadResult,
  type WithdrawalRequest,
  type WithdrawalResult,
} from '../../src/review/server.ts';
import { runExtraction } from '../../src/run/extraction.ts';
import { resolveInputs } from '../../src/run/inputs.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';

/** A store filled from the fixtures, and the pages over it. */
export interface Site {
  readonly url: string;
  readonly store: Store;
  readonly output: string;
  /** A copy of the fixtures, to be changed at will. */
  readonly documents: string;
  /** Reads the documents again into the same store. */
  readonly extract: () => Promise<void>;
  readonly finding: (rule: string) => Promise<StoredFinding>;
  readonly close: () => Promise<void>;
}

export interface SiteOptions {
  readonly accounts?: readonly Account[];
  readonly language?: 'zh' | 'en';
  readonly person?: string;
  readonly upload?: (upload: Upload) => Promise<UploadResult>;
  readonly withdraw?: (request: WithdrawalRequest) => Promise<WithdrawalResult>;
  /** Years of the fixtures to read; default all. */
  readonly years?: readonly string[];
  readonly register?: Register;
  readonly now?: () => Date;
  /** Address of an empty store; default a file of its own. */
  readonly address?: string;
}

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures');

export async function openSite(options: SiteOptions = {}): Promise<Site> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-review-'));
  const output = path.join(folder, 'output');
  const documents = path.join(folder, 'documents');
  for (const year of options.years ?? ['2019', '2020', '2021', '2022', '2023'])
    cpSync(path.join(FIXTURES, year), path.join(documents, year), {
      recursive: true,
      filter: (name) => !/\.json$|\.doc$/u.test(name),
    });
  const { mkdir } = await import('node:fs/promises');
  await mkdir(output, { recursive: true });
  const address = options.address ?? path.join(output, 'gongkai.sqlite');
  const writer = await openStore(address);
  const extract = async () => {
    await runExtraction(writer, await resolveInputs([documents]), {
      register: options.register ?? EMPTY_REGISTER,
      processes: 2,
      limits: DEFAULT_PARSE_LIMITS,
      output,
      archive: false,
      formats: ['csv'],
    });
  };
  await extract();
  // Its own connection, as in real life: another process writes.
  const store = await openStore(address, { create: false, busyTimeoutMs: 4000 });
  const server: ReviewServer = await startReview({
    store,
    output,
    language: options.language ?? 'zh',
    accounts: options.accounts ?? null,
    person: options.person ?? '王敏',
    upload: options.upload ?? null,
    ...(options.withdraw ? { withdraw: options.withdraw } : {}),
    ...(options.now ? { now: options.now } : {}),
    host: '127.0.0.1',
    port: 0,
  });
  return {
    url: server.url,
    store,
    output,
    documents,
    extract,
    finding: async (rule) => {
      for await (const finding of store.findings()) if (finding.rule === rule) return finding;
      throw new Error(`the fixtures have no finding of ${rule}`);
    },
    close: async () => {
      await server.close();
      await store.close();
      await writer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A visitor without a browser: keeps cookies, finds the token of a page. */
export class Visitor {
  readonly #base: string;
  #cookie = '';

  constructor(base: string) {
    this.#base = base;
  }

  async get(where: string): Promise<Response> {
    const response = await fetch(this.#base + where, {
      headers: this.#cookie ? { cookie: this.#cookie } : {},
      redirect: 'manual',
    });
    this.#keep(response);
    return response;
  }

  async text(where: string): Promise<string> {
    return (await this.get(where)).text();
  }

  async post(
    where: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const body = new URLSearchParams();
    for (const [key, value] of Object.entries(fields))
      for (const one of [value].flat()) body.append(key, one as string);
    const response = await fetch(this.#base + where, {
      method: 'POST',
      body,
      headers: { ...(this.#cookie ? { cookie: this.#cookie } : {}), ...headers },
      redirect: 'manual',
    });
    this.#keep(response);
    return response;
  }

  /** The hidden fields of the form on a page. */
  async fields(where: string): Promise<Record<string, string>> {
    const page = await this.text(where);
    return Object.fromEntries(
      [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/gu)].map((m) => [
        m[1] as string,
        m[2] as string,
      ]),
    );
  }

  #keep(response: Response): void {
    const cookie = response.headers.get('set-cookie');
    if (cookie) this.#cookie = cookie.split(';')[0] as string;
  }
}
