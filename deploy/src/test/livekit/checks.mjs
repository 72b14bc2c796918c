// Two real clients in one room. Usage: node checks.mjs URL CONNECTIONS ALICE_TOKEN BOB_TOKEN CAROL_TOKEN ADMIN_TOKEN ROOM UDP_PORTS
// CONNECTIONS is 1 or 2, of each client; UDP_PORTS the server's, with commas.
// Says "ok CHECK" for each check that passes; ends with 0 if all do.
import { dispose, DisconnectReason, RoomEvent, SimulateScenarioKind } from '@livekit/rtc-node';
import { Participant, next, sha256, until, within } from './client.mjs';
import { withoutSingleConnection } from './older.mjs';
import { relay } from './relay.mjs';

const [server, connections, aliceToken, bobToken, carolToken, adminToken, roomName, udpPorts] =
  process.argv.slice(2);
const url = connections === '2' ? await withoutSingleConnection(server) : server;
const STREAM_BYTES = 10_000_000;
const BLOCKED_MILLIS = 5_000;

const alice = new Participant('alice');
const bob = new Participant('bob');

async function rest(method, path, body) {
  const address = `${server.replace('ws', 'http')}/api/v1/rooms/${roomName}${path}`;
  const response = await fetch(address, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
}

async function mediaFlows(viewer, what) {
  const { videoFrames, audioFrames } = viewer;
  await until(
    () => viewer.videoFrames >= videoFrames + 10 && viewer.audioFrames >= audioFrames + 20,
    what,
  );
}

const checks = {
  async join() {
    await alice.join(url, aliceToken);
    const met = next(alice.room, RoomEvent.ParticipantConnected);
    await bob.join(url, bobToken);
    const [who] = await met;
    if (who.identity !== 'bob' || bob.other('alice') === undefined) {
      throw new Error('they do not see each other');
    }
  },

  async publish() {
    const video = await within(alice.publishVideo(), 'the camera is published');
    const audio = await within(alice.publishAudio(), 'the microphone is published');
    await within(video.waitForSubscription(), 'somebody watches');
    await mediaFlows(bob, 'bob sees and hears alice');
    if (!video.sid.startsWith('TR_') || video.sid === audio.sid) {
      throw new Error(`track ids ${video.sid} ${audio.sid}`);
    }
  },

  async bothWays() {
    await within(bob.publishVideo(), 'the camera is published');
    await within(bob.publishAudio(), 'the microphone is published');
    await mediaFlows(alice, 'alice sees and hears bob');
  },

  async data() {
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ]) {
      for (const reliable of [true, false]) {
        const text = `${from.name} ${reliable}`;
        const got = next(
          to.room,
          RoomEvent.DataReceived,
          (payload) => new TextDecoder().decode(payload) === text,
        );
        await from.room.localParticipant.publishData(new TextEncoder().encode(text), {
          reliable,
          topic: 'greeting',
          destination_identities: reliable ? [to.name] : [],
        });
        const [, sender, , topic] = await got;
        if (sender?.identity !== from.name || topic !== 'greeting') {
          throw new Error(`data of ${sender?.identity} about ${topic}`);
        }
      }
    }
  },

  async rpc() {
    bob.room.localParticipant.registerRpcMethod('double', async (call) => call.payload + call.payload);
    const response = await within(
      alice.room.localParticipant.performRpc({
        destinationIdentity: 'bob',
        method: 'double',
        payload: 'ab',
      }),
      'bob answers a call',
    );
    if (response !== 'abab') {
      throw new Error(response);
    }
  },

  async byteStream() {
    const sent = new Uint8Array(STREAM_BYTES).map((_, i) => (i * 31) % 251);
    const received = new Promise((resolve) => {
      bob.room.registerByteStreamHandler('files', async (reader) => {
        const chunks = [];
        for await (const chunk of reader) {
          chunks.push(chunk);
        }
        resolve(Buffer.concat(chunks));
      });
    });
    const writer = await alice.room.localParticipant.streamBytes({
      name: 'file',
      topic: 'files',
      totalSize: STREAM_BYTES,
    });
    await writer.write(sent);
    await writer.close();
    const got = await within(received, 'the stream arrives', 60_000);
    if (sha256(got) !== sha256(sent)) {
      throw new Error(`${got.length} bytes, not as sent`);
    }
  },

  async metadata() {
    const changed = next(bob.room, RoomEvent.ParticipantMetadataChanged);
    await rest('PATCH', '/participants/bob', { metadata: 'teacher' });
    await changed;
    if (bob.room.localParticipant.metadata !== 'teacher') {
      throw new Error(bob.room.localParticipant.metadata);
    }
  },

  async unpublish() {
    const [sid, publication] = [...bob.room.localParticipant.trackPublications.entries()][0];
    const gone = next(alice.room, RoomEvent.TrackUnsubscribed);
    await bob.room.localParticipant.unpublishTrack(publication.track.sid ?? sid);
    await gone;
    await within(bob.publishVideo(), 'the camera is published again');
    await mediaFlows(alice, 'alice sees bob again');
  },

  async resume() {
    const back = next(bob.room, RoomEvent.Reconnected);
    let lost = 0;
    bob.room.on(RoomEvent.TrackUnsubscribed, () => lost++);
    await bob.room.simulateScenario(SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT);
    await back;
    if (lost > 0) {
      throw new Error('what was watched ended meanwhile');
    }
    await mediaFlows(bob, 'bob sees alice after it');
    await mediaFlows(alice, 'alice sees bob after it');
  },

  async fullReconnect() {
    const back = next(bob.room, RoomEvent.Reconnected);
    await bob.room.simulateScenario(SimulateScenarioKind.SIMULATE_FULL_RECONNECT);
    await back;
    await mediaFlows(bob, 'bob sees alice after it');
    await mediaFlows(alice, 'alice sees bob after it');
  },

  async udpBlocked() {
    const network = await relay(url);
    await network.carry(udpPorts.split(','));
    const carol = new Participant('carol');
    await carol.join(network.url, carolToken);
    await mediaFlows(carol, 'carol sees and hears the others');
    if (network.passed() < carol.videoFrames) {
      throw new Error('carol has another way than the relay');
    }
    network.block();
    const blockedAt = Date.now();
    const passes = (millis) => until(() => Date.now() >= blockedAt + millis, 'time passes');
    // What came before is decoded still; of no other way, as over TCP, the relay has let the two hear.
    await passes(BLOCKED_MILLIS / 2);
    const seen = carol.videoFrames;
    const passed = network.passed();
    await passes(BLOCKED_MILLIS);
    if (carol.videoFrames !== seen) {
      const through = network.passed() - passed;
      throw new Error(`carol saw ${carol.videoFrames - seen} frames though UDP was blocked, ${through} datagrams passed`);
    }
    network.unblock();
    await mediaFlows(carol, 'carol sees and hears them again');
    await carol.leave();
  },

  async duplicateIdentity() {
    const ended = next(bob.room, RoomEvent.Disconnected);
    const second = new Participant('bob again');
    await second.join(url, bobToken);
    const [reason] = await ended;
    if (reason !== DisconnectReason.DUPLICATE_IDENTITY) {
      throw new Error(`disconnected for ${reason}`);
    }
    await mediaFlows(second, 'the second bob sees alice');
    bob.timers.forEach(clearInterval);
    bob.room = second.room;
  },

  // A client that is muted mutes itself: what it did not do it cannot take back, so this is near the end.
  async mute() {
    const [sid] = [...alice.room.localParticipant.trackPublications.keys()];
    const muted = next(bob.room, RoomEvent.TrackMuted);
    await rest('POST', `/tracks/${sid}/mute`, { muted: true });
    await muted;
  },

  // What is published without the permission ends.
  async permission() {
    const gone = next(bob.room, RoomEvent.TrackUnpublished);
    await rest('PATCH', '/participants/alice', { canPublish: false });
    await gone;
    await until(() => bob.other('alice').trackPublications.size === 0, 'alice publishes nothing');
  },

  async removal() {
    const ended = next(bob.room, RoomEvent.Disconnected);
    const left = next(alice.room, RoomEvent.ParticipantDisconnected);
    await rest('DELETE', '/participants/bob');
    const [reason] = await ended;
    if (reason !== DisconnectReason.PARTICIPANT_REMOVED) {
      throw new Error(`disconnected for ${reason}`);
    }
    await left;
  },
};

const wanted = (process.env.CHECKS ?? '').split(',').filter(Boolean);
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) {
    continue;
  }
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`FAILED ${name}: ${error.stack}`);
    failed++;
    if (name === 'join') {
      break;
    }
  }
}
await Promise.allSettled([alice.leave(), bob.leave()]);
await dispose();
process.exit(failed === 0 ? 0 : 1);
