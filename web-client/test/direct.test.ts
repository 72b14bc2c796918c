import { ConnectionQuality } from 'livekit-client';
import { describe, expect, it } from 'vitest';
import { callState } from '../src/call/callState';
import { measureOf, qualityBetween } from '../src/direct/measure';
import { OfferPace, offers, pauseMillis, wantedOthers } from '../src/direct/plan';
import { signalIn } from '../src/direct/signals';

describe('whom to be connected with', () => {
  it('is nobody, everybody, or the one other', () => {
    expect(wantedOthers('sfu', ['bob'])).toEqual([]);
    expect(wantedOthers('mesh', ['bob', 'eve'])).toEqual(['bob', 'eve']);
    expect(wantedOthers('auto', [])).toEqual([]);
    expect(wantedOthers('auto', ['bob'])).toEqual(['bob']);
    expect(wantedOthers('auto', ['bob', 'eve'])).toEqual([]);
  });

  it('is offered by one of two', () => {
    expect(offers('ada', 'bob')).not.toBe(offers('bob', 'ada'));
  });

  it('is left alone for longer after each try that failed', () => {
    expect([1, 2, 3, 20].map(pauseMillis)).toEqual([10_000, 20_000, 40_000, 300_000]);
  });

  it('stands in what the server says of the call', () => {
    expect(callState('{"topology":"auto"}', '').topology).toBe('auto');
    expect(callState('{"topology":"star"}', '').topology).toBe('sfu');
    expect(callState(undefined, '').topology).toBe('sfu');
  });
});

describe('offers of the others', () => {
  it('are taken once in two seconds of each', () => {
    const pace = new OfferPace();
    const taken = [0, 1, 1999, 2000, 2001, 4100].filter((now) => pace.take('bob', now));
    expect(taken).toEqual([0, 2000, 4100]);
    expect(pace.take('eve', 4101)).toBe(true);
  });

  it('are not counted of who has left', () => {
    const pace = new OfferPace();
    expect(pace.take('bob', 0)).toBe(true);
    pace.forget('bob');
    expect(pace.take('bob', 1)).toBe(true);
  });
});

describe('what comes from the other through the server', () => {
  const read = (value: unknown) => signalIn(new TextEncoder().encode(JSON.stringify(value)));
  const told = { type: 'direct', from: 'bob', link: 'l1' };

  it('is an offer, an answer or a candidate', () => {
    const offer = { link: 'l1', kind: 'offer', sdp: 'v=0' };
    expect(read({ ...told, ...offer })).toEqual({ from: 'bob', signal: offer });
    const candidate = { link: 'l1', kind: 'candidate', candidate: '', mid: '0' };
    expect(read({ ...told, ...candidate, more: 1 })).toEqual({ from: 'bob', signal: candidate });
  });

  it('is nothing else', () => {
    const bad = [
      null,
      7,
      [],
      { ...told, type: 'snapshot', kind: 'offer', sdp: '' },
      { ...told, kind: 'chat', sdp: '' },
      { ...told, kind: 'offer' },
      { ...told, kind: 'offer', sdp: 'x'.repeat(40_000) },
      { ...told, kind: 'offer', sdp: '', link: 'a b' },
      { ...told, kind: 'offer', sdp: '', from: 7 },
      { ...told, kind: 'candidate', candidate: 'x'.repeat(2000), mid: '0' },
      { ...told, kind: 'candidate', candidate: '' },
    ];
    for (const value of bad) expect(read(value)).toBeUndefined();
    expect(signalIn(Uint8Array.of(0xff, 0x7b))).toBeUndefined();
  });
});

describe('the quality of a direct connection', () => {
  const measure = (lost: number, packets: number, rttMillis = 20) => ({ lost, packets, rttMillis, level: 0 });

  it('falls with loss and with delay', () => {
    const quality = (lost: number, rtt?: number) =>
      qualityBetween(measure(10, 1000), measure(10 + lost, 1100 - lost, rtt));
    expect(quality(0)).toBe(ConnectionQuality.Excellent);
    expect(quality(3)).toBe(ConnectionQuality.Good);
    expect(quality(20)).toBe(ConnectionQuality.Poor);
    expect(quality(0, 300)).toBe(ConnectionQuality.Good);
    expect(quality(0, 700)).toBe(ConnectionQuality.Poor);
    expect(qualityBetween(measure(0, 0), measure(0, 0))).toBe(ConnectionQuality.Excellent);
  });

  it('is read from the counters of all streams', () => {
    const stats = new Map(
      [
        { type: 'inbound-rtp', packetsLost: 1, packetsReceived: 10 },
        { type: 'inbound-rtp', packetsLost: 2, packetsReceived: 20 },
        { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.05 },
        { type: 'candidate-pair', nominated: false, currentRoundTripTime: 5 },
        { type: 'media-source', audioLevel: 0.2 },
      ].map((report, index) => [`${index}`, report]),
    );
    expect(measureOf(stats as unknown as RTCStatsReport)).toEqual({
      lost: 3,
      packets: 30,
      rttMillis: 50,
      level: 0.2,
    });
  });
});
