// A network to the server on which UDP can be blocked: signaling passes, and names no other way than the relay's ports.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';

const HERE = '127.0.0.1';
const HEAD_END = '\r\n\r\n';
const CANDIDATE = /candidate:(\S+ \d+ )(\w+)( \d+ )(\S+) (\d+)( typ)/g;

/** The first WebSocket frame (RFC 6455 5.2) of what came so far, its payload unmasked in place; null if it is not whole. */
function frame(bytes) {
  if (bytes.length < 2) return null;
  const masked = (bytes[1] & 0x80) !== 0;
  let length = bytes[1] & 0x7f;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return null;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return null;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  const begin = at + (masked ? 4 : 0);
  if (bytes.length < begin + length) return null;
  const key = masked ? bytes.subarray(at, begin) : null;
  const opcode = bytes[0] & 0x0f;
  return { opcode, key, payload: bytes.subarray(begin, begin + length), end: begin + length };
}

function mask(payload, key) {
  for (let i = 0; key && i < payload.length; i++) payload[i] ^= key[i % 4];
}

/** Passes frames on as they become whole, each changed by `change(text, opcode)`, which keeps its length. */
export function passFrames(to, change) {
  let kept = Buffer.alloc(0);
  return (bytes) => {
    kept = Buffer.concat([kept, bytes]);
    for (let found = frame(kept); found; found = frame(kept)) {
      mask(found.payload, found.key);
      const changed = Buffer.from(change(found.payload.toString('latin1'), found.opcode), 'latin1');
      if (changed.length !== found.payload.length) throw new Error('a frame has another length');
      changed.copy(found.payload);
      mask(found.payload, found.key);
      to.write(kept.subarray(0, found.end));
      kept = kept.subarray(found.end);
    }
  };
}

/** Passes the head of an HTTP message on, then `then` gets what follows. */
export function passHead(to, change, then) {
  let head = '';
  let over = false;
  return (bytes) => {
    if (over) return then(bytes);
    head += bytes.toString('latin1');
    const end = head.indexOf(HEAD_END);
    if (end < 0) return undefined;
    over = true;
    to.write(change(head.slice(0, end + HEAD_END.length)), 'latin1');
    return then(Buffer.from(head.slice(end + HEAD_END.length), 'latin1'));
  };
}

const LENGTH_DELIMITED = 2;

/** The varint (protobuf's) that begins at `at`, and where it ends. */
function varint(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at };
  }
}

function encodedVarint(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Buffer.from([...bytes, value]);
}

/**
 * A join request, as it stands in an address, with `change(text)` made to what it wraps: field 1 says whether that is
 * packed by gzip, field 2 is the request, with the offer of clients with one connection.
 */
export function changedJoinRequest(parameter, change) {
  const wrapped = Buffer.from(decodeURIComponent(parameter), 'base64url');
  const parts = [];
  let isPacked = false;
  for (let at = 0; at < wrapped.length; ) {
    const tag = varint(wrapped, at);
    const number = varint(wrapped, tag.end);
    if ((tag.value & 7) !== LENGTH_DELIMITED) {
      isPacked ||= tag.value >> 3 === 1 && number.value === 1;
      parts.push(wrapped.subarray(at, number.end));
      at = number.end;
    } else {
      const end = number.end + number.value;
      const content = wrapped.subarray(number.end, end);
      const text = (isPacked ? gunzipSync(content) : content).toString('latin1');
      const changed = Buffer.from(change(text), 'latin1');
      const packed = isPacked ? gzipSync(changed) : changed;
      parts.push(wrapped.subarray(at, tag.end), encodedVarint(packed.length), packed);
      at = end;
    }
  }
  return Buffer.concat(parts).toString('base64url');
}

/** Opens it, before the server at this address. */
export async function relay(server) {
  const { hostname, port: serverPort } = new URL(server);
  const fronts = new Map();
  let blocked = false;
  let passed = 0;

  function openPort(port) {
    const backs = new Map();
    const front = createSocket('udp4');
    const pass = (send) => {
      if (!blocked) {
        passed++;
        send();
      }
    };
    front.on('message', (datagram, { port: clientPort, address }) => {
      const client = `${address}:${clientPort}`;
      if (!backs.has(client)) {
        const back = createSocket('udp4').unref();
        back.on('message', (answer) => pass(() => front.send(answer, clientPort, address)));
        backs.set(client, back);
      }
      pass(() => backs.get(client).send(datagram, port, HERE));
    });
    front.unref().bind(0, HERE);
    return front;
  }

  // What stays as long as it was needs no other frame: ports that the system chooses have five digits.
  function serverSays(text) {
    return text.replace(CANDIDATE, (line, before, transport, priority, address, port, after) => {
      const front = fronts.get(port);
      return transport === 'udp' && address === HERE && front
        ? `candidate:${before}${transport}${priority}${address} ${front.address().port}${after}`
        : line.replace('candidate:', 'candidatx:');
    });
  }

  const clientSays = (text) => text.replaceAll('candidate:', 'candidatx:');
  const asHost = (head) =>
    head
      .replace(/^host: .*$/im, `host: ${hostname}:${serverPort}`)
      .replace(
        /(join_request=)([^& ]+)/,
        (_, name, request) => name + changedJoinRequest(request, clientSays),
      );

  const tcp = net.createServer((near) => {
    const far = net.connect(Number(serverPort), hostname);
    near.on('data', passHead(far, asHost, passFrames(far, clientSays)));
    far.on('data', passHead(near, (head) => head, passFrames(near, serverSays)));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  tcp.unref().listen(0, HERE);
  await once(tcp, 'listening');
  return {
    url: `ws://${HERE}:${tcp.address().port}`,

    /** Opens a port for each of the server's. */
    async carry(ports) {
      for (const port of ports) {
        const front = openPort(Number(port));
        await once(front, 'listening');
        fronts.set(port, front);
      }
    },

    /** From now on every datagram vanishes. */
    block() {
      blocked = true;
    },

    unblock() {
      blocked = false;
    },

    /** Datagrams that got through. */
    passed: () => passed,
  };
}
