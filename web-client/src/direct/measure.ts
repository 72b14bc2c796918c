import { ConnectionQuality } from 'livekit-client';

/** What the counters of a connection say of a moment. */
export type Measure = { lost: number; packets: number; rttMillis: number; level: number };

type Report = Record<string, unknown> & { type: string };

/** Adds up what was received, and how loud the own microphone is. */
export function measureOf(stats: RTCStatsReport): Measure {
  const sum: Measure = { lost: 0, packets: 0, rttMillis: 0, level: 0 };
  const number = (value: unknown) => (typeof value === 'number' ? value : 0);
  stats.forEach((report: Report) => {
    if (report.type === 'inbound-rtp') {
      sum.lost += number(report['packetsLost']);
      sum.packets += number(report['packetsReceived']);
    } else if (report.type === 'candidate-pair' && report['nominated'] === true) {
      sum.rttMillis = Math.max(sum.rttMillis, number(report['currentRoundTripTime']) * 1000);
    } else if (report.type === 'media-source') {
      sum.level = Math.max(sum.level, number(report['audioLevel']));
    }
  });
  return sum;
}

/** Where speech and pictures begin to suffer: loss in percent, round trip in milliseconds. */
const FAIR = { lossPercent: 2, rttMillis: 250 };
const POOR = { lossPercent: 8, rttMillis: 600 };

/** How good a connection was between two moments. */
export function qualityBetween(before: Measure, now: Measure): ConnectionQuality {
  const lost = Math.max(0, now.lost - before.lost);
  const all = lost + Math.max(0, now.packets - before.packets);
  const lossPercent = all === 0 ? 0 : (100 * lost) / all;
  if (lossPercent >= POOR.lossPercent || now.rttMillis >= POOR.rttMillis) return ConnectionQuality.Poor;
  if (lossPercent >= FAIR.lossPercent || now.rttMillis >= FAIR.rttMillis) return ConnectionQuality.Good;
  return ConnectionQuality.Excellent;
}
