package io.sluice.sctp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One side of a {@link SimulatedPath}, which remembers all that it is told. */
final class Side implements SctpListener {
    final SctpCounters counters = new SctpCounters();
    final SctpAssociation association;
    final List<DataChannel> opened = new ArrayList<>();
    final List<DataChannel> acknowledged = new ArrayList<>();
    final List<DataChannel> closed = new ArrayList<>();
    final Map<String, List<DataMessage>> received = new HashMap<>();
    int connected;
    int restarted;
    @Nullable SctpEnd end;

    Side(SctpConfig config, boolean evenIds, long seed) {
        association =
                new SctpAssociation(
                        config,
                        new RemoteSctp(RemoteSctp.DEFAULT_PORT, 262_144),
                        evenIds,
                        new Random(seed),
                        counters,
                        this);
    }

    DataChannel open(ChannelOptions options, long nowNanos) {
        return Objects.requireNonNull(association.open(options, nowNanos));
    }

    List<DataMessage> received(String label) {
        return received.getOrDefault(label, List.of());
    }

    DataChannel opened(String label) {
        return opened.stream()
                .filter(channel -> channel.options().label().equals(label))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void onSctpConnected() {
        connected++;
    }

    @Override
    public void onChannel(DataChannel channel) {
        opened.add(channel);
    }

    @Override
    public void onChannelOpen(DataChannel channel) {
        acknowledged.add(channel);
    }

    @Override
    public void onMessage(DataChannel channel, DataMessage message) {
        received.computeIfAbsent(channel.options().label(), _ -> new ArrayList<>()).add(message);
    }

    @Override
    public void onChannelClosed(DataChannel channel) {
        closed.add(channel);
    }

    @Override
    public void onSctpRestarted() {
        restarted++;
    }

    @Override
    public void onSctpEnded(SctpEnd reason) {
        end = reason;
    }
}
