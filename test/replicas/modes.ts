/** What a site can be told to do, whatever its family. */
export type ModeName =
  | 'robots'
  | 'slow'
  | 'status_429'
  | 'status_503'
  | 'reset'
  | 'truncate'
  | 'gzip_forced'
  | 'no_ua_403'
  | 'no_referer_403'
  | 'cookie_redirect'
  | 'jsl521'
  | 'rs412'
  | 'c3vk200'
  | 'soft404'
  | 'redirect_foreign'
  | 'redirect_private'
  | 'redirect_loop'
  | 'etag_off'
  | 'charset_wrong'
  | 'charset_absent';

/** `robots`: what the file answers. */
export type RobotsMode =
  | 'allow'
  | '404'
  | '403'
  | '500'
  | 'baidu_only'
  | 'crawl_delay'
  | { readonly disallow: readonly string[] };

export interface ModeSetting {
  readonly mode: ModeName;
  /** robots: see RobotsMode. slow: milliseconds. status_429: seconds of Retry-After. redirect_*: the target. */
  readonly value?: unknown;
  /** Only paths that match this expression; without one, all but /robots.txt. */
  readonly path?: string;
  /** Ends after so many uses. */
  readonly times?: number;
  /** Begins after so many matching requests. */
  readonly after?: number;
  readonly off?: boolean;
}

interface Active {
  readonly setting: ModeSetting;
  readonly path: RegExp | null;
  seen: number;
  used: number;
}

/** The modes that are on for one site. */
export class Modes {
  readonly #active = new Map<ModeName, Active>();

  set(setting: ModeSetting): void {
    if (setting.off) this.#active.delete(setting.mode);
    else
      this.#active.set(setting.mode, {
        setting,
        path: setting.path === undefined ? null : new RegExp(setting.path),
        seen: 0,
        used: 0,
      });
  }

  clear(): void {
    this.#active.clear();
  }

  /** The setting if the mode applies to this request; counts the use. */
  take(mode: ModeName, target: string): ModeSetting | null {
    const active = this.#active.get(mode);
    if (!active) return null;
    if (active.path === null ? target.startsWith('/robots.txt') : !active.path.test(target)) return null;
    active.seen += 1;
    if (active.seen <= (active.setting.after ?? 0)) return null;
    if (active.setting.times !== undefined && active.used >= active.setting.times) return null;
    active.used += 1;
    return active.setting;
  }

  robots(): RobotsMode {
    return (this.#active.get('robots')?.setting.value as RobotsMode | undefined) ?? 'allow';
  }
}

/** robots.txt in a mode. */
export function robotsAnswer(mode: RobotsMode): { status: number; body: string } {
  if (typeof mode === 'object') {
    return {
      status: 200,
      body: `User-agent: *\n${mode.disallow.map((path) => `Disallow: ${path}`).join('\n')}\n`,
    };
  }
  switch (mode) {
    case 'allow':
      return { status: 200, body: 'User-agent: *\nDisallow:\n' };
    case '404':
      return { status: 404, body: 'not found' };
    case '403':
      return { status: 403, body: 'forbidden' };
    case '500':
      return { status: 500, body: 'error' };
    case 'baidu_only':
      return { status: 200, body: 'User-agent: Baiduspider\nDisallow:\n\nUser-agent: *\nDisallow: /\n' };
    case 'crawl_delay':
      return { status: 200, body: 'User-agent: *\nCrawl-delay: 10\nDisallow:\n' };
  }
}

/** Challenge pages, with the marks by which the real ones are known. They lead nowhere. */
export const challenges = {
  jsl521: {
    status: 521,
    cookie: '__jsluid_s=0123456789abcdef0123456789abcdef; path=/; HttpOnly',
    body: "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_clearance_s=1')+';max-age=3600;path=/';location.href=location.pathname+location.search</script>",
  },
  rs412: {
    status: 412,
    cookie: 'FSSBBIl1UgzbN7N80S=0123456789; path=/; HttpOnly',
    body: '<!DOCTYPE html><html><head><meta id="9DhefwqGPrzGxEp9hPaoag" content="abc"><script>$_ts=window[\'$_ts\'];if(!$_ts)$_ts={};$_ts.nsd=1;</script></head><body></body></html>',
  },
  c3vk200: {
    status: 200,
    cookie: null,
    body: '<html><body><script>document.cookie="C3VK=0a1b2c; path=/; max-age=300";location.reload();</script></body></html>',
  },
} as const;
