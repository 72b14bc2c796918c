package io.sluice.server.hostile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A TCP connection to the web server, on which a test says what it likes. Owned by the test's thread. */
public final class TcpStranger implements AutoCloseable {
    public static final int TEXT = 0x01;
    public static final int PING = 0x09;
    public static final int WHOLE = 0x80;

    private static final int MASKED = 0x80;
    private static final int TWO_BYTES_LENGTH = 126;
    private static final int EIGHT_BYTES_LENGTH = 127;
    private static final int PATIENCE_MILLIS = 15_000;

    private final Socket socket;

    public TcpStranger(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes what is ASCII; false if the server listens no more. */
    public boolean write(String ascii) {
        return write(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    public boolean write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException ended) {
            return false;
        }
    }

    /** Asks for a WebSocket. */
    public TcpStranger upgrade(String path) {
        write(
                "GET "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n\r\n");
        return this;
    }

    /** The head of a frame, masked with zeros, that says to be so long. */
    public static byte[] frameHead(int first, long lengthBytes) {
        ByteBuffer head = ByteBuffer.allocate(14).put((byte) first);
        if (lengthBytes < TWO_BYTES_LENGTH) {
            head.put((byte) (MASKED | lengthBytes));
        } else if (lengthBytes <= 0xffff) {
            head.put((byte) (MASKED | TWO_BYTES_LENGTH)).putShort((short) lengthBytes);
        } else {
            head.put((byte) (MASKED | EIGHT_BYTES_LENGTH)).putLong(lengthBytes);
        }
        return Arrays.copyOf(head.array(), head.position() + Integer.BYTES);
    }

    /** A frame as it should be. */
    public boolean frame(int first, byte[] payload) {
        return write(frameHead(first, payload.length)) && write(payload);
    }

    /** The status of an answer, whose head is read; 0 if the connection ends before. */
    public int status() {
        StringBuilder head = new StringBuilder();
        try {
            InputStream in = socket.getInputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                head.append((char) next);
                if (head.indexOf("\r\n\r\n") >= 0) {
                    return Integer.parseInt(head.substring(9, 12));
                }
            }
        } catch (IOException reset) {
            return 0;
        }
        return 0;
    }

    /** Whether the server ends it, by a reset or after more words. */
    public boolean ends() {
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8_192];
            while (in.read(buffer) >= 0) {
                // What it says is of no interest.
            }
            return true;
        } catch (SocketTimeoutException patient) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
