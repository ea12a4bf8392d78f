import { serve } from '@hono/node-server';
import { type ReviewOptions, reviewApp } from './app.ts';

export type { ReviewOptions } from './app.ts';
export { type Upload, type UploadResult, uploadAnswer } from './upload-answer.ts';
export { type WithdrawalRequest, type WithdrawalResult, withdrawalAnswer } from './withdrawal.ts';

export interface ReviewServer {
  /** `http://127.0.0.1:8380`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Only these reach nobody but this machine. */
export const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '::1', '[::1]'];

/**
 * Serves the pages. Beyond this machine accounts are needed: throws a RangeError where there are none.
 * `port` 0 takes a free one. Rejects with the error of `listen`, such as `EADDRINUSE`.
 */
export async function startReview(
  options: Omit<ReviewOptions, 'hosts'> & { readonly host: string; readonly port: number },
): Promise<ReviewServer> {
  const local = LOOPBACK.includes(options.host);
  if (!local && (options.accounts === null || options.accounts.length === 0))
    throw new RangeError(`${options.host} can be reached by others: passwords are needed`);
  const { app, close } = reviewApp({ ...options, hosts: local ? LOOPBACK : null });
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: options.host, port: options.port }, (info) => {
      const host = info.family === 'IPv6' ? `[${info.address}]` : info.address;
      resolve({
        url: `http://${host}:${info.port}`,
        close: async () => {
          await new Promise<void>((done) => {
            server.close(() => done());
            if ('closeAllConnections' in server) server.closeAllConnections();
          });
          await close();
        },
      });
    });
    server.on('error', reject);
  });
}
