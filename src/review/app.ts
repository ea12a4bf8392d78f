import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import type { DecisionState, Store } from '../dataset/store.ts';
import { StoreError } from '../dataset/store.ts';
import { Gate, type Visitor } from './access/gate.ts';
import type { Account } from './access/passwords.ts';
import { CLIENT_SCRIPT } from './client-script.ts';
import { DeskError, ReviewDesk } from './desk.ts';
import { listingOf, queryOf } from './finding-filter.ts';
import { type Language, STATE_WORDS, sayIn, word } from './language.ts';
import { html, type Markup, type Value } from './markup.ts';
import { bodiesPage, bodyPage } from './pages/body.ts';
import { findingPage } from './pages/finding.ts';
import { findingsPage } from './pages/findings.ts';
import { loginPage } from './pages/login.ts';
import { missingPage } from './pages/missing.ts';
import { overviewPage } from './pages/overview.ts';
import { reportPage } from './pages/report.ts';
import { unreadPage, uploadPage } from './pages/unread.ts';
import { decisionSheet, findingsWorkbook } from './sheets.ts';
import { RENDITION_STYLE, STYLE } from './style.ts';
import type { Upload, UploadResult } from './upload-answer.ts';
import { address, layout, makeView, notice, type View } from './view.ts';
import type { WithdrawalRequest, WithdrawalResult } from './withdrawal.ts';

export interface ReviewOptions {
  readonly store: Store;
  /** The output folder, for the archive of originals. */
  readonly output: string;
  readonly language: Language;
  /** Null: no password; only for a server that nobody else can reach. */
  readonly accounts: readonly Account[] | null;
  /** Who decides where nobody logs in. */
  readonly person: string;
  /** Reads an uploaded file into the store; null where nothing can be uploaded. */
  readonly upload: ((upload: Upload) => Promise<UploadResult>) | null;
  /** Takes back a document that was brought in by hand; left out where nothing can be. */
  readonly withdraw?: (request: WithdrawalRequest) => Promise<WithdrawalResult>;
  /** Names under which the server may be asked for; null: any. Keeps pages of other sites from reaching a local one. */
  readonly hosts: readonly string[] | null;
  readonly now?: () => Date;
}

type Env = {
  Variables: { visitor: Visitor; view: View; policy: string | undefined };
  Bindings: { incoming?: { socket?: { remoteAddress?: string } } };
};
type C = Context<Env>;

const COOKIE = 'gongkai_session';
const FORM_BYTES = 1 << 20;
const UPLOAD_BYTES = 64 << 20;
const STATES: readonly string[] = ['confirmed', 'false_positive', 'corrected', 'accepted', 'open'];
const MOST_AT_ONCE = 200;

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 12);
const STYLE_ADDRESS = `/static/review-${hashOf(STYLE)}.css`;
const SCRIPT_ADDRESS = `/static/review-${hashOf(CLIENT_SCRIPT)}.js`;
const RENDITION_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(RENDITION_STYLE).digest('base64')}'; frame-ancestors 'self'; sandbox`;

/** The pages as a web application; `server.ts` listens for it. */
export function reviewApp(options: ReviewOptions): {
  readonly app: Hono<Env>;
  readonly close: () => Promise<void>;
} {
  const app = new Hono<Env>();
  const now = options.now ?? (() => new Date());
  const gate = new Gate({
    accounts: options.accounts,
    localName: options.person,
    now: () => now().getTime(),
  });
  const desk = new ReviewDesk(options.store, options.output, options.language);
  const say = sayIn(options.language);

  app.onError((error, c) => problem(c, say, error));
  // Around the next one, which would put its own policy over that of a foreign document.
  app.use(async (c, next) => {
    await next();
    const policy = c.get('policy');
    if (policy !== undefined) c.header('content-security-policy', policy);
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        frameSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'same-origin',
      xFrameOptions: false,
      // Without TLS of its own the server must not promise any.
      strictTransportSecurity: false,
      crossOriginEmbedderPolicy: false,
    }),
  );
  app.use(async (c, next) => {
    const host = (c.req.header('host') ?? '').replace(/:\d+$/u, '').toLowerCase();
    if (options.hosts && !options.hosts.includes(host)) return c.text(`unknown host ${host}`, 421);
    return next();
  });

  const lasting = 'public, max-age=31536000, immutable';
  app.get(STYLE_ADDRESS, (c) =>
    c.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': lasting }),
  );
  app.get(SCRIPT_ADDRESS, (c) =>
    c.body(CLIENT_SCRIPT, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': lasting,
    }),
  );

  const login = (c: C, problemText: Value, to: string, status: 200 | 401 | 429) =>
    c.html(
      loginPage({
        say,
        lang: options.language === 'zh' ? 'zh-CN' : 'en',
        style: STYLE_ADDRESS,
        problem: problemText,
        to,
      }).text,
      status,
    );
  app.get('/login', (c) =>
    gate.demandsPassword ? login(c, null, localPath(c.req.query('to')), 200) : c.redirect('/'),
  );
  app.post('/login', bodyLimit({ maxSize: FORM_BYTES }), sameSite, async (c) => {
    if (!gate.demandsPassword) return c.redirect('/', 303);
    const form = await c.req.parseBody();
    const to = localPath(textOf(form['to']));
    const result = await gate.login(textOf(form['name']).trim(), textOf(form['password']), addressOf(c));
    if (result.kind === 'too_many')
      return login(
        c,
        say(
          `尝试次数过多，请${result.minutes}分钟后再试。`,
          `Too many attempts; try again in ${result.minutes} minutes.`,
        ),
        to,
        429,
      );
    if (result.kind === 'wrong')
      return login(c, say('姓名或密码不对。', 'Name or password is wrong.'), to, 401);
    setCookie(c, COOKIE, result.session, cookieOptions(c));
    return c.redirect(to, 303);
  });

  app.use(async (c, next) => {
    const cookie = getCookie(c, COOKIE);
    const visitor = gate.visitor(cookie);
    if (!visitor) {
      if (c.req.method !== 'GET') return c.text(say('请先登录。', 'Log in first.'), 401);
      const url = new URL(c.req.url);
      return c.redirect(address('/login', { to: url.pathname + url.search }), 303);
    }
    if (visitor.session !== cookie) setCookie(c, COOKIE, visitor.session, cookieOptions(c));
    c.set('visitor', visitor);
    c.set(
      'view',
      makeView({
        language: options.language,
        person: visitor.name,
        role: visitor.role,
        token: gate.token(visitor.session),
        canLeave: gate.demandsPassword,
        style: STYLE_ADDRESS,
        script: SCRIPT_ADDRESS,
      }),
    );
    c.header('cache-control', 'no-store');
    return next();
  });

  const page = (c: C, markup: Markup, status: 200 | 404 | 409 | 422 = 200) => c.html(markup.text, status);
  const form = async (c: C): Promise<Record<string, unknown>> => {
    const body = await c.req.parseBody({ all: true });
    if (!gate.isToken(c.get('visitor').session, body['token']))
      throw new DeskError(
        403,
        say('页面已过期，请返回并刷新后再试。', 'The page has expired; go back, reload it and try again.'),
      );
    return body;
  };
  const reviewersOnly = (c: C) => {
    if (c.get('visitor').role !== 'reviewer')
      throw new DeskError(403, say('您的账号只能查看，不能处理。', 'Your account may look but not decide.'));
  };

  app.get('/', async (c) => page(c, overviewPage(c.get('view'), await desk.overview())));

  app.get('/findings', async (c) => {
    const query = new URL(c.req.url).searchParams;
    const done = query.get('done');
    const text =
      done && /^\d+$/u.test(done)
        ? notice('done', say(`已处理 ${done} 个问题。`, `${done} findings decided.`))
        : null;
    const data = await desk.findings(
      listingOf(query),
      query.get('after') ?? undefined,
      query.get('before') ?? undefined,
    );
    return page(c, findingsPage(c.get('view'), { ...data, notice: text }));
  });
  app.get('/findings.xlsx', async (c) => {
    const { origin, searchParams } = new URL(c.req.url);
    const stream = await findingsWorkbook(
      options.store,
      listingOf(searchParams),
      options.language,
      (id) => `${origin}/finding/${id}`,
    );
    return c.body(stream, 200, {
      'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'content-disposition': 'attachment; filename="findings.xlsx"',
    });
  });
  app.get('/findings.csv', async (c) => {
    const rows = decisionSheet(options.store, listingOf(new URL(c.req.url).searchParams));
    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = await rows.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
    });
    return c.body(stream, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="decisions.csv"',
    });
  });
  app.post('/findings/decide', bodyLimit({ maxSize: FORM_BYTES }), sameSite, async (c) => {
    reviewersOnly(c);
    const body = await form(c);
    const ids = [body['finding'] ?? []].flat().map(String).slice(0, MOST_AT_ONCE);
    const state = stateOf(body['state'], say);
    const back = localPath(textOf(body['back']));
    const note = noteOf(body['note']);
    for (const findingId of ids) {
      await options.store.decide({
        findingId,
        state,
        note,
        person: c.get('visitor').name,
        at: now().toISOString(),
      });
    }
    desk.changed();
    return c.redirect(`${back}${back.includes('?') ? '&' : '?'}done=${ids.length}`, 303);
  });

  app.get('/finding/:id', async (c) => {
    const query = new URL(c.req.url).searchParams;
    const data = await desk.finding(c.req.param('id'), listingOf(query), query.get('cell') ?? undefined);
    const state = query.get('done') ?? '';
    const next = data.neighbours.next;
    const done = STATES.includes(state)
      ? notice(
          'done',
          html`${say('已记录：', 'Recorded: ')}<b>${state === 'open' ? say('撤回', 'taken back') : word(STATE_WORDS, state as DecisionState, options.language)}</b>${
            next
              ? html`　<a href="${address(`/finding/${next}`, queryOf(data.listing))}">${say('看下一条', 'Next finding')} →</a>`
              : null
          }`,
        )
      : null;
    return page(c, findingPage(c.get('view'), { ...data, notice: done }));
  });
  app.post('/finding/:id/decide', bodyLimit({ maxSize: FORM_BYTES }), sameSite, async (c) => {
    reviewersOnly(c);
    const id = c.req.param('id');
    const body = await form(c);
    const query = new URL(c.req.url).searchParams;
    const listing = listingOf(query);
    const state = stateOf(body['state'], say);
    const before = await desk.finding(id, listing, undefined);
    if (before.seen !== textOf(body['seen'])) {
      // Somebody else decided, or the numbers changed, while this page was open: the person must see it first.
      return page(
        c,
        findingPage(c.get('view'), {
          ...before,
          notice: notice(
            'problem',
            say(
              '您打开此页之后，其他人已作出处理，或者数值已经变化。您的意见尚未记录；请看过现状后再决定。',
              'While this page was open somebody else decided, or the numbers changed. Your decision was not recorded: look again first.',
            ),
          ),
        }),
        409,
      );
    }
    await options.store.decide({
      findingId: before.finding.findingId,
      state,
      note: noteOf(body['note']),
      person: c.get('visitor').name,
      at: now().toISOString(),
    });
    desk.changed();
    return c.redirect(
      address(`/finding/${before.finding.findingId}`, { ...queryOf(listing), done: state }),
      303,
    );
  });

  const reportOf = async (c: C, cell: string | undefined, text: Markup | null, status: 200 | 422 = 200) => {
    const data = await desk.report(c.req.param('id') ?? '', cell);
    const mayWithdraw = options.withdraw !== undefined && c.get('visitor').role === 'reviewer';
    return page(c, reportPage(c.get('view'), { ...data, mayWithdraw, notice: text }), status);
  };
  app.get('/report/:id', async (c) => reportOf(c, c.req.query('cell'), null));
  app.post('/report/:id/withdraw', bodyLimit({ maxSize: FORM_BYTES }), sameSite, async (c) => {
    reviewersOnly(c);
    const body = await form(c);
    if (!options.withdraw)
      throw new DeskError(422, say('此处不能撤回文件。', 'Documents cannot be taken back here.'));
    const { kind, message } = await options.withdraw({
      document: textOf(body['document']),
      note: noteOf(body['note']),
      person: c.get('visitor').name,
    });
    desk.changed();
    const failed = kind === 'failed';
    return reportOf(
      c,
      undefined,
      notice(failed ? 'problem' : 'done', say(message.zh, message.en)),
      failed ? 422 : 200,
    );
  });
  app.get('/body', async (c) =>
    page(c, bodyPage(c.get('view'), await desk.body(c.req.query('key') ?? '', c.req.query('column')))),
  );
  app.get('/bodies', async (c) =>
    page(
      c,
      bodiesPage(
        c.get('view'),
        await desk.bodies(c.req.query('q') ?? '', c.req.query('region') ?? '', c.req.query('after')),
      ),
    ),
  );
  app.get('/missing', async (c) =>
    page(
      c,
      missingPage(
        c.get('view'),
        await desk.missing(c.req.query('year'), c.req.query('region') ?? '', now().getFullYear()),
      ),
    ),
  );
  app.get('/unread', async (c) =>
    page(c, unreadPage(c.get('view'), await desk.unread(c.req.query('kind'), c.req.query('after')))),
  );

  app.get('/upload', (c) => {
    reviewersOnly(c);
    return page(
      c,
      uploadPage(c.get('view'), {
        agency: c.req.query('agency') ?? '',
        year: c.req.query('year') ?? '',
        notice: null,
      }),
    );
  });
  const tooLarge = () => {
    throw new DeskError(
      413,
      say(
        `文件超过${UPLOAD_BYTES >> 20} MB，没有收下。请取得只含年度报告的较小文件，再补录。`,
        `The file is larger than ${UPLOAD_BYTES >> 20} MB and was not taken. Get a smaller one with the report alone.`,
      ),
    );
  };
  app.post('/upload', bodyLimit({ maxSize: UPLOAD_BYTES, onError: tooLarge }), sameSite, async (c) => {
    reviewersOnly(c);
    const body = await form(c);
    const agency = textOf(body['agency']).trim();
    const year = textOf(body['year']).trim();
    const again = (text: Value, kind: 'done' | 'attention' | 'problem') =>
      page(
        c,
        uploadPage(c.get('view'), { agency, year, notice: notice(kind, text) }),
        kind === 'problem' ? 422 : 200,
      );
    const file = body['file'];
    if (!options.upload) return again(say('此处不能上传。', 'Uploads are not possible here.'), 'problem');
    if (!(file instanceof File) || file.size === 0)
      return again(say('请选择一个文件。', 'Choose a file.'), 'problem');
    if (agency === '') return again(say('请填写单位名称。', 'Name the body.'), 'problem');
    if (!/^20\d\d$/u.test(year))
      return again(say('请填写四位数的年度，如 2024。', 'Give a year such as 2024.'), 'problem');
    const from = textOf(body['from']).trim();
    const result = await options.upload({
      name: file.name,
      bytes: new Uint8Array(await file.arrayBuffer()),
      agency,
      year: Number(year),
      from: /^https?:\/\//u.test(from) ? from : null,
      person: c.get('visitor').name,
    });
    const link = result.reportId
      ? html` <a href="/report/${result.reportId}">${say('查看这份报告', 'Look at the report')} →</a>`
      : null;
    desk.changed();
    return again(
      html`${say(result.message.zh, result.message.en)}${link}`,
      result.kind === 'failed' ? 'problem' : result.kind,
    );
  });

  app.get('/original/:report/:sha/file', async (c) => {
    const original = await desk.originalFile(c.req.param('report'), c.req.param('sha'));
    c.set('policy', "default-src 'none'; sandbox");
    return c.body(copy(original.bytes), 200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(original.name)}`,
    });
  });
  app.get('/original/:report/:sha/view', async (c) => {
    const body = await desk.rendition(c.req.param('report'), c.req.param('sha'), {
      finding: c.req.query('finding'),
      cell: c.req.query('cell'),
    });
    // The frame has no scripts, no addresses and an origin of its own; its one style is known by its hash.
    c.set('policy', RENDITION_POLICY);
    return c.html(
      `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${say('原件', 'Original')}</title><style>${RENDITION_STYLE}</style></head><body>${body}</body></html>`,
    );
  });
  app.get('/original/:report/:sha/page/:file{[0-9]{1,5}\\.png}', async (c) => {
    const png = await desk.pdfPage(
      c.req.param('report'),
      c.req.param('sha'),
      Number.parseInt(c.req.param('file'), 10),
    );
    return c.body(copy(png), 200, { 'content-type': 'image/png', 'cache-control': 'private, max-age=3600' });
  });
  app.get('/original/:report/:sha/picture', async (c) => {
    const { bytes, mime } = await desk.picture(c.req.param('report'), c.req.param('sha'));
    return c.body(copy(bytes), 200, { 'content-type': mime, 'cache-control': 'private, max-age=3600' });
  });

  app.post('/logout', bodyLimit({ maxSize: FORM_BYTES }), sameSite, async (c) => {
    await form(c);
    gate.logout(c.get('visitor').session);
    deleteCookie(c, COOKIE, { path: '/' });
    return c.redirect('/login', 303);
  });

  app.notFound((c) => problem(c, say, new DeskError(404, say('没有这一页。', 'There is no such page.'))));
  return { app, close: () => desk.close() };
}

/** A browser says where a form comes from; one of another site is turned away before it is read. */
async function sameSite(c: C, next: () => Promise<void>): Promise<Response | undefined> {
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const foreign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && origin !== 'null' && new URL(origin).host !== c.req.header('host'));
  if (foreign) return c.text('a form of another site', 403);
  await next();
  return undefined;
}

function problem(c: Context, say: ReturnType<typeof sayIn>, error: Error): Response | Promise<Response> {
  const busy = error instanceof StoreError && error.problem === 'locked';
  const isProtected = error instanceof StoreError && error.problem === 'read_only';
  const known = error instanceof DeskError;
  const status = known ? error.status : busy ? 503 : isProtected ? 403 : 500;
  const text = known
    ? error.message
    : busy
      ? say('数据库正忙（正在读取文件），请稍后再试。', 'The store is busy; try again in a moment.')
      : isProtected
        ? say(
            '启动本程序的用户无权写入数据库，只能查看，未保存任何内容。请由有写入权限的用户启动。',
            'The user who started this may not write the store: it can only be looked at, and nothing was kept. Have it started by a user who may write there.',
          )
        : say(
            '程序出错了。请刷新再试；若仍如此，请把运行窗口里的信息发给维护者。',
            'Something went wrong. Reload; if it stays, send what the terminal says to the maintainers.',
          );
  if (!known && !busy && !isProtected)
    process.stderr.write(`${c.req.method} ${c.req.path}: ${error.stack ?? error.message}\n`);
  const view = c.get('view') as View | undefined;
  const body = html`<h1>${text}</h1><p><a class="button" href="/">${say('回到总览', 'Back to the overview')}</a></p>`;
  return view
    ? c.html(layout(view, { title: text, section: null, body }).text, status as 500)
    : c.text(text, status as 500);
}

function cookieOptions(c: C) {
  return {
    httpOnly: true,
    sameSite: 'Lax' as const,
    path: '/',
    secure: c.req.header('x-forwarded-proto') === 'https',
  };
}

/** Only a path of this server: nobody is sent elsewhere after a login. */
function localPath(text: string | undefined): string {
  return text && /^\/(?![/\\])[^\s]*$/u.test(text) ? text : '/';
}

function addressOf(c: C): string {
  return c.env?.incoming?.socket?.remoteAddress ?? 'unknown';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function noteOf(value: unknown): string | null {
  const note = textOf(value).trim().slice(0, 1000);
  return note === '' ? null : note;
}

function stateOf(value: unknown, say: ReturnType<typeof sayIn>): DecisionState | 'open' {
  if (typeof value === 'string' && STATES.includes(value)) return value as DecisionState;
  throw new DeskError(422, say('没有这种处理意见。', 'There is no such decision.'));
}

/** Buffers may be views of larger ones. */
function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
