import type { Role } from './access/passwords.ts';
import { type Language, type Say, sayIn } from './language.ts';
import { html, type Markup, type Value } from './markup.ts';

/** What every page needs to know of the one who looks at it. */
export interface View {
  readonly language: Language;
  readonly say: Say;
  readonly person: string;
  readonly role: Role;
  /** For forms. */
  readonly token: string;
  /** There is a login that can be ended. */
  readonly canLeave: boolean;
  /** Addresses of style sheet and script. */
  readonly style: string;
  readonly script: string;
}

export function makeView(more: Omit<View, 'say'>): View {
  return { ...more, say: sayIn(more.language) };
}

export type Section = 'overview' | 'findings' | 'bodies' | 'missing' | 'unread' | 'upload';

/** The findings that wait for a decision: where work begins. */
export const OPEN_FINDINGS = '/findings?gravity=error&gravity=warning&state=open';

export function layout(
  view: View,
  page: {
    readonly title: string;
    readonly section: Section | null;
    readonly body: Value;
    readonly wide?: boolean;
  },
): Markup {
  const { say } = view;
  const links: readonly (readonly [Section, string, string])[] = [
    ['overview', '/', say('总览', 'Overview')],
    ['findings', OPEN_FINDINGS, say('问题清单', 'Findings')],
    ['bodies', '/bodies', say('单位', 'Bodies')],
    ['missing', '/missing', say('未发布', 'Not published')],
    ['unread', '/unread', say('未读出', 'Not readable')],
    ...(view.role === 'reviewer' ? [['upload', '/upload', say('补录文件', 'Upload')] as const] : []),
  ];
  return html`<!doctype html>
<html lang="${view.language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light"><meta name="referrer" content="same-origin"><title>${page.title} · ${say('年报核对', 'Report review')}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="${view.style}"><script src="${view.script}" defer></script></head>
<body><a class="skip" href="#main">${say('跳到正文', 'Skip to content')}</a>
<header class="top"><div class="inner"><a class="brand" href="/"><b>${say('年报核对', 'Report review')}</b><span>${say('政府信息公开工作年度报告', 'Annual reports on government information disclosure')}</span></a>
<nav aria-label="${say('主菜单', 'Main')}">${links.map(([section, href, label]) => html`<a href="${href}"${page.section === section ? html` aria-current="page"` : null}>${label}</a>`)}</nav>
<div class="who"><span>${view.person}${view.role === 'reader' ? say('（只读）', ' (read only)') : null}</span>${
    view.canLeave
      ? html`<form method="post" action="/logout"><input type="hidden" name="token" value="${view.token}"><button class="quiet">${say('退出', 'Log out')}</button></form>`
      : null
  }</div></div></header>
<main id="main" class="${page.wide ? 'wide' : ''}" tabindex="-1">${page.body}</main></body></html>`;
}

/** A line at the top of a page about what just happened. */
export function notice(kind: 'done' | 'attention' | 'problem', text: Value): Markup {
  return html`<p class="notice notice-${kind === 'attention' ? 'problem' : kind}" role="${kind === 'done' ? 'status' : 'alert'}">${text}</p>`;
}

/** Path and query; values are encoded here and nowhere else. */
export function address(
  path: string,
  query: Readonly<Record<string, string | number | readonly string[] | null | undefined>> = {},
): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? (value as string[]) : [String(value)])
      parameters.append(key, one);
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** ISO times as people write them; the zone of the machine. */
export function when(at: string | null): string {
  if (at === null) return '';
  if (/^\d{4}-\d\d-\d\d$/u.test(at)) return at;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
