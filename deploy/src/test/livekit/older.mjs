// A way to the server on which it looks older: without /rtc/v1, so that clients make two connections.
import http from 'node:http';
import net from 'node:net';

/** Starts it; resolves to the address for clients. */
export function withoutSingleConnection(url) {
  const { hostname, port } = new URL(url);
  const isNew = (request) => request.url.startsWith('/rtc/v1');
  const proxy = http.createServer((request, response) => {
    if (isNew(request)) {
      response.writeHead(404, { 'access-control-allow-origin': '*' }).end();
      return;
    }
    const { method, url: path, headers } = request;
    const onward = http.request({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  proxy.on('upgrade', (request, socket, head) => {
    if (isNew(request)) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const onward = net.connect(Number(port), hostname, () => {
      const headers = request.rawHeaders.map((word, i) => word + (i % 2 === 0 ? ': ' : '\r\n'));
      onward.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    onward.on('close', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.on('close', () => onward.destroy());
  });
  return new Promise((resolve) =>
    proxy.listen(0, '127.0.0.1', () => {
      proxy.unref();
      resolve(`ws://127.0.0.1:${proxy.address().port}`);
    }),
  );
}
