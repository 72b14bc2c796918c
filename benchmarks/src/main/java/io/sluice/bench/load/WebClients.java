package io.sluice.bench.load;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;

/** HTTP clients with addresses of their own: a server may limit what it takes from one. */
final class WebClients implements AutoCloseable {
    /** Half of what the server takes from one address at once. */
    private static final int SESSIONS_PER_ADDRESS = 100;

    private static final int OCTET = 256;

    private final List<HttpClient> clients = new ArrayList<>();
    private int sessions;

    /** The client for one more session. */
    synchronized HttpClient next() {
        if (sessions++ % SESSIONS_PER_ADDRESS == 0) {
            clients.add(HttpClient.newBuilder().localAddress(address(clients.size())).build());
        }
        return clients.getLast();
    }

    /** 127.0.1.1 and on, short of those of media. */
    private static InetAddress address(int number) {
        byte[] octets = {
            127, 0, (byte) (1 + number / (OCTET - 1)), (byte) (1 + number % (OCTET - 1))
        };
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }

    @Override
    public synchronized void close() {
        clients.forEach(HttpClient::close);
    }
}
