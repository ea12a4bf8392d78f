import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PortalHttp } from '../../src/crawl/http/client.ts';
import { HostGroups } from '../../src/crawl/http/host-group.ts';
import { Resolver } from '../../src/crawl/http/resolver.ts';
import { LittleServer } from './little-server.ts';

// Made for this test: a certificate of the invented www.moumou.gov.cn that nobody signed, and its key.
const cert = `-----BEGIN CERTIFICATE-----
MIIBrTCCAVOgAwIBAgIUQQ+g0hPBWneyYN8t1vFHKmuSNUAwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRd3d3Lm1vdW1vdS5nb3YuY24wIBcNMjYxMTIyMTUyNjUyWhgP
MjEyNjEwMjkxNTI2NTJaMBwxGjAYBgNVBAMMEXd3dy5tb3Vtb3UuZ292LmNuMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcrdfplECB76ZrHAOqVwBEV/OoJIa/ipJ
tOuqDpBrSgz2R0YnI2SQaqN1j0escztOj0GAPB/Wm/Xd2wcdNvTVPaNxMG8wHQYD
VR0OBBYEFIvvtB7APDll3kLLV6LwbHK6CXjnMB8GA1UdIwQYMBaAFIvvtB7APDll
3kLLV6LwbHK6CXjnMA8GA1UdEwEB/wQFMAMBAf8wHAYDVR0RBBUwE4IRd3d3Lm1v
dW1vdS5nb3YuY24wCgYIKoZIzj0EAwIDSAAwRQIgS48JyMHAfvOkGt2Hgnow9Uvc
5vtkIvUj5Ky2n/ZX6MACIQCuYqz11AuQnQ3DUhjUiv4p02V8A/ra7bBMSyzOG2vd
AQ==
-----END CERTIFICATE-----`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMicTuqd6ww3ygRGG
CxCogdOD7R7Hvh73FJLXBWuNDXehRANCAARyt1+mUQIHvpmscA6pXAERX86gkhr+
Kkm066oOkGtKDPZHRicjZJBqo3WPR6xzO06PQYA8H9ab9d3bBx029NU9
-----END PRIVATE KEY-----`;

let little: LittleServer;
let server: ReturnType<typeof createServer>;
let groups: HostGroups;
beforeEach(async () => {
  groups = new HostGroups();
  little = await LittleServer.start();
});
afterEach(async () => {
  await groups.close();
  await little.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function client(
  options: Parameters<typeof createServer>[0],
  more: Record<string, unknown> = {},
  ca?: string,
  host = 'www.moumou.gov.cn',
): Promise<PortalHttp> {
  server = createServer({ cert, key, ...options }, (request, response) => {
    if (request.url === '/robots.txt') response.writeHead(404).end();
    else response.end('text');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const portal = little.portal({
    base_url: `https://${host}`,
    allowed_hosts: [host],
    columns: [{ id: 'nb', url: `https://${host}/` }],
    ...more,
  });
  return new PortalHttp(portal, {
    clock: little.clock,
    state: little.state,
    groups,
    run: 'run',
    onRequest: little.clock.onRequest,
    resolver: new Resolver({
      allowLoopback: true,
      resolve: new Map([[host, `127.0.0.1:${(server.address() as AddressInfo).port}`]]),
    }),
    ...(ca === undefined ? {} : { ca }),
  });
}
const get = (http: PortalHttp, host = 'www.moumou.gov.cn') =>
  http.fetch({ url: `https://${host}/`, expect: 'page' });

test('a certificate that is trusted and fits the name is accepted, though the connection goes to an address', async () => {
  expect((await get(await client({}, {}, cert))).text).toBe('text');
});

test('a certificate that nobody signed ends the host, and the advice is not to ignore it', async () => {
  await expect(get(await client({}))).rejects.toMatchObject({
    code: 'TLS_COMPAT',
    message: expect.stringMatching(/certificate is not accepted.*gongkai add/),
  });
});

test('a certificate of another name is refused', async () => {
  const host = 'www.lingyi.gov.cn';
  await expect(get(await client({}, {}, cert, host), host)).rejects.toMatchObject({ code: 'TLS_COMPAT' });
});

test('the profile legacy_renegotiation still verifies the certificate', async () => {
  const tls = { tls: 'legacy_renegotiation' };
  await expect(get(await client({}, tls))).rejects.toMatchObject({ code: 'TLS_COMPAT' });
});

test('a server with TLS 1.1 alone needs the profile legacy_renegotiation, which says so itself', async () => {
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await expect(get(await client(old, {}, cert))).rejects.toMatchObject({
    code: 'TLS_COMPAT',
    message: expect.stringMatching(/legacy_renegotiation/),
  });
});

test('the profile p256 speaks with a server that knows that curve alone', async () => {
  expect((await get(await client({ ecdhCurve: 'P-256' }, { tls: 'p256' }, cert))).text).toBe('text');
});
