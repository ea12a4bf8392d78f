import type { CrawlErrorCode } from '../error.ts';

/** A protection that wants a browser or a person. It is recorded and ends the host; it is never solved. */
export interface Challenge {
  readonly code: CrawlErrorCode;
  /** What was seen, for the coverage report. */
  readonly reason: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded text; empty for files. */
  readonly text: string;
  /** Bytes of the body. */
  readonly size: number;
  readonly expect: 'page' | 'attachment';
}

/** Names the challenge that an answer is, or null for an ordinary one. Signatures from public observations. */
export function recognise(answer: Answer): Challenge | null {
  const { status, text, size } = answer;
  const cookies = answer.headers['set-cookie'] ?? '';
  if (
    status === 521 ||
    (/__jsluid/i.test(cookies) &&
      /;\s*go\(\{\s*"bts"|document\.cookie\s*=[^;]*__jsl/i.test(text) &&
      size < 20_000)
  )
    return { code: 'BLOCKED_JSL', reason: `status ${status} with a script that sets a cookie (加速乐)` };
  if (
    (status === 412 || status === 202 || status === 200) &&
    (/\$_ts\b/.test(text) ||
      /9DhefwqGPrzGxEp9hPaoag/.test(text) ||
      /FSSBBIl1UgzbN7N80S/.test(cookies + text)) &&
    (status !== 200 || chineseLetters(text) < 50)
  )
    return { code: 'BLOCKED_RS', reason: `status ${status} with an obfuscated script (瑞数)` };
  if (status === 412)
    return { code: 'BLOCKED_RS', reason: 'status 412 to a request without a precondition that was sent' };
  if (status === 200 && size < 1500 && /C3VK\s*=/.test(text) && /reload\s*\(/.test(text))
    return { code: 'BLOCKED_JS_COOKIE', reason: 'a short page that computes the cookie C3VK and reloads' };
  if (status === 401 || status === 403)
    return { code: 'REFUSED', reason: `status ${status} for an honest user agent` };
  const refusal = size < 20_000 && chineseLetters(text) < 300 ? firewall(text) : null;
  if (refusal) return refusal;
  if (
    answer.expect === 'page' &&
    status === 200 &&
    size < 20_000 &&
    captcha(text) &&
    /<input|<img|<canvas|slider/i.test(text)
  )
    if (chineseLetters(text) < 200)
      return { code: 'BLOCKED_CAPTCHA', reason: 'a captcha page in place of the page' };
  return null;
}

/** Firewalls in front of portals refuse in words, many with status 200 or 405. */
function firewall(text: string): Challenge | null {
  const sentence =
    /[^<>]{0,20}(?:访问|请求).{0,24}(?:被.{0,16}(?:阻断|拦截)|疑似(?:黑客)?攻击|可能.{0,8}安全威胁)[^<>]{0,20}/.exec(
      text,
    ) ?? /[^<>]{0,20}(?:IP|ip|地址).{0,24}被.{0,12}(?:封禁|禁止访问|拉黑|加入黑名单)[^<>]{0,20}/.exec(text);
  if (sentence) return { code: 'REFUSED', reason: `a firewall refuses: ${sentence[0].trim()}` };
  const often = /[^<>]{0,20}(?:访问|请求|操作)(?:过于|太过?|频率过)(?:频繁|快|高)[^<>]{0,20}/.exec(text);
  return often ? { code: 'SLOW_DOWN', reason: `it says: ${often[0].trim()}` } : null;
}

export function isHtml(text: string): boolean {
  return /^\s*(<!--[\s\S]{0,2000}?-->\s*)*(<!doctype\s+html|<html|<head|<body|<script|<meta|<title)/i.test(
    text,
  );
}

const captcha = (text: string): boolean => /验证码|滑动|拖动滑块|人机验证|captcha/i.test(text);

function chineseLetters(text: string): number {
  return (text.match(/\p{Script=Han}/gu) ?? []).length;
}
