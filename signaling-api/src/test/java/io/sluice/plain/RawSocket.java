package io.sluice.plain;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A TCP connection on which a test writes what no WebSocket library would. Owned by the test's thread. */
final class RawSocket implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int LONG_LENGTH = 127;
    private static final int MEDIUM_LENGTH = 126;
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;

    RawSocket(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(socket.getInputStream());
    }

    /** One whose WebSocket is open. */
    static RawSocket upgraded(int port, String path) throws IOException {
        RawSocket raw = new RawSocket(port);
        String head = raw.request(path, "Sec-WebSocket-Version: 13");
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new AssertionError(head);
        }
        return raw;
    }

    RawSocket write(String ascii) throws IOException {
        return write(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    RawSocket write(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Asks for an upgrade, and returns the head of the answer. */
    String request(String path, String... headers) throws IOException {
        return requestOf("localhost", path, headers);
    }

    /** The same, as of a server of another name. */
    String requestOf(String host, String path, String... headers) throws IOException {
        write("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n");
        write("Upgrade: websocket\r\nConnection: Upgrade\r\n");
        write("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        for (String header : headers) {
            write(header + "\r\n");
        }
        return write("\r\n").head();
    }

    /** The head of an answer, or nothing if the connection ends before. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        int next;
        while (head.indexOf("\r\n\r\n") < 0 && (next = in.read()) >= 0) {
            head.append((char) next);
        }
        return head.toString();
    }

    /** A masked frame, whole and well-formed but for what the test puts in it. */
    RawSocket frame(int opcode, boolean fin, byte... payload) throws IOException {
        return header(opcode | (fin ? FIN : 0), payload.length).write(payload);
    }

    /** The beginning of a frame that says to be so long; masked with zeros. */
    RawSocket header(int firstByte, long lengthBytes) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(14).put((byte) firstByte);
        if (lengthBytes >= 0 && lengthBytes < MEDIUM_LENGTH) {
            header.put((byte) (MASKED | lengthBytes));
        } else if (lengthBytes >= 0 && lengthBytes <= 0xffff) {
            header.put((byte) (MASKED | MEDIUM_LENGTH)).putShort((short) lengthBytes);
        } else {
            header.put((byte) (MASKED | LONG_LENGTH)).putLong(lengthBytes);
        }
        header.putInt(0).flip();
        byte[] bytes = new byte[header.remaining()];
        header.get(bytes);
        return write(bytes);
    }

    /** Reads up to the closing, and returns its code; 0 if there was none before the connection ended. */
    int closeCode() throws IOException {
        String closing = closing();
        return closing.isEmpty() ? 0 : Integer.parseInt(closing.split(" ", 2)[0]);
    }

    /** Reads up to the closing, and returns its code and reason; nothing if there was none. */
    String closing() throws IOException {
        int first;
        while ((first = in.read()) >= 0) {
            int length = in.read();
            if (length == MEDIUM_LENGTH) {
                length = in.readUnsignedShort();
            } else if (length == LONG_LENGTH) {
                length = Math.toIntExact(in.readLong());
            }
            byte[] payload = in.readNBytes(length);
            if ((first & 0x0f) == CLOSE) {
                int code = ByteBuffer.wrap(payload).getShort() & 0xffff;
                int reasonBytes = length - Short.BYTES;
                return code
                        + " "
                        + new String(payload, Short.BYTES, reasonBytes, StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    /** Whether the server ends the connection; a reset is an end too. */
    boolean ends() {
        try {
            while (in.read() >= 0) {
                // What it still says is of no interest.
            }
            return true;
        } catch (java.net.SocketTimeoutException patient) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        if (!socket.isClosed()) {
            // A reset: no closing of TCP that the server could answer.
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
