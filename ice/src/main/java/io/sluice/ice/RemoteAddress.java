package io.sluice.ice;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * IP addresses as two longs: the halves of an IPv6 address, big-endian, IPv4 as {@code
 * ::ffff:a.b.c.d} (RFC 4291 2.5.5.2).
 */
final class RemoteAddress {
    private static final long MAPPED_PREFIX = 0xffffL << 32;

    private RemoteAddress() {}

    static long high(InetAddress address) {
        return address instanceof Inet4Address
                ? 0
                : ByteBuffer.wrap(address.getAddress()).getLong(0);
    }

    static long low(InetAddress address) {
        return address instanceof Inet4Address
                ? mapped(ByteBuffer.wrap(address.getAddress()).getInt(0))
                : ByteBuffer.wrap(address.getAddress()).getLong(Long.BYTES);
    }

    /** The lower half of an IPv4 address given in network order. */
    static long mapped(int ipv4) {
        return MAPPED_PREFIX | Integer.toUnsignedLong(ipv4);
    }

    static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    static InetAddress inetAddress(long high, long low) {
        byte[] bytes =
                isIpv4(high, low)
                        ? ByteBuffer.allocate(Integer.BYTES).putInt((int) low).array()
                        : ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are always an address", e);
        }
    }
}
