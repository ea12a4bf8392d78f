import { describe, expect, test } from 'vitest';
import { type Answer, recognise } from '../../src/crawl/http/challenge.ts';
import { decodePage } from '../../src/crawl/http/charset.ts';
import { tlsOptions, tlsProblem } from '../../src/crawl/http/tls-profile.ts';

const answer = (more: Partial<Answer>): Answer => {
  const text = more.text ?? '';
  return { status: 200, headers: {}, expect: 'page', size: text.length, ...more, text };
};
const report = `<html><body><h1>某某局2024年政府信息公开工作年度报告</h1><div id="zoom">${'本年度主动公开政府信息若干条。'.repeat(40)}</div></body></html>`;

describe('challenges', () => {
  test.each([
    [
      '加速乐, first step',
      {
        status: 521,
        headers: { 'set-cookie': '__jsluid_s=0a; path=/' },
        text: "<script>document.cookie=('_')+('_')+('j')</script>",
      },
      'BLOCKED_JSL',
    ],
    [
      '加速乐, second step',
      { status: 521, text: '<script>;go({"bts":["1"],"tn":"__jsl_clearance_s"})</script>' },
      'BLOCKED_JSL',
    ],
    [
      '瑞数 with 412',
      {
        status: 412,
        text: '<html><meta id="9DhefwqGPrzGxEp9hPaoag" content="x"><script>$_ts={};</script></html>',
      },
      'BLOCKED_RS',
    ],
    ['瑞数 with 202', { status: 202, text: '<script>$_ts=window["$_ts"]</script>' }, 'BLOCKED_RS'],
    ['瑞数 by its cookie', { status: 412, headers: { 'set-cookie': 'FSSBBIl1UgzbN7N80S=1' } }, 'BLOCKED_RS'],
    [
      'C3VK',
      { text: '<script>document.cookie="C3VK=1; path=/";location.reload();</script>' },
      'BLOCKED_JS_COOKIE',
    ],
    ['403', { status: 403, text: '<h1>403 Forbidden</h1>' }, 'REFUSED'],
    ['401', { status: 401 }, 'REFUSED'],
    [
      'a captcha in place of the page',
      { text: '<html><p>请输入验证码</p><img src="/captcha"><input name="c"></html>' },
      'BLOCKED_CAPTCHA',
    ],
  ] as const)('%s is recognised', (_, given, code) => {
    expect(recognise(answer(given))?.code).toBe(code);
  });

  test.each([
    ['a report', { text: report }],
    [
      'a report that speaks of 验证码 and has a search field',
      { text: report.replace('</body>', '<p>网上办事须输入验证码</p><input name="q"></body>') },
    ],
    [
      'a long page with the text C3VK= and reload()',
      { text: `${report}<script>var C3VK= 1; location.reload()</script>${' '.repeat(1500)}` },
    ],
    ['a page with the cookie of 加速乐 alone', { headers: { 'set-cookie': '__jsluid_s=0a' }, text: report }],
    ['a page missing', { status: 404, text: '<h1>404 Not Found</h1>' }],
    ['a redirect', { status: 302 }],
    ['an empty answer', {}],
  ] as const)('%s is none', (_, given) => {
    expect(recognise(answer(given))).toBeNull();
  });
});

describe('charsets', () => {
  const text = '拱墅区政府信息公开年度报告';
  // 政府 in GBK, as two-byte codes of the standard.
  const gbk = Buffer.from([0xd5, 0xfe, 0xb8, 0xae]);
  test.each([
    ['UTF-8 as declared', Buffer.from(text), 'text/html; charset=utf-8', text],
    ['UTF-8 without a word', Buffer.from(text), 'text/html', text],
    ['UTF-8 declared as GBK', Buffer.from(`${text}。`), 'text/html; charset=gb2312', `${text}。`],
    ['GBK as declared', gbk, 'text/html; charset=gb2312', '政府'],
    ['GBK without a word', gbk, null, '政府'],
    ['GBK declared as UTF-8', gbk, 'text/html; charset=UTF-8', '政府'],
    [
      'GBK by meta',
      Buffer.concat([
        Buffer.from('<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'),
        gbk,
      ]),
      'text/html',
      '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">政府',
    ],
    [
      'UTF-8 with a byte order mark, declared as GBK',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]),
      'text/html; charset=gbk',
      text,
    ],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('政府', 'utf16le')]), null, '政府'],
    ['a charset nobody knows', Buffer.from(text), 'text/html; charset=x-none', text],
  ])('%s', (_, bytes, type, expected) => {
    expect(decodePage(bytes, type).text).toBe(expected);
  });
});

describe('TLS', () => {
  test('certificates are verified in every profile', () => {
    for (const profile of ['default', 'legacy_renegotiation', 'p256', 'http_only'] as const)
      expect(tlsOptions(profile).rejectUnauthorized).toBe(true);
  });

  test.each([
    ['BAD_ECPOINT', Object.assign(new Error('bad ecpoint'), { code: 'ERR_SSL_BAD_ECPOINT' }), /tls: p256/],
    [
      'unsafe renegotiation',
      Object.assign(new Error('x'), { code: 'ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED' }),
      /tls: legacy_renegotiation/,
    ],
    [
      'a certificate of somebody else',
      Object.assign(new Error('x'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      /certificate is not accepted/,
    ],
    [
      'an expired certificate',
      Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }),
      /certificate is not accepted/,
    ],
  ])('%s says what to do', (_, error, advice) => {
    expect(tlsProblem(error)).toMatch(advice);
  });

  test('a reset connection is no TLS problem', () => {
    expect(tlsProblem(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBeNull();
  });
});
