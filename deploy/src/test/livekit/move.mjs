// Clients of LiveKit that an application calls, shows in another room, and sends there:
// move.mjs URL TOKEN_HERE TOKEN_THERE. Says "ok" when all of it has been seen.
import { dispose, RoomEvent } from '@livekit/rtc-node';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { next, Participant, until, within } from './client.mjs';

const [url, here, there] = process.argv.slice(2);
const service = new RoomServiceClient(url, 'devkey', 'secret');
const ada = new Participant('ada');
const bob = new Participant('bob');
await ada.join(url.replace('http', 'ws'), here);
await bob.join(url.replace('http', 'ws'), there);
await within(ada.publishVideo(), 'ada publishes');

// The SDK has no method for it yet.
async function call(room, destinationIdentity, method, payload) {
  const token = new AccessToken('devkey', 'secret');
  token.addGrant({ roomAdmin: true, room });
  const response = await fetch(`${url}/twirp/livekit.RoomService/PerformRpc`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token.toJwt()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ room, destinationIdentity, method, payload }),
  });
  return { status: response.status, ...(await response.json()) };
}
bob.room.localParticipant.registerRpcMethod('double', async ({ payload }) => payload + payload);
const answer = await call('there', 'bob', 'double', 'ab');
if (answer.status !== 200 || answer.payload !== 'abab') {
  throw new Error(JSON.stringify(answer));
}
const unknown = await call('there', 'bob', 'triple', 'ab');
if (unknown.status !== 412 || !unknown.msg.includes('1400')) {
  throw new Error(JSON.stringify(unknown));
}

await service.forwardParticipant('here', 'ada', 'there');
await until(() => bob.videoFrames > 10, 'bob sees ada, who is not there', 30_000);
const gone = next(bob.room, RoomEvent.ParticipantDisconnected, () => true, 30_000);
await service.removeParticipant('there', 'ada');
await gone;

const frames = bob.videoFrames;
await service.moveParticipant('here', 'ada', 'there');
await until(() => bob.videoFrames > frames + 10, 'bob sees ada', 30_000);
const identities = (await service.listParticipants('there')).map((one) => one.identity);
if (!identities.includes('ada')) {
  throw new Error(`there are ${identities}`);
}
await Promise.allSettled([ada.leave(), bob.leave()]);
await dispose();
console.log('ok');
process.exit(0);
