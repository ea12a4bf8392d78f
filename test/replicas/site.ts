import { createHash } from 'node:crypto';
import { editionForYear } from '../../src/form/editions.ts';
import { type Body, bodyOf, districtName } from '../render/bodies.ts';
import { type Figures, inventFigures } from '../render/figures.ts';
import { composeReport, NOTICE } from '../render/invent.ts';
import { numbersOf, setCell } from '../render/mutations.ts';
import { plain } from '../render/print.ts';
import { Random } from '../render/random.ts';
import type { ReportRecord } from '../render/record.ts';
import { type Container, type Converter, type ReportFile, reportFiles, reportHtml } from './report-files.ts';

export type SiteFamily =
  | 'hanweb_jpage'
  | 'hanweb_jpaas'
  | 'hanweb_xxgk'
  | 'hanweb_annual'
  | 'trs'
  | 'kaipu'
  | 'gkmlpt'
  | 'nfcms'
  | 'esogov'
  | 'vsb'
  | 'shanghai'
  | 'generic'
  | 'single';

export interface SiteOptions {
  /** Virtual host; any name, the tests resolve it to 127.0.0.1. */
  readonly host: string;
  readonly family: SiteFamily;
  /** Other hosts that serve the same site (the province's search of Guangdong). */
  readonly aliases?: readonly string[];
  /** Number of bodies; default 3. */
  readonly agencies?: number;
  /** Report years; default 2022–2024. */
  readonly years?: { readonly from: number; readonly to: number };
  /** How reports are published, dealt out in turn; default `html` and `docx`. */
  readonly containers?: readonly Container[];
  /** Makes DOC, RTF, ODT and OFD files; needed for those containers alone. */
  readonly convert?: Converter;
  /** Rows of the list that are no reports (解读, 网站年报); default 0. */
  readonly others?: number;
  readonly perPage?: number;
  /** Seed of all invented figures; default taken from the host. */
  readonly seed?: number;
  /** Which invented district; default taken from the seed. */
  readonly district?: number;
  /** No counters of visits and no time stamps: a page is the same bytes however often it was asked for. */
  readonly still?: boolean;
  /** What the family can do differently; see its file. */
  readonly variant?: Readonly<Record<string, unknown>>;
}

/** One article of a site. Changed only through the control calls. */
export interface Post {
  readonly id: number;
  readonly body: Body;
  readonly year: number;
  readonly isReport: boolean;
  readonly container: Container;
  readonly published: string;
  title: string;
  fileName: string;
  bodyRevision: number;
  fileRevision: number;
  /** Grows with `move_url`. */
  address: number;
  /** Grows with `rename_attachment`. */
  fileAddress: number;
  listed: boolean;
  deleted: boolean;
}

/** The invented content of one portal: deterministic, rendered on demand, changed by control calls. */
export class Site {
  readonly options: SiteOptions;
  readonly seed: number;
  readonly years: { readonly from: number; readonly to: number };
  readonly bodies: readonly Body[];
  readonly perPage: number;
  /** Every post ever published, newest first. */
  readonly posts: Post[] = [];
  /** Grows with `rebuild_all`. */
  template = 1;
  /** Requests served; feeds counters and time stamps that change with every page. */
  served = 0;
  /** Free memory of the family (one-time tokens, downloads counted). */
  readonly memory = new Map<string, unknown>();
  readonly #byId = new Map<number, Post>();
  #nextId: number;

  constructor(options: SiteOptions) {
    this.options = options;
    this.seed = options.seed ?? numberFrom(options.host) % 100_000;
    this.years = options.years ?? { from: 2022, to: 2024 };
    this.perPage = options.perPage ?? 10;
    const district = districtName(options.district ?? this.seed % 60);
    this.bodies = Array.from({ length: options.agencies ?? 3 }, (_, index) => bodyOf(district, index));
    this.#nextId = 1000 + (this.seed % 1000);
    const containers = options.containers ?? ['html', 'docx'];
    const posts: Post[] = [];
    for (let year = this.years.from; year <= this.years.to; year += 1) {
      for (const body of this.bodies) {
        posts.push(this.#create(body, year, containers[(body.index + year) % containers.length]!, true));
      }
    }
    for (let index = 0; index < (options.others ?? 0); index += 1) {
      const year = this.years.to - (index % (this.years.to - this.years.from + 1));
      posts.push(this.#create(this.bodies[index % this.bodies.length]!, year, 'html', false));
    }
    for (const post of posts) this.#add(post);
    this.#sort();
  }

  get host(): string {
    return this.options.host;
  }

  variant<T>(name: string, otherwise: T): T {
    return (this.options.variant?.[name] as T | undefined) ?? otherwise;
  }

  /** Posts that the list shows, newest first. */
  listed(): Post[] {
    return this.posts.filter((post) => post.listed && !post.deleted);
  }

  /** Reports that can be read at their address, whether listed or not. */
  reports(): Post[] {
    return this.posts.filter((post) => post.isReport && !post.deleted);
  }

  /** Null when there is none or it was deleted. */
  post(id: number): Post | null {
    const post = this.#byId.get(id);
    return post && !post.deleted ? post : null;
  }

  /** Also deleted ones. */
  anyPost(id: number): Post | null {
    return this.#byId.get(id) ?? null;
  }

  /** The number by which addresses name a post; another one after `move_url`. */
  number(post: Post): number {
    return post.id * 10 + post.address;
  }

  /** Null for unknown, deleted and moved-away numbers. */
  byNumber(number: number): Post | null {
    const post = this.post(Math.floor(number / 10));
    return post !== null && this.number(post) === number ? post : null;
  }

  /** The number by which addresses name a file; another one after `rename_attachment`. */
  fileNumber(post: Post, index: number): number {
    return post.id * 100 + (post.fileAddress % 10) * 10 + index;
  }

  fileByNumber(number: number): ReportFile | null {
    const post = this.post(Math.floor(number / 100));
    if (post === null || (post.fileAddress % 10) * 10 + (number % 10) !== number % 100) return null;
    return this.files(post)[number % 10] ?? null;
  }

  publish(wanted: {
    agency?: number;
    year?: number;
    title?: string;
    container?: Container;
    published?: string;
  }): Post {
    const body = this.bodies[wanted.agency ?? 0] ?? this.bodies[0]!;
    const year = wanted.year ?? this.years.to;
    const post = this.#create(
      body,
      year,
      wanted.container ?? 'html',
      true,
      wanted.published ?? `${year + 1}-04-01`,
    );
    if (wanted.title) post.title = wanted.title;
    this.#add(post);
    this.#sort();
    return post;
  }

  /** The invented report behind a post, with the silent edits made so far. */
  record(post: Post, revision: number = post.bodyRevision): ReportRecord {
    // Only the figures follow from the year before; the years before need no text.
    let figures: Figures | null = null;
    let random = Random.of('replica', this.seed, post.body.name, post.year);
    for (let year = Math.min(this.years.from, post.year); year <= post.year; year += 1) {
      random = Random.of('replica', this.seed, post.body.name, year);
      figures = inventFigures(random, post.body, editionsOf(year), 30, figures);
    }
    let record = composeReport(random, post.body, post.year, figures!, NOTICE);
    record = { ...record, title: post.title, publishedOn: post.published };
    for (const [key, value] of numbersOf(record, 't2')) {
      if (revision > 0) record = setCell(record, key, plain(value + revision));
      break;
    }
    return record;
  }

  files(post: Post): ReportFile[] {
    if (!post.isReport) return [];
    return reportFiles(
      () => this.record(post, post.fileRevision),
      post.container,
      post.fileName,
      this.options.convert,
    );
  }

  /**
   * The inside of the article; `link` draws the link to a file as the family does it. Pictures stand in the text, at
   * the address that `source` gives or the link has.
   */
  bodyHtml(
    post: Post,
    link: (file: ReportFile, index: number) => string,
    source: (file: ReportFile, index: number) => string = (file, index) => hrefIn(link(file, index)),
  ): string {
    const files = this.files(post);
    const rebuilt = this.template > 1 ? `<p class="tpl">（新版页面，第${this.template}版）</p>` : '';
    if (!post.isReport) return `<p>${post.title}。本页为说明性文字，不含年度报告数据。</p>${rebuilt}`;
    if (files.length === 0) return reportHtml(this.record(post)) + rebuilt;
    if (post.container === 'picture') {
      const images = files.map((file, index) => `<p><img src="${source(file, index)}" alt=""></p>`).join('');
      return `<p>${post.body.name}${post.year}年政府信息公开工作年度报告</p>${images}${rebuilt}`;
    }
    const edited = post.bodyRevision > 0 ? `<p>更正说明（${post.bodyRevision}）：原件已更新。</p>` : '';
    return `<p>${post.body.name}${post.year}年政府信息公开工作年度报告详见附件。</p>${edited}${files
      .map((file, index) => `<p>${link(file, index)}</p>`)
      .join('')}${rebuilt}`;
  }

  #create(body: Body, year: number, container: Container, isReport: boolean, published?: string): Post {
    const id = this.#nextId;
    this.#nextId += 1 + (numberFrom(`${this.seed}/${id}`) % 7);
    const month = body.kind === 'government' ? 3 : 1;
    const day = 1 + (numberFrom(`${body.name}${year}`) % 28);
    const title = isReport
      ? `${body.name}${year}年政府信息公开工作年度报告`
      : id % 2 === 0
        ? `一图读懂${body.name}${year}年政府信息公开工作年度报告`
        : `${body.district}人民政府网站工作年度报表（${year}年度）`;
    return {
      id,
      body,
      year,
      isReport,
      container,
      published: published ?? `${year + 1}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
      title,
      fileName: `${body.name}${year}年政府信息公开工作年度报告`,
      bodyRevision: 0,
      fileRevision: 0,
      address: 0,
      fileAddress: 0,
      listed: true,
      deleted: false,
    };
  }

  #add(post: Post): void {
    this.posts.push(post);
    this.#byId.set(post.id, post);
  }

  #sort(): void {
    this.posts.sort((a, b) => (a.published < b.published ? 1 : a.published > b.published ? -1 : b.id - a.id));
  }
}

function editionsOf(year: number): Figures['editions'] {
  const id = editionForYear(year)?.id;
  if (id === undefined)
    throw new RangeError(`no edition of the form for ${year}; a site's years begin with 2019`);
  return { t2: id, t3: id, t4: id };
}

function hrefIn(link: string): string {
  const href = /href=["']?([^"'\s>]+)/.exec(link)?.[1];
  if (href === undefined) throw new Error('this family has no place for pictures');
  return href;
}

/** A number that depends on the text alone. */
export function numberFrom(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

/** Hexadecimal characters that depend on the text alone. */
export function hexFrom(text: string, length = 32): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** A title as lists cut it. */
export function cutTitle(title: string, length: number): string {
  return title.length > length ? `${title.slice(0, length)}...` : title;
}
