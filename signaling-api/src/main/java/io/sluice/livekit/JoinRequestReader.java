package io.sluice.livekit;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.WrappedJoinRequest;

/** Reads the query parameter {@code join_request}. Immutable; used from any thread. */
final class JoinRequestReader {
    private final int maxBytes;

    /**
     * @param maxBytes of a request that is not compressed
     */
    JoinRequestReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Base64 for addresses (RFC 4648 5), with or without its padding, of a wrapped request. */
    JoinRequest read(String parameter) throws BadJoinRequest {
        byte[] wrapped;
        try {
            wrapped = Base64.getUrlDecoder().decode(parameter);
        } catch (IllegalArgumentException malformed) {
            throw new BadJoinRequest("join_request is not base64url");
        }
        try {
            WrappedJoinRequest outer = WrappedJoinRequest.parseFrom(wrapped);
            byte[] plain =
                    switch (outer.getCompression()) {
                        case NONE -> outer.getJoinRequest().toByteArray();
                        case GZIP -> unzip(outer.getJoinRequest().toByteArray());
                        case UNRECOGNIZED ->
                                throw new BadJoinRequest(
                                        "join_request is compressed in an unknown way");
                    };
            return JoinRequest.parseFrom(plain);
        } catch (InvalidProtocolBufferException malformed) {
            throw new BadJoinRequest("join_request is no WrappedJoinRequest of a JoinRequest");
        }
    }

    /** A small compressed request may be a huge one: no more is unpacked than may be. */
    private byte[] unzip(byte[] zipped) throws BadJoinRequest {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            byte[] plain = in.readNBytes(maxBytes + 1);
            if (plain.length > maxBytes) {
                throw new BadJoinRequest("join_request is larger than " + maxBytes + " bytes");
            }
            return plain;
        } catch (IOException malformed) {
            throw new BadJoinRequest("join_request is not gzip");
        }
    }
}
