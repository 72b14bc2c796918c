import type { LocalTrack, RemoteTrack, Room } from 'livekit-client';
import type { DirectLink } from '../direct/link';
import { nameOf } from './conversation';

/** What is known of one stream (one layer of a sent picture). */
export type StreamRow = {
  key: string;
  name: string;
  sent: boolean;
  /** Whether it goes straight from one to the other. */
  direct: boolean;
  kbps: number;
  lossPercent: number | undefined;
  picture: string;
  codec: string;
  layer: string;
  jitterMillis: number | undefined;
};

export type PathRow = {
  local: string;
  remote: string;
  rttMillis: number | undefined;
  availableKbps: number | undefined;
};

type Counters = { bytes: number; at: number; packets: number; lost: number };
type Report = Record<string, unknown> & { id: string; type: string; timestamp: number };

/** Reads the counters of all tracks now and then, and says what they did in between. */
export class StatsReader {
  private before = new Map<string, Counters>();

  async read(
    room: Room,
    links: readonly DirectLink[] = [],
  ): Promise<{ rows: StreamRow[]; paths: PathRow[] }> {
    const rows: StreamRow[] = [];
    const paths = new Map<string, PathRow>();
    const now = new Map<string, Counters>();
    for (const { name, sid, stats, sent, direct } of await streamsOf(room, links)) {
      const reports = new Map<string, Report>();
      stats.forEach((report: Report) => reports.set(report.id, report));
      for (const report of reports.values()) {
        if (report.type === (sent ? 'outbound-rtp' : 'inbound-rtp')) {
          rows.push(this.row({ key: `${sid}/${report.id}`, name, sent, direct }, report, reports, now));
        } else if (
          report.type === 'candidate-pair' &&
          report['nominated'] === true &&
          report['state'] === 'succeeded'
        ) {
          const path = pathRow(report, reports);
          paths.set(`${path.local} ${path.remote}`, path);
        }
      }
    }
    this.before = now;
    return { rows, paths: [...paths.values()] };
  }

  private row(
    stream: Pick<StreamRow, 'key' | 'name' | 'sent' | 'direct'>,
    report: Report,
    reports: ReadonlyMap<string, Report>,
    now: Map<string, Counters>,
  ): StreamRow {
    const { key, sent } = stream;
    const number = (field: string) => (typeof report[field] === 'number' ? report[field] : 0);
    const counters = {
      bytes: number(sent ? 'bytesSent' : 'bytesReceived'),
      packets: number('packetsReceived'),
      lost: number('packetsLost'),
      at: report.timestamp,
    };
    now.set(key, counters);
    const before = this.before.get(key) ?? { ...counters, at: counters.at - 1000 };
    const millis = Math.max(1, counters.at - before.at);
    const lost = Math.max(0, counters.lost - before.lost);
    const all = lost + counters.packets - before.packets;
    const height = number('frameHeight');
    const codec = reports.get(String(report['codecId']))?.['mimeType'];
    return {
      ...stream,
      kbps: Math.round(((counters.bytes - before.bytes) * 8) / millis),
      lossPercent: sent ? undefined : all > 0 ? (100 * lost) / all : 0,
      picture:
        height > 0 ? `${number('frameWidth')}×${height} ${Math.round(number('framesPerSecond'))}/s` : '',
      codec: typeof codec === 'string' ? (codec.split('/')[1] ?? codec) : '',
      layer: [report['rid'], report['scalabilityMode']].filter((part) => typeof part === 'string').join(' '),
      jitterMillis: sent ? undefined : Math.round(number('jitter') * 1000),
    };
  }
}

type Stream = { name: string; sid: string; stats: RTCStatsReport; sent: boolean; direct: boolean };

async function streamsOf(room: Room, links: readonly DirectLink[]): Promise<Stream[]> {
  const found: Stream[] = [];
  for (const { name, track, sent } of tracksOf(room)) {
    const stats = await track.getRTCStatsReport();
    if (stats) found.push({ name, sid: track.sid ?? '', stats, sent, direct: false });
  }
  for (const link of links) {
    const who = room.remoteParticipants.get(link.to);
    for (const { source, sent, stats } of await link.statistics()) {
      if (!sent && !link.taken.has(source)) continue;
      const name = sent || !who ? source : `${nameOf(who)} ${source}`;
      found.push({ name, sid: `${link.id}/${source}`, stats, sent, direct: true });
    }
  }
  return found;
}

function tracksOf(room: Room): { name: string; track: LocalTrack | RemoteTrack; sent: boolean }[] {
  const found: { name: string; track: LocalTrack | RemoteTrack; sent: boolean }[] = [];
  const self = room.localParticipant;
  for (const { track, source } of self.trackPublications.values()) {
    if (track) found.push({ name: source, track, sent: true });
  }
  for (const who of room.remoteParticipants.values()) {
    for (const { track, source } of who.trackPublications.values()) {
      if (track) found.push({ name: `${nameOf(who)} ${source}`, track: track as RemoteTrack, sent: false });
    }
  }
  return found;
}

function pathRow(pair: Report, reports: ReadonlyMap<string, Report>): PathRow {
  const end = (id: unknown) => {
    const candidate = reports.get(String(id));
    if (!candidate) return '?';
    return `${candidate['candidateType']} ${candidate['protocol']} ${candidate['address'] ?? '*'}:${candidate['port']}`;
  };
  const rtt = pair['currentRoundTripTime'];
  const available = pair['availableOutgoingBitrate'];
  return {
    local: end(pair['localCandidateId']),
    remote: end(pair['remoteCandidateId']),
    rttMillis: typeof rtt === 'number' ? Math.round(rtt * 1000) : undefined,
    availableKbps: typeof available === 'number' ? Math.round(available / 1000) : undefined,
  };
}
