import { afterEach, expect, test } from 'vitest';
import { refusedAddress } from '../../src/crawl/http/address.ts';
import { PortalHttp } from '../../src/crawl/http/client.ts';
import { Resolver } from '../../src/crawl/http/resolver.ts';
import { LittleServer, page } from './little-server.ts';

let server: LittleServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const localhost = [
  ['dotted', '127.0.0.1'],
  ['another of the loopback net', '127.8.9.10'],
  ['decimal', '2130706433'],
  ['hexadecimal', '0x7f000001'],
  ['hexadecimal by parts', '0x7f.0x0.0x0.0x1'],
  ['octal', '0177.0.0.1'],
  ['octal in one', '017700000001'],
  ['short', '127.1'],
  ['full-width digits', '１２７.０.０.１'],
  ['full-width dots', '127。0。0。1'],
  ['circled digits', '①②⑦.⓪.⓪.①'],
  ['percent-encoded', '%31%32%37.0.0.1'],
  ['all zero', '0.0.0.0'],
  ['zero', '0'],
  ['IPv6', '[::1]'],
  ['IPv6 unspecified', '[::]'],
  ['IPv4-mapped', '[::ffff:127.0.0.1]'],
  ['IPv4-mapped in hexadecimal', '[::ffff:7f00:1]'],
  ['IPv4-compatible', '[::7f00:1]'],
  ['NAT64', '[64:ff9b::7f00:1]'],
  ['local NAT64', '[64:ff9b:1::7f00:1]'],
  ['6to4', '[2002:7f00:1::]'],
  ['trailing dot', '127.0.0.1.'],
] as const;

/** The server listens on the port that every address of the test carries. */
async function reaches(host: string): Promise<string> {
  const little = server;
  if (!little) throw new Error('no server');
  const url = `http://${host}:${little.port}/secret`;
  const base = URL.canParse(url) ? url : `http://www.moumou.gov.cn:${little.port}/`;
  const portal = {
    ...little.portal(),
    // Even a portal that names the host and the port must not help.
    baseUrl: base,
    allowedHosts: [new URL(base).hostname, host],
  };
  const client = new PortalHttp(portal, {
    clock: little.clock,
    state: little.state,
    groups: little.groups,
    run: 'run',
    onRequest: little.clock.onRequest,
    // As in the field: no map, no switch.
    resolver: new Resolver({ lookup: async () => ['127.0.0.1'] }),
  });
  try {
    await client.fetch({ url, expect: 'page' });
    return 'answered';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

test.each(localhost)('an address of this machine written %s reaches nothing', async (_, host) => {
  server = await LittleServer.start({ '*': page('secret') });
  expect(await reaches(host)).toBe(URL.canParse(`http://${host}/`) ? 'address_refused' : 'bad_url');
  expect(server.seen).toEqual([]);
  expect(server.mostConnections).toBe(0);
});

test.each([
  ['private', '10.1.2.3'],
  ['private', '172.16.0.1'],
  ['private', '192.168.1.1'],
  ['cloud metadata', '169.254.169.254'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['multicast', '224.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['reserved', '240.0.0.1'],
  ['documentation', '192.0.2.1'],
  ['benchmarking', '198.18.0.1'],
  ['IPv6 link-local', 'fe80::1'],
  ['IPv6 link-local with zone', 'fe80::1%eth0'],
  ['IPv6 unique local', 'fd00::1'],
  ['IPv6 site-local', 'fec0::1'],
  ['IPv6 multicast', 'ff02::1'],
  ['IPv6 documentation', '2001:db8::1'],
  ['Teredo', '2001:0:1::'],
  ['unassigned IPv6', '4000::1'],
])('a %s address (%s) is refused', (_, address) => {
  expect(refusedAddress(address)).not.toBeNull();
});

test.each(['8.8.8.8', '218.94.1.1', '240e:ff:e020::1', '2606:4700::1111'])(
  'the public address %s passes',
  (address) => {
    expect(refusedAddress(address)).toBeNull();
  },
);

test('a name with a public and a private address is refused', async () => {
  const resolver = new Resolver({ lookup: async () => ['218.94.1.1', '10.0.0.1'] });
  await expect(resolver.endpoint(new URL('http://www.moumou.gov.cn/'))).rejects.toMatchObject({
    code: 'address_refused',
  });
});

test('a name whose answer changes is connected to at the address that was checked, or not at all', async () => {
  server = await LittleServer.start({ '*': page('secret') });
  const answers = [['203.0.113.7'], ['127.0.0.1']];
  let asked = 0;
  const client = server.client(
    { base_url: `http://www.moumou.gov.cn:${server.port}` },
    {
      resolver: new Resolver({
        lookup: async () => answers[Math.min(asked++, 1)] ?? [],
      }),
    },
  );
  for (let attempt = 0; attempt < 3; attempt++)
    await client.fetch({ url: `http://www.moumou.gov.cn:${server.port}/`, expect: 'page' }).catch(() => {});
  expect(asked).toBeGreaterThan(1);
  expect(server.mostConnections).toBe(0);
});

test('the connection goes to the address that was checked, and the name is not looked up again', async () => {
  server = await LittleServer.start({ '*': page('text') });
  const answers = ['127.0.0.1', '127.0.0.99'];
  let asked = 0;
  const resolver = new Resolver({
    allowLoopback: true,
    // The name exists in no name service: only this answer can lead anywhere.
    lookup: async () => [answers[asked++] ?? ''],
  });
  const url = `http://www.moumou.gov.cn:${server.port}/`;
  const client = server.client({ base_url: url }, { resolver });
  expect((await client.fetch({ url, expect: 'page' })).text).toBe('text');
  expect((await client.fetch({ url, expect: 'page' })).text).toBe('text');
  expect(asked).toBe(1);
});

test.each([
  ['this machine', (port: number) => `http://127.0.0.1:${port}/secret`],
  ['this machine in decimal', (port: number) => `http://2130706433:${port}/secret`],
  ['this machine by name', (port: number) => `http://localhost:${port}/secret`],
  ['a private address', () => 'http://10.0.0.1/'],
  ['the metadata service', () => 'http://169.254.169.254/latest/meta-data/'],
  ['a host that is not allowed', () => 'http://clone.example.com/'],
  ['a file', () => 'file:///etc/passwd'],
  ['an allowed host with a user name', () => 'http://www.moumou.gov.cn@127.0.0.1/'],
  ['an allowed host at another port', () => 'http://www.moumou.gov.cn:6379/'],
])('a redirect to %s is not followed', async (_, target) => {
  server = await LittleServer.start({ '/secret': page('secret') });
  const { port } = server;
  server.handlers['/away'] = (_, response) => response.writeHead(302, { location: target(port) }).end();
  const client = server.client();
  await expect(client.fetch({ url: 'http://www.moumou.gov.cn/away', expect: 'page' })).rejects.toMatchObject({
    policy: 'skip',
  });
  expect(server.paths).toEqual(['/robots.txt', '/away']);
});
