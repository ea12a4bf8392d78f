import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresDialect,
  CompiledQuery as Query,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Pool } from 'pg';
import { StoreError, type StoreProblem } from './store.ts';
import type { Tables } from './tables.ts';

/**
 * Everything that differs between SQLite and Postgres stands in this file: connecting, transactions, bulk writing,
 * types of the schema, and what their errors mean. The rest of the store speaks to `Database` and `Session`.
 */

export type Cell = string | number | null | Uint8Array;

/** Statements on one connection, all inside the same transaction or snapshot if there is one. */
export interface Session {
  readonly query: Kysely<Tables>;
  /** Many rows at once; `ignore` leaves rows alone whose key exists. */
  insertMany(
    table: keyof Tables,
    columns: readonly string[],
    rows: readonly (readonly Cell[])[],
    conflict?: 'fail' | 'ignore',
  ): Promise<void>;
  /** Rows as arrays, for the hot paths. Placeholders are `?`. */
  arrays(text: string, parameters: readonly Cell[]): Promise<Cell[][]>;
  /** The next `count` ids of a table. Only inside `write`. */
  nextIds(table: keyof Tables, count: number): Promise<number[]>;
}

export interface SchemaWords {
  readonly int: string;
  readonly bigint: string;
  readonly real: string;
  readonly blob: string;
  /** Text compared byte by byte, so that both databases sort alike. */
  readonly text: string;
  /** Key that counts by itself. */
  readonly serial: string;
  /** After the closing bracket of a table whose primary key is its order on disk. */
  readonly clustered: string;
  /** Counts the tables of a name (`?`) in this store. */
  readonly tableExists: string;
  /** Makes whatever `Session.nextIds` needs for a table. */
  readonly idSource: (table: string) => readonly string[];
  /** Lets one process at a time bring the store to the present format; held to the end of the transaction. */
  readonly migrationLock: readonly string[];
}

export interface Database {
  readonly kind: 'sqlite' | 'postgres';
  readonly location: string;
  readonly words: SchemaWords;
  /** Single statements; each sees the newest state. */
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** One transaction: all or nothing. */
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Reads one state, whatever others write meanwhile. */
  snapshot<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** A clean copy, while the store is in use. */
  backup(target: string): Promise<void>;
  /** What the database itself finds wrong; empty when sound. */
  integrity(): Promise<string[]>;
  close(): Promise<void>;
}

/** `postgres://…` is a Postgres database, anything else the path of an SQLite file. */
export async function connect(
  location: string,
  options: { readonly create: boolean; readonly busyTimeoutMs: number },
): Promise<Database> {
  return /^postgres(ql)?:\/\//.test(location)
    ? connectPostgres(location)
    : connectSqlite(location, options.create, options.busyTimeoutMs);
}

// ---------------------------------------------------------------------------------------------------------- SQLite

const SQLITE_WORDS: SchemaWords = {
  int: 'integer',
  bigint: 'integer',
  real: 'real',
  blob: 'blob',
  text: 'text',
  serial: 'integer primary key',
  clustered: ' without rowid',
  tableExists: "select count(*) as n from sqlite_master where type = 'table' and name = ?",
  idSource: () => [],
  // `begin immediate` has locked the file already.
  migrationLock: [],
};

const SQLITE_SETTINGS = 'pragma foreign_keys = on; pragma cache_size = -16384; pragma temp_store = file';

/** Bound parameters of one statement; SQLite's own limit is 32,766. */
const SQLITE_PARAMETERS = 8000;

class SqliteSession implements Session {
  readonly query: Kysely<Tables>;
  readonly #connection: SqliteConnection;
  constructor(query: Kysely<Tables>, connection: SqliteConnection) {
    this.query = query;
    this.#connection = connection;
  }

  async insertMany(
    table: keyof Tables,
    columns: readonly string[],
    rows: readonly (readonly Cell[])[],
    conflict: 'fail' | 'ignore' = 'fail',
  ): Promise<void> {
    const width = columns.length;
    const group = Math.max(1, Math.floor(Math.min(SQLITE_PARAMETERS, width * 40) / width));
    const one = `(${columns.map(() => '?').join(',')})`;
    const head = `insert into ${table} (${columns.map((c) => `"${c}"`).join(',')}) values `;
    const tail = conflict === 'ignore' ? ' on conflict do nothing' : '';
    const single = head + one + tail;
    const many = head + Array.from({ length: group }, () => one).join(',') + tail;
    let at = 0;
    for (; at + group <= rows.length; at += group) {
      const parameters: Cell[] = [];
      for (let i = at; i < at + group; i++)
        for (const cell of rows[i] as readonly Cell[]) parameters.push(cell);
      this.#connection.run(many, parameters);
    }
    for (; at < rows.length; at++) this.#connection.run(single, rows[at] as readonly Cell[]);
  }

  async arrays(text: string, parameters: readonly Cell[]): Promise<Cell[][]> {
    return this.#connection.arrays(text, parameters);
  }

  async nextIds(table: keyof Tables, count: number): Promise<number[]> {
    const [row] = this.#connection.arrays(`select coalesce(max(id), 0) from ${table}`, []);
    const last = row?.[0] as number;
    return Array.from({ length: count }, (_, i) => last + 1 + i);
  }
}

/** kysely's own SQLite driver expects another calling convention than that of `node:sqlite`. */
class SqliteConnection implements DatabaseConnection {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #arrayStatements = new Map<string, StatementSync>();
  readonly #location: string;
  /** Whether the file was written since, by others, where nothing keeps the two apart. */
  readonly isStale: () => boolean;

  constructor(database: DatabaseSync, location: string, isStale: () => boolean = () => false) {
    this.database = database;
    this.#location = location;
    this.isStale = isStale;
  }

  run(
    text: string,
    parameters: readonly Cell[],
  ): { changes: number | bigint; lastInsertRowid: number | bigint } {
    try {
      return this.#prepared(this.#statements, text).run(...parameters);
    } catch (error) {
      throw translateSqlite(error, this.#location);
    }
  }

  arrays(text: string, parameters: readonly Cell[]): Cell[][] {
    try {
      const statement = this.#prepared(this.#arrayStatements, text);
      statement.setReturnArrays(true);
      const rows = statement.all(...parameters) as unknown as Cell[][];
      this.#requireOneState();
      return rows;
    } catch (error) {
      throw translateSqlite(error, this.#location);
    }
  }

  async executeQuery<R>(compiled: CompiledQuery): Promise<QueryResult<R>> {
    try {
      const statement = this.#prepared(this.#statements, compiled.sql);
      const parameters = compiled.parameters as readonly Cell[];
      if (statement.columns().length > 0) {
        const rows = statement.all(...parameters) as R[];
        this.#requireOneState();
        return { rows };
      }
      const { changes, lastInsertRowid } = statement.run(...parameters);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (error) {
      throw translateSqlite(error, this.#location);
    }
  }

  // biome-ignore lint/correctness/useYield: the store pages by key; nothing asks for a cursor.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('cursors are not used: page by key instead');
  }

  #requireOneState(): void {
    if (!this.isStale()) return;
    throw new StoreError(
      'locked',
      `the store ${this.#location} was written by another process while it was read where nothing may be written beside it; run the same command again`,
    );
  }

  #prepared(cache: Map<string, StatementSync>, text: string): StatementSync {
    let statement = cache.get(text);
    if (!statement) {
      statement = this.database.prepare(text);
      if (cache.size >= 200) cache.delete(cache.keys().next().value as string);
      cache.set(text, statement);
    }
    return statement;
  }
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  readonly #begin: string;
  constructor(connection: SqliteConnection, begin: string) {
    this.#connection = connection;
    this.#begin = begin;
  }
  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(Query.raw(this.#begin));
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(Query.raw('commit'));
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // After some errors (a full disk) SQLite has rolled back already and says so; the first error is the one to tell.
    if (this.#connection.database.isTransaction) await connection.executeQuery(Query.raw('rollback'));
  }
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {
    this.#connection.database.close();
  }
}

function sqliteKysely(connection: SqliteConnection, begin: string): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new SqliteDriver(connection, begin),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

async function connectSqlite(location: string, create: boolean, busyTimeoutMs: number): Promise<Database> {
  if (!create && !existsSync(location)) {
    throw new StoreError(
      'cannot_open',
      `no store at ${location}; give the folder that an earlier run wrote to, or run gongkai extract first`,
    );
  }
  const open = (readOnly: boolean): SqliteConnection => {
    try {
      const database = new DatabaseSync(location, { readOnly, timeout: busyTimeoutMs });
      // A checkpoint waits for the disk: every 32 MB, not after every batch.
      if (!readOnly)
        database.exec(
          'pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 8192',
        );
      database.exec(SQLITE_SETTINGS);
      return new SqliteConnection(database, location);
    } catch (error) {
      throw translateSqlite(error, location);
    }
  };
  const openForReading = (): SqliteConnection => {
    let connection: SqliteConnection | null = null;
    try {
      connection = open(true);
      connection.arrays('select 1 from sqlite_master limit 1', []);
      return connection;
    } catch (error) {
      connection?.database.close();
      if (!(error instanceof StoreError) || !['read_only', 'cannot_open'].includes(error.problem))
        throw error;
      return openProtected(location, error);
    }
  };

  let writer: { connection: SqliteConnection; kysely: Kysely<Tables> } | null = null;
  let reader: { connection: SqliteConnection; kysely: Kysely<Tables> } | null = null;
  const forWriting = () => {
    if (!writer) {
      const connection = open(false);
      writer = { connection, kysely: sqliteKysely(connection, 'begin immediate') };
    }
    return writer;
  };
  const forReading = () => {
    if (reader?.connection.isStale()) {
      reader.connection.database.close();
      reader = null;
    }
    if (!reader) {
      const connection = openForReading();
      reader = { connection, kysely: sqliteKysely(connection, 'begin') };
    }
    return reader;
  };
  if (create) forWriting();
  else forReading();

  return {
    kind: 'sqlite',
    location,
    words: SQLITE_WORDS,
    async read(work) {
      const { connection, kysely } = forReading();
      return work(new SqliteSession(kysely, connection));
    },
    async write(work) {
      const { connection, kysely } = forWriting();
      return kysely.transaction().execute((transaction) => work(new SqliteSession(transaction, connection)));
    },
    async snapshot(work) {
      const connection = openForReading();
      const kysely = sqliteKysely(connection, 'begin');
      try {
        return await kysely
          .transaction()
          .execute((transaction) => work(new SqliteSession(transaction, connection)));
      } finally {
        await kysely.destroy();
      }
    },
    async backup(target) {
      const { connection } = forReading();
      connection.run('vacuum into ?', [target]);
    },
    async integrity() {
      const { connection } = forReading();
      const problems = connection
        .arrays('pragma integrity_check(20)', [])
        .map((row) => String(row[0]))
        .filter((line) => line !== 'ok');
      for (const row of connection.arrays('pragma foreign_key_check', []).slice(0, 20)) {
        problems.push(`${row[0]}: row ${row[1]} refers to a row of ${row[2]} that is not there`);
      }
      return problems;
    },
    async close() {
      await reader?.kysely.destroy();
      await writer?.kysely.destroy();
    },
  };
}

/**
 * A store where nothing may be written beside it (a protected disk, a folder of somebody else): SQLite cannot make the
 * index of its log there, so the file is read as it stands, and what was read while somebody wrote to it is given up.
 */
function openProtected(location: string, cause: StoreError): SqliteConnection {
  const file = path.resolve(location);
  try {
    if (!existsSync(file)) throw cause;
    if (sizeOf(`${file}-wal`) > 0) {
      throw new StoreError(
        'read_only',
        `the store ${location} has changes in ${path.basename(file)}-wal that a stopped command left behind, and they cannot be taken in where nothing may be written. Run “gongkai doctor --store” once as a user who may write there, or copy both files to a folder of your own and give that with -o`,
        { cause },
      );
    }
    const url = pathToFileURL(file);
    url.searchParams.set('immutable', '1');
    const state = stateOf(location);
    const database = new DatabaseSync(url, { readOnly: true });
    database.exec(SQLITE_SETTINGS);
    return new SqliteConnection(database, location, () => stateOf(location) !== state);
  } catch (error) {
    throw translateSqlite(error, location);
  }
}

/** Changes whenever somebody writes to the file of a store. */
function stateOf(location: string): string {
  const { ino, size, mtimeNs } = statSync(location, { bigint: true });
  return `${ino} ${size} ${mtimeNs}`;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function translateSqlite(error: unknown, location: string): unknown {
  const code = (error as { errcode?: number }).errcode;
  if (typeof code !== 'number') return error;
  const problem = sqliteProblem(code, error as Error);
  return problem === null ? error : storeError(problem, location, error);
}

function sqliteProblem(code: number, error: Error): StoreProblem | null {
  switch (code & 0xff) {
    case 5:
    case 6:
      return 'locked';
    case 13:
      return 'disk_full';
    case 8:
      return 'read_only';
    case 11:
      return 'corrupt';
    case 26:
      return 'not_a_store';
    case 14:
      return 'cannot_open';
    case 10:
      // SQLITE_IOERR_SHMSIZE, _WRITE and _TRUNCATE: what a full disk looks like in the files beside the store.
      return [10 | (19 << 8), 10 | (3 << 8), 10 | (6 << 8)].includes(code) ? 'disk_full' : 'corrupt';
    default:
      return /no such table: (reports|meta)/.test(error.message) ? 'not_a_store' : null;
  }
}

function storeError(problem: StoreProblem, location: string, cause: unknown): StoreError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const sentences: Partial<Record<StoreProblem, string>> = {
    locked: `the store ${location} is in use by another process that did not finish in time; wait for it to end, then run the same command again`,
    disk_full: `no space left for the store ${location}; nothing of this batch was written, what was stored before is safe. Free some space and run the same command again`,
    read_only: `the store ${location} may not be written by this user, and nothing of it was changed. Reading commands work on it; to change it, run the command as a user who may write the file and its folder, or give another folder with -o`,
    corrupt: `the store ${location} is damaged (${detail}); run gongkai doctor --store, and restore a backup or extract again into a new folder`,
    not_a_store: `${location} is not a store of this program; give the gongkai.sqlite of an output folder or a postgres:// address`,
    cannot_open: `the store ${location} cannot be opened (${detail}); check that it exists, that the address is right and that it may be read`,
  };
  return new StoreError(problem, sentences[problem] ?? detail, { cause });
}

// -------------------------------------------------------------------------------------------------------- Postgres

const POSTGRES_WORDS: SchemaWords = {
  int: 'integer',
  bigint: 'bigint',
  real: 'double precision',
  blob: 'bytea',
  text: 'text collate "C"',
  serial: 'integer generated always as identity primary key',
  clustered: '',
  tableExists:
    'select count(*) as n from information_schema.tables where table_schema = current_schema() and table_name = ?',
  idSource: (table) => [`create sequence ${table}_ids as integer`],
  migrationLock: ['select pg_advisory_xact_lock(5711202306)'],
};

/** Parameters of the statements whose rows are wanted as arrays: Kysely hands nothing else on to the driver. */
const asArrays = new WeakSet<object>();

class PostgresSession implements Session {
  readonly query: Kysely<Tables>;
  readonly #location: string;
  constructor(query: Kysely<Tables>, location: string) {
    this.query = query;
    this.#location = location;
  }

  async insertMany(
    table: keyof Tables,
    columns: readonly string[],
    rows: readonly (readonly Cell[])[],
    conflict: 'fail' | 'ignore' = 'fail',
  ): Promise<void> {
    const names = columns.map((c) => `"${c}"`).join(',');
    const tail = conflict === 'ignore' ? ' on conflict do nothing' : '';
    // One parameter for a whole group of rows: far faster than a placeholder per value, and without their limit.
    for (let at = 0; at < rows.length; at += 20_000) {
      const group = rows.slice(at, at + 20_000);
      const records = group.map((row) => {
        const record: Record<string, string | number | null> = {};
        for (let i = 0; i < columns.length; i++) {
          const cell = row[i] as Cell;
          record[columns[i] as string] =
            cell instanceof Uint8Array ? `\\x${Buffer.from(cell).toString('hex')}` : cell;
        }
        return record;
      });
      await this.#run(
        `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $1::json)${tail}`,
        [JSON.stringify(records)],
      );
    }
  }

  async arrays(text: string, parameters: readonly Cell[]): Promise<Cell[][]> {
    let n = 0;
    const numbered = text.replace(/\?/g, () => {
      n += 1;
      return `$${n}`;
    });
    // Rows as objects would lose all but one of the columns that have the same name, as two sums have.
    const values = [...parameters];
    asArrays.add(values);
    const { rows } = await this.#run<Cell[]>(numbered, values);
    if (rows.length > 0 && !Array.isArray(rows[0])) throw new TypeError('Postgres gave no arrays');
    return rows;
  }

  async nextIds(table: keyof Tables, count: number): Promise<number[]> {
    if (count === 0) return [];
    const { rows } = await this.#run<{ id: number }>(
      `select nextval('${table}_ids')::integer as id from generate_series(1, $1)`,
      [count],
    );
    return rows.map((row) => row.id);
  }

  async #run<R>(text: string, parameters: Cell[]): Promise<QueryResult<R>> {
    try {
      return await this.query.executeQuery<R>(Query.raw(text, parameters));
    } catch (error) {
      throw translatePostgres(error, this.#location);
    }
  }
}

async function connectPostgres(address: string): Promise<Database> {
  const { default: pg } = await import('pg');
  const location = address.replace(/:\/\/([^:@/]*):[^@/]*@/, '://$1@');
  const types = new pg.TypeOverrides();
  // Counts and sizes: all far below 2^53.
  types.setTypeParser(20, Number);
  class Client extends pg.Client {
    override query(...given: unknown[]): never {
      const [text, values] = given;
      const query = super.query as (...given: unknown[]) => never;
      if (typeof values !== 'object' || values === null || !asArrays.has(values))
        return query.apply(this, given);
      return query.call(this, { text, values, rowMode: 'array' }, ...given.slice(2));
    }
  }
  const pool = new pg.Pool({
    connectionString: address,
    max: 8,
    types,
    connectionTimeoutMillis: 10_000,
    Client,
  });
  // Without a listener a server that goes away while a connection idles would end the process.
  pool.on('error', () => {});
  translateErrors(pool, location);
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw translatePostgres(error, location);
    }
  };
  try {
    await guard(() => kysely.executeQuery(Query.raw('select 1')));
  } catch (error) {
    await kysely.destroy();
    throw error;
  }
  return {
    kind: 'postgres',
    location,
    words: POSTGRES_WORDS,
    read: (work) => guard(() => work(new PostgresSession(kysely, location))),
    write: (work) =>
      guard(() => again(() => kysely.transaction().execute((t) => work(new PostgresSession(t, location))))),
    snapshot: (work) =>
      guard(() =>
        kysely
          .transaction()
          .setIsolationLevel('repeatable read')
          .setAccessMode('read only')
          .execute((transaction) => work(new PostgresSession(transaction, location))),
      ),
    async backup() {
      throw new StoreError(
        'cannot_open',
        `a Postgres store is backed up with its own tools: pg_dump --format=custom "${location}" > gongkai.dump`,
      );
    },
    async integrity() {
      // Postgres keeps its own foreign keys and checksums; what can be asked of it cheaply is whether it answers.
      await guard(() => kysely.executeQuery(Query.raw('select 1')));
      return [];
    },
    close: () => kysely.destroy(),
  };
}

/** Whatever goes wrong on a connection, wherever it is used, comes out as a sentence. */
function translateErrors(pool: Pool, location: string): void {
  const told = <T>(result: T): T =>
    result instanceof Promise
      ? (result.catch((error: unknown) => {
          throw translatePostgres(error, location);
        }) as T)
      : result;
  const connect = pool.connect.bind(pool) as () => unknown;
  Object.assign(pool, { connect: () => told(connect()) });
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
    Object.assign(client, { query: (...parameters: unknown[]) => told(query(...parameters)) });
  });
}

/** Two workers that hold each other's rows: Postgres ends one of them, whose transaction is then simply run again. */
async function again<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      const cause = error instanceof StoreError ? error.cause : error;
      const code = (cause as { code?: unknown } | undefined)?.code;
      if ((code !== '40P01' && code !== '40001') || attempt === 5) throw error;
    }
  }
}

function translatePostgres(error: unknown, location: string): unknown {
  if (error instanceof StoreError) return error;
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return error;
  const problems: Record<string, StoreProblem> = {
    '53100': 'disk_full',
    '25006': 'read_only',
    '42501': 'read_only',
    '55P03': 'locked',
    '40P01': 'locked',
    XX001: 'corrupt',
    XX002: 'corrupt',
    '28P01': 'cannot_open',
    '28000': 'cannot_open',
    '3D000': 'cannot_open',
    '57P03': 'cannot_open',
    '53300': 'cannot_open',
    '57P01': 'cannot_open',
    ECONNREFUSED: 'cannot_open',
    ECONNRESET: 'cannot_open',
    ENOTFOUND: 'cannot_open',
    ETIMEDOUT: 'cannot_open',
    EAI_AGAIN: 'cannot_open',
    '42P01': 'not_a_store',
  };
  const problem = problems[code];
  return problem === undefined ? error : storeError(problem, location, error);
}
