import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { program } from './requires.ts';

/** A Postgres of the tests' own: on 127.0.0.1, in a temporary folder, gone afterwards. */
export interface TestPostgres {
  /** Address of a new, empty schema of its own. */
  fresh(): Promise<string>;
  stop(): Promise<void>;
}

/** Null where Postgres is not installed. */
export async function startPostgres(): Promise<TestPostgres | null> {
  const server = program('postgres');
  if (server === null) return null;
  const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-postgres-'));
  const data = path.join(folder, 'data');
  // Postgres refuses to run as root; Debian's package has made a user for it.
  const as = process.getuid?.() === 0 ? unprivileged() : null;
  if (as) {
    chmodSync(folder, 0o755);
    chownSync(folder, as.uid, as.gid);
  }
  const identity = as ? { uid: as.uid, gid: as.gid } : {};
  const made = spawnSync(
    path.join(path.dirname(server), 'initdb'),
    ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...identity, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const child = spawn(
    server,
    [
      '-D',
      data,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-k',
      folder,
      '-c',
      'fsync=off',
      '-c',
      'max_connections=60',
    ],
    { ...identity, cwd: folder, stdio: 'ignore' },
  );
  const address = (name: string) => `postgres://test@127.0.0.1:${port}/${name}`;
  await answering(address('postgres'), child);
  let n = 0;
  return {
    async fresh() {
      n += 1;
      await query(address('postgres'), `create schema store_${n}`);
      return `${address('postgres')}?options=-c%20search_path%3Dstore_${n}`;
    },
    async stop() {
      if (child.exitCode === null) {
        // SIGINT: close connections and end.
        child.kill('SIGINT');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function unprivileged(): { uid: number; gid: number } {
  for (const user of ['postgres', 'nobody']) {
    const id = (flag: string) => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout);
    const [uid, gid] = [id('-u'), id('-g')];
    if (uid > 0) return { uid, gid };
  }
  throw new Error('no unprivileged user to run Postgres as');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(address: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`postgres ended with status ${child.exitCode}`);
    try {
      await query(address, 'select 1');
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error('postgres does not answer');
}

async function query(address: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
