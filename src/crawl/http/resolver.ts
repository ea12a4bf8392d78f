import { lookup } from 'node:dns/promises';
import { CrawlError } from '../error.ts';
import { isLoopback, literalAddress, refusedAddress } from './address.ts';

/** Where a request really goes. */
export interface Endpoint {
  readonly address: string;
  /** null: the URL's own port. */
  readonly port: number | null;
  /** Taken from the test map rather than from DNS. */
  readonly mapped: boolean;
}

export interface ResolverOptions {
  /** Test only: host name → `address:port`. */
  readonly resolve?: ReadonlyMap<string, string>;
  /** Test only: lets loopback addresses pass. No configuration reaches it. */
  readonly allowLoopback?: boolean;
  /** All addresses of a name. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
}

/**
 * Turns a host into the one address that is connected to. Every address of the name must be public: a name that has
 * both kinds is refused. The connection then goes to the address returned here, so that an answer that changes between
 * check and connect cannot matter. Asked anew for each connection.
 */
export class Resolver {
  readonly #options: ResolverOptions;
  readonly #lookup: (host: string) => Promise<readonly string[]>;

  constructor(options: ResolverOptions = {}) {
    this.#options = options;
    this.#lookup = options.lookup ?? everyAddress;
  }

  async endpoint(url: URL): Promise<Endpoint> {
    const mapped = this.#options.resolve?.get(url.hostname);
    if (mapped !== undefined) {
      const at = mapped.lastIndexOf(':');
      const address = mapped.slice(0, at);
      this.#check(address, url);
      return { address, port: Number(mapped.slice(at + 1)), mapped: true };
    }
    const literal = literalAddress(url.hostname);
    if (literal !== null) {
      this.#check(literal, url);
      return { address: literal, port: null, mapped: false };
    }
    let addresses: readonly string[];
    try {
      addresses = await this.#lookup(url.hostname);
    } catch (cause) {
      throw new CrawlError('network', `${url.hostname} cannot be resolved`, { url: url.href, cause });
    }
    for (const address of addresses) this.#check(address, url);
    const first = addresses[0];
    if (first === undefined)
      throw new CrawlError('network', `${url.hostname} has no address`, { url: url.href });
    return { address: first, port: null, mapped: false };
  }

  #check(address: string, url: URL): void {
    if (this.#options.allowLoopback && isLoopback(address)) return;
    const reason = refusedAddress(address);
    if (reason !== null)
      throw new CrawlError('address_refused', `${url.host} is not asked: ${reason}`, { url: url.href });
  }
}

async function everyAddress(host: string): Promise<readonly string[]> {
  const answers = await lookup(host, { all: true, order: 'ipv4first' });
  return answers.map(({ address }) => address);
}
