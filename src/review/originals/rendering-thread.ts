import { parentPort } from 'node:worker_threads';
import type { RenderJob, RenderReply } from './rendering.ts';
import { renditionOf } from './rendition.ts';

parentPort?.on('message', async (job: RenderJob) => {
  parentPort?.postMessage(await answer(job));
});

async function answer(job: RenderJob): Promise<RenderReply> {
  try {
    if (job.kind === 'rendition') return { kind: 'rendition', ...(await renditionOf(job)) };
    const { renderPage } = await import('../../read/pdf/render.ts');
    const { machineFont } = await import('../../read/pdf/machine-font.ts');
    const font = await machineFont();
    const { png, width, height, fontMissing } = await renderPage(job.bytes, job.page, {
      scale: job.scale,
      ...(font ? { font } : {}),
    });
    return { kind: 'page', png, width, height, boxes: fontMissing && !font };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
