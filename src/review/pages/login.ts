import type { Say } from '../language.ts';
import { html, type Markup, type Value } from '../markup.ts';
import { notice } from '../view.ts';

export function loginPage(data: {
  readonly say: Say;
  readonly lang: string;
  readonly style: string;
  readonly problem: Value;
  readonly to: string;
}): Markup {
  const { say } = data;
  return html`<!doctype html>
<html lang="${data.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${say('登录', 'Log in')}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="${data.style}"></head>
<body class="login"><main><form class="card form-fields" method="post" action="/login"><h1>${say('年报核对', 'Report review')}</h1>
${data.problem ? notice('problem', data.problem) : null}
<input type="hidden" name="to" value="${data.to}">
<label><span>${say('姓名', 'Name')}</span><input name="name" required autocomplete="username" maxlength="60"></label>
<label><span>${say('密码', 'Password')}</span><input name="password" type="password" required autocomplete="current-password" maxlength="200"></label>
<div class="submit"><button class="primary">${say('登录', 'Log in')}</button></div></form></main></body></html>`;
}
