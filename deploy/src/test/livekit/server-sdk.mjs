// An application with livekit-server-sdk: it calls every method of RoomService and hears webhooks.
// Says {"receiver": port}, waits for {"url": ...}, and says {"passed": name} for each check, {"failed": ...} at the first
// that does not hold. Ada and Bob are in the room "conference", and publish; Bob is removed here.
import assert from 'node:assert/strict';
import http from 'node:http';
import readline from 'node:readline';
import { AccessToken, DataPacket_Kind, RoomServiceClient, WebhookReceiver } from 'livekit-server-sdk';

const KEY = 'devkey';
const SECRET = 'secret';
const PATIENCE_MILLIS = 40_000;

const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');

// ---- webhooks

const receiver = new WebhookReceiver(KEY, SECRET);
const events = [];
const raw = [];
const webhooks = http.createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (part) => (body += part)).on('end', async () => {
    try {
      events.push(await receiver.receive(body, request.headers.authorization));
      raw.push({ body, authorization: request.headers.authorization, type: request.headers['content-type'] });
      response.writeHead(200).end();
    } catch (refused) {
      say({ failed: `a webhook was not verified: ${refused}` });
      response.writeHead(401).end();
    }
  });
});

const heard = async (wanted) => {
  const until = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    const found = events.find(wanted);
    if (found) return found;
    assert.ok(Date.now() < until, `a webhook never came; there were ${events.map((one) => one.event)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const fails = (promise, code) => assert.rejects(promise, (error) => (assert.equal(error.code, code), true));

// ---- checks

const room = 'conference';

const checks = (url, service) => ({
  async 'create, list and delete a room'() {
    const made = await service.createRoom({ name: 'arts', emptyTimeout: 600, maxParticipants: 20, metadata: 'hall 1' });
    assert.match(made.sid, /^RM_/);
    assert.equal(made.emptyTimeout, 600);
    assert.equal(made.maxParticipants, 20);
    assert.equal((await service.createRoom({ name: 'arts' })).sid, made.sid);
    assert.deepEqual((await service.listRooms(['arts'])).map((one) => one.name), ['arts']);
    assert.ok((await service.listRooms()).length >= 2);
    await service.deleteRoom('arts');
    assert.deepEqual(await service.listRooms(['arts']), []);
    await fails(service.deleteRoom('arts'), 'not_found');
    const started = await heard((one) => one.event === 'room_started' && one.room.name === 'arts');
    assert.equal(started.room.sid, made.sid);
    assert.match(started.id, /^EV_/);
    await heard((one) => one.event === 'room_finished' && one.room.name === 'arts');
  },

  async 'change the metadata of a room'() {
    assert.equal((await service.updateRoomMetadata(room, 'hall 2')).metadata, 'hall 2');
    await fails(service.updateRoomMetadata('nowhere', 'x'), 'not_found');
  },

  async 'list and show participants'() {
    const all = await service.listParticipants(room);
    assert.deepEqual(all.map((one) => one.identity).sort(), ['ada', 'bob']);
    const ada = await service.getParticipant(room, 'ada');
    assert.match(ada.sid, /^PA_/);
    assert.equal(ada.state, 2);
    assert.equal(ada.tracks.length, 2);
    assert.equal(ada.permission.canPublish, true);
    await fails(service.getParticipant(room, 'eve'), 'not_found');
    const joined = await heard((one) => one.event === 'participant_joined' && one.participant.identity === 'ada');
    assert.equal(joined.participant.sid, ada.sid);
    assert.equal(joined.room.name, room);
    const published = await heard((one) => one.event === 'track_published' && one.participant.identity === 'ada');
    assert.ok(ada.tracks.some((track) => track.sid === published.track.sid));
  },

  async 'mute a track'() {
    const [track] = (await service.getParticipant(room, 'ada')).tracks;
    assert.equal((await service.mutePublishedTrack(room, 'ada', track.sid, true)).muted, true);
    assert.equal((await service.mutePublishedTrack(room, 'ada', track.sid, false)).muted, false);
    await fails(service.mutePublishedTrack(room, 'bob', track.sid, true), 'not_found');
  },

  async 'decide what a participant is sent'() {
    const tracks = (await service.getParticipant(room, 'ada')).tracks.map((track) => track.sid);
    await service.updateSubscriptions(room, 'bob', tracks, false);
    await service.updateSubscriptions(room, 'bob', tracks, true);
    await fails(service.updateSubscriptions(room, 'bob', ['TR_nothing'], true), 'not_found');
  },

  async 'change a participant'() {
    const changed = await service.updateParticipant(room, 'ada', {
      name: 'Ada L.',
      metadata: 'countess',
      attributes: { hand: 'up' },
    });
    assert.equal(changed.name, 'Ada L.');
    assert.equal(changed.metadata, 'countess');
    assert.deepEqual(changed.attributes, { hand: 'up' });
    assert.equal(changed.tracks.length, 2);
    const silent = await service.updateParticipant(room, 'ada', {
      permission: { canSubscribe: true, canPublish: false, canPublishData: true },
    });
    assert.equal(silent.permission.canPublish, false);
    assert.equal(silent.tracks.length, 0);
    assert.equal(silent.name, 'Ada L.');
    await heard((one) => one.event === 'track_unpublished' && one.participant.identity === 'ada');
  },

  async 'send data'() {
    const data = new TextEncoder().encode('hello');
    await service.sendData(room, data, DataPacket_Kind.RELIABLE, { topic: 'chat' });
    await service.sendData(room, data, DataPacket_Kind.LOSSY, { destinationIdentities: ['ada', 'nobody'] });
    await fails(service.sendData('nowhere', data, DataPacket_Kind.RELIABLE, {}), 'not_found');
  },

  async 'remove a participant'() {
    await service.removeParticipant(room, 'bob');
    assert.deepEqual((await service.listParticipants(room)).map((one) => one.identity), ['ada']);
    const left = await heard((one) => one.event === 'participant_left' && one.participant.identity === 'bob');
    // PARTICIPANT_REMOVED
    assert.equal(left.participant.disconnectReason, 4);
    await fails(service.removeParticipant(room, 'bob'), 'not_found');
  },

  async 'say what is not there'() {
    await fails(service.forwardParticipant(room, 'ada', 'elsewhere'), 'not_found');
    // Ada's protocol has no word for it.
    await service.createRoom({ name: 'elsewhere' });
    await fails(service.moveParticipant(room, 'ada', 'elsewhere'), 'failed_precondition');
    await fails(service.moveParticipant(room, 'ada', 'nowhere'), 'not_found');
    await service.deleteRoom('elsewhere');
  },

  async 'refuse other tokens'() {
    await fails(new RoomServiceClient(url, KEY, 'another secret').listRooms(), 'unauthenticated');
    await fails(new RoomServiceClient(url, 'nokey', SECRET).listRooms(), 'unauthenticated');
    const token = new AccessToken(KEY, SECRET, { identity: 'eve', name: 'Eve', attributes: { a: 'b' } });
    token.addGrant({ room, roomJoin: true });
    const response = await fetch(new URL('/twirp/livekit.RoomService/ListRooms', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${await token.toJwt()}`, 'content-type': 'application/json' },
      body: '{}',
    });
    assert.equal(response.status, 403);
    assert.equal((await response.json()).code, 'permission_denied');
  },

  async 'tell of events in order, and refuse a changed one'() {
    await service.deleteRoom(room);
    await heard((one) => one.event === 'room_finished' && one.room.name === room);
    const ours = events.filter((one) => one.room.name === room);
    const types = ours.map((one) => one.event);
    assert.equal(types[0], 'room_started');
    assert.equal(types.at(-1), 'room_finished');
    assert.ok(types.indexOf('participant_joined') < types.indexOf('track_published'));
    assert.ok(types.indexOf('track_published') < types.indexOf('track_unpublished'));
    assert.equal(new Set(ours.map((one) => one.id)).size, ours.length);
    for (const { body, authorization, type } of raw) {
      assert.equal(type, 'application/webhook+json');
      await assert.rejects(receiver.receive(body.replace('"room', '"Room'), authorization));
    }
    await assert.rejects(new WebhookReceiver(KEY, 'another').receive(raw[0].body, raw[0].authorization));
  },
});

webhooks.listen(0, '127.0.0.1', () => say({ receiver: webhooks.address().port }));
const { url } = JSON.parse((await readline.createInterface(process.stdin)[Symbol.asyncIterator]().next()).value);
for (const [name, check] of Object.entries(checks(url, new RoomServiceClient(url, KEY, SECRET)))) {
  try {
    await check();
    say({ passed: name });
  } catch (failure) {
    say({ failed: name, why: String(failure?.stack ?? failure) });
    process.exit(1);
  }
}
say({ done: true });
process.exit(0);
