// A way to a server on which all signaling can be read: node tap.mjs SERVER. Says the port to come in by, and then line by
// line what passes, under the identity of whoever's token it is: "ada GET PATH" without the token, "ada > BASE64" and
// "ada < BASE64" of each binary message, "ada end".
import { once } from 'node:events';
import net from 'node:net';
import { passFrames, passHead } from './relay.mjs';

const HERE = '127.0.0.1';
const BINARY = 2;

const { hostname, port } = new URL(process.argv[2]);

// What says that a client's connection is over; it may have another one before the first is closed.
const over = new Map();

const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

const tcp = net.createServer((near) => {
  const far = net.connect(Number(port), hostname);
  let who = null;
  const say = (what) => who && console.log(`${who} ${what}`);
  const end = () => {
    say('end');
    who = null;
  };

  function onRequest(head) {
    const [, address] = /^GET (\S+)/.exec(head) ?? [];
    if (!address || !/^upgrade: websocket/im.test(head)) return head;
    const { pathname, searchParams } = new URL(address, process.argv[2]);
    const token = searchParams.get('access_token') ?? /^authorization: Bearer (\S+)/im.exec(head)[1];
    searchParams.delete('access_token');
    const identity = claims(token).sub;
    over.get(identity)?.();
    over.set(identity, end);
    who = identity;
    say(`GET ${pathname}?${searchParams}`);
    return head;
  }

  const read = (direction) => (text, opcode) => {
    if (opcode === BINARY) say(`${direction} ${Buffer.from(text, 'latin1').toString('base64')}`);
    return text;
  };
  near.on('data', passHead(far, onRequest, passFrames(far, read('>'))));
  far.on('data', passHead(near, (head) => head, passFrames(near, read('<'))));
  near.on('close', end);
  for (const [from, to] of [
    [near, far],
    [far, near],
  ]) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
});
tcp.listen(0, HERE);
await once(tcp, 'listening');
console.log(tcp.address().port);
