import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyStore } from '../../src/dataset/maintenance.ts';
import { onePortal } from '../crawl/one-portal.ts';
import { Random } from '../render/random.ts';
import { startReplica } from '../replicas/server.ts';
import { digests } from '../support/digests.ts';

/** Of one command that was killed again and again. */
export interface KillFigures {
  /** Runs that were killed. */
  readonly killed: number;
  /** Runs that ended before the blow fell. */
  readonly ended: number;
  /** Runs to the end after several that were killed, each compared with an undisturbed one. */
  readonly compared: number;
  /** What differed from the undisturbed run; must be empty. */
  readonly differences: readonly string[];
}

export interface KillOptions {
  readonly seed: number;
  /** Kills in all. */
  readonly points: number;
  /** Kills in a row before a run is left to end. */
  readonly inARow: number;
  /** Milliseconds since 1970: no further round begins after this. */
  readonly until?: number;
  readonly onProgress?: (text: string) => void;
}

const CLI = fileURLToPath(new URL('../cli/entry.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const SET = [
  '2021/jiaoyuju.html',
  '2022/jiaoyuju.docx',
  '2023/jiaoyuju.html',
  '2022/yingjiju.docx',
  '2022/sifaju.txt',
  '2022/shuiliju.html',
  '2022/shuiliju.docx',
  '2022/tongzhi.html',
  '2023/caizhengju.pdf',
  '2018/jiaoyuju.txt',
];

/** A fresh ground for runs, and how a run is started on it. */
interface Scene {
  /** Puts the ground into the state before the command. */
  readonly prepare: (folder: string) => void;
  readonly start: (folder: string, run: string) => ChildProcess;
  readonly store: string;
}

async function finish(child: ChildProcess, killAfterMs: number | null): Promise<'killed' | 'ended'> {
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdout?.resume();
  const timer = killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (code, signal) => resolve([code, signal])),
  );
  if (timer) clearTimeout(timer);
  if (signal === 'SIGKILL') return 'killed';
  if (code !== 0) throw new Error(`ended with ${code}: ${errors.slice(-2000)}`);
  return 'ended';
}

/** All that lies in the output folder, also what no run should leave there; the bytes of the store hold times. */
function written(folder: string): Record<string, string> {
  const all = digests(path.join(folder, 'out'));
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('gongkai.sqlite')));
}

function compare(whole: Record<string, string>, now: Record<string, string>): string[] {
  return [...new Set([...Object.keys(whole), ...Object.keys(now)])].filter(
    (name) => whole[name] !== now[name],
  );
}

async function killAgainAndAgain(scene: Scene, options: KillOptions): Promise<KillFigures> {
  const base = mkdtempSync(path.join(os.tmpdir(), 'gongkai-kills-'));
  const random = Random.of('kills', options.seed);
  const differences: string[] = [];
  let [killed, ended, compared] = [0, 0, 0];
  try {
    const undisturbed = path.join(base, 'whole');
    mkdirSync(undisturbed);
    scene.prepare(undisturbed);
    const from = Date.now();
    await finish(scene.start(undisturbed, 'whole'), null);
    let takes = Date.now() - from;
    const whole = written(undisturbed);
    for (const name of ['findings.xlsx', 'report.html', 'dataset/datapackage.json', 'dataset/findings.jsonl'])
      if (whole[name] === undefined) throw new Error(`the undisturbed run wrote no ${name}`);
    for (
      let round = 0;
      killed < options.points && Date.now() < (options.until ?? Number.POSITIVE_INFINITY);
      round += 1
    ) {
      const folder = path.join(base, `r${round}`);
      mkdirSync(folder);
      scene.prepare(folder);
      for (let i = 0; i < options.inARow && killed < options.points; i += 1) {
        const began = Date.now();
        const how = await finish(
          scene.start(folder, `${round}-${i}`),
          random.integer(1, Math.round(takes * 1.05)),
        );
        if (how === 'killed') killed += 1;
        else {
          ended += 1;
          takes = Math.min(takes, Date.now() - began);
        }
      }
      await finish(scene.start(folder, `${round}-end`), null);
      compared += 1;
      for (const name of compare(whole, written(folder))) differences.push(`round ${round}: ${name}`);
      const { problems } = await verifyStore(path.join(folder, scene.store));
      for (const problem of problems) differences.push(`round ${round}: ${problem}`);
      rmSync(folder, { recursive: true, force: true });
      options.onProgress?.(`${killed} killed, ${differences.length} differences`);
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
  return { killed, ended, compared, differences };
}

/** Where the program's modules are kept compiled: half of what a short run takes goes into that. */
let compiled: string | null = null;

function environment(): Record<string, string> {
  if (compiled === null) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-compiled-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    compiled = folder;
  }
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    NODE_COMPILE_CACHE: compiled,
  };
}

function command(folder: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--no-warnings', CLI, ...args], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function reports(folder: string): void {
  for (const name of SET)
    cpSync(path.join(FIXTURES, name), path.join(folder, 'reports', name), { preserveTimestamps: true });
}

/** `gongkai extract` on ten documents. */
export function killExtract(options: KillOptions): Promise<KillFigures> {
  return killAgainAndAgain(
    {
      prepare: reports,
      start: (folder) => command(folder, ['extract', 'reports', '-o', 'out', '-q', '--processes', '2']),
      store: 'out/gongkai.sqlite',
    },
    options,
  );
}

/** `gongkai export --force` over a dataset that is there already. */
export async function killExport(options: KillOptions): Promise<KillFigures> {
  const made = mkdtempSync(path.join(os.tmpdir(), 'gongkai-export-'));
  try {
    reports(made);
    await finish(command(made, ['extract', 'reports', '-o', 'out', '-q']), null);
    return await killAgainAndAgain(
      {
        prepare: (folder) => cpSync(path.join(made, 'out'), path.join(folder, 'out'), { recursive: true }),
        start: (folder) =>
          command(folder, ['export', '-o', 'out', '--force', '--to', 'csv,parquet,jsonl,stata', '-q']),
        store: 'out/gongkai.sqlite',
      },
      options,
    );
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** A crawl of a replica portal, with what is read and written after it. */
export async function killCrawl(options: KillOptions): Promise<KillFigures> {
  const replica = await startReplica({
    sites: [{ host: 'www.moumou.gov.cn', family: 'trs', agencies: 3, years: { from: 2022, to: 2023 } }],
  });
  const configuration = onePortal(replica);
  const child = fileURLToPath(new URL('./crawl-child.ts', import.meta.url));
  try {
    return await killAgainAndAgain(
      {
        prepare: (folder) => mkdirSync(path.join(folder, 'out')),
        start: (folder, run) =>
          spawn(
            process.execPath,
            [
              '--no-warnings',
              child,
              path.join(folder, 'out'),
              String(replica.port),
              configuration,
              '2026-06-01T15:00:00Z',
              run,
            ],
            { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] },
          ),
        store: 'out/gongkai.sqlite',
      },
      options,
    );
  } finally {
    await replica.close();
  }
}
