import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'undici';
import type { RunSummary } from './crawled.ts';

/** Where an unattended run is told to. */
export type NotifyTarget =
  | { readonly webhook: string }
  /** Program and arguments; no shell. It gets the notification as JSON on standard input. */
  | { readonly command: readonly string[] };

/** What is told of a run. */
export interface Notification {
  readonly run: string;
  readonly endedAt: string;
  /** One sentence for each thing that somebody should know. */
  readonly lines: readonly string[];
  readonly newReports: number;
  readonly revisedReports: number;
  readonly newFindings: number;
  readonly blocked: readonly { readonly portal: string; readonly host: string; readonly code: string }[];
  readonly failures: readonly { readonly portal: string; readonly reason: string }[];
}

/**
 * What a run is worth telling about, or null when nothing is: no news is no message. Blocks and failures
 * of portals with `blocked: { notify: false }` are left out.
 */
export function notificationOf(summary: RunSummary, newFindings: number): Notification | null {
  const told = summary.portals.filter(({ quiet }) => !quiet);
  const blocked = told.flatMap((portal) =>
    portal.blocked.map(({ host, code, reason }) => ({ portal: portal.portal, host, code, reason })),
  );
  const failures = told
    .filter(({ outcome }) => outcome === 'error' || outcome === 'empty_suspicious' || outcome === 'partial')
    .map(({ portal, outcome, reason }) => ({ portal, reason: `${outcome}: ${reason}` }));
  const { new: found, revised } = summary.totals;
  if (found + revised + newFindings + blocked.length + failures.length === 0 && !summary.aborted) return null;
  const lines = [
    ...(summary.aborted ? ['the run was stopped before its end'] : []),
    ...(found > 0 ? [`${found} new reports`] : []),
    ...(revised > 0 ? [`${revised} revised reports`] : []),
    ...(newFindings > 0 ? [`${newFindings} new findings`] : []),
    ...blocked.map(({ portal, code, reason }) => `${portal} is blocked (${code}): ${reason}`),
    ...failures.map(({ portal, reason }) => `${portal}: ${reason}`),
  ];
  return {
    run: summary.run,
    endedAt: summary.endedAt,
    lines,
    newReports: found,
    revisedReports: revised,
    newFindings,
    blocked: blocked.map(({ portal, host, code }) => ({ portal, host, code })),
    failures,
  };
}

/**
 * Tells it. Throws an Error with a sentence when the webhook answers other than 2xx or the command fails; the caller
 * logs it, since a notification that fails must not fail the run.
 */
export async function notify(
  target: NotifyTarget,
  notification: Notification,
  timeoutMs = 15_000,
): Promise<void> {
  const body = JSON.stringify({ ...notification, text: notification.lines.join('\n') });
  if ('webhook' in target) {
    const answer = await request(target.webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body.dump();
    if (answer.statusCode >= 300)
      throw new Error(
        `the webhook ${new URL(target.webhook).host} answers ${answer.statusCode}, expected 2xx`,
      );
    return;
  }
  const [program, ...given] = target.command;
  if (!program) throw new Error('the notification command is empty; give a program and its arguments');
  const child = spawn(program, given, {
    stdio: ['pipe', 'inherit', 'inherit'],
    signal: AbortSignal.timeout(timeoutMs),
  });
  child.stdin.on('error', () => {});
  child.stdin.end(body);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the notification command ${program} ended with ${code}, expected 0`);
}
