// A network between pages and the server that can be cut: HTTP, WebSockets and UDP go through ports of its own.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const HERE = '127.0.0.1';

/** Keeps the two sides of a peer connection from knowing another way to each other than the relay. */
function onlyByRelay() {
  const { setRemoteDescription, createOffer, createAnswer } = RTCPeerConnection.prototype;
  const throughRelay = async (sdp) => {
    const lines = [];
    for (const line of sdp.split('\r\n')) {
      const fields = line.split(' ');
      if (!line.startsWith('a=candidate:')) lines.push(line);
      else if (fields[2].toLowerCase() === 'udp' && fields[4] === '127.0.0.1') {
        fields[5] = await window.relayedPort(Number(fields[5]));
        lines.push(fields.join(' '));
      }
    }
    return lines.join('\r\n');
  };
  const without = ({ type, sdp }) => ({ type, sdp: sdp.replace(/a=candidate:.*\r\n/g, '') });
  Object.assign(RTCPeerConnection.prototype, {
    async setRemoteDescription(description) {
      return setRemoteDescription.call(this, {
        type: description.type,
        sdp: await throughRelay(description.sdp),
      });
    },
    async createOffer(...options) {
      return without(await createOffer.apply(this, options));
    },
    async createAnswer(...options) {
      return without(await createAnswer.apply(this, options));
    },
    async addIceCandidate() {},
  });
  Object.defineProperty(RTCPeerConnection.prototype, 'onicecandidate', { set() {}, get: () => null });
}

/** A network to the server at this address, for pages that `carry` prepares and that open `url`. */
export async function network(server) {
  const { hostname, port: serverPort } = new URL(server);
  const connections = new Set();
  const ports = new Map();
  let isCut = false;
  let lost = 0;

  const tcp = createServer((near) => {
    const far = connect(Number(serverPort), hostname);
    const connection = { near, far, wasCut: isCut };
    connections.add(connection);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        connections.delete(connection);
      });
      if (!isCut) from.pipe(to);
    }
  });
  tcp.listen(0, HERE);
  await once(tcp, 'listening');

  async function relayedPort(port) {
    if (!ports.has(port)) ports.set(port, await openPort(port));
    return ports.get(port).address().port;
  }

  async function openPort(port) {
    const backs = new Map();
    const front = createSocket('udp4');
    front.on('message', (datagram, { port: client }) => {
      if (!backs.has(client)) {
        const back = createSocket('udp4');
        back.on('message', (answer) => {
          if (isCut) lost++;
          else front.send(answer, client, HERE);
        });
        back.unref();
        backs.set(client, back);
      }
      if (isCut) lost++;
      else backs.get(client).send(datagram, port, HERE);
    });
    front.bind(0, HERE);
    front.unref();
    await once(front, 'listening');
    return front;
  }

  tcp.unref();
  return {
    url: `http://localhost:${tcp.address().port}/`,

    async carry({ context }) {
      await context.exposeFunction('relayedPort', relayedPort);
      await context.addInitScript(onlyByRelay);
    },

    /** From now on nothing gets through, and nobody is told. */
    cut() {
      isCut = true;
      for (const connection of connections) {
        connection.wasCut = true;
        connection.near.unpipe();
        connection.far.unpipe();
      }
    },

    /** The way is open again; connections of before are not, as behind a router that has forgotten them. */
    mend() {
      isCut = false;
      for (const { near, far, wasCut } of connections) {
        if (!wasCut) continue;
        near.resetAndDestroy();
        far.destroy();
      }
    },

    /** Datagrams that did not get through. */
    lost: () => lost,
  };
}
