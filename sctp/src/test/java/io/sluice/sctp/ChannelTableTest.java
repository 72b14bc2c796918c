package io.sluice.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Channels by id, and places that come and go with them. */
final class ChannelTableTest {
    private final ChannelTable table = new ChannelTable();
    private final SctpAssociation association =
            new Side(SctpConfig.defaults(), true, 1).association;

    private DataChannel add(int id) {
        DataChannel channel =
                new DataChannel(
                        association, id, ChannelOptions.reliable("c" + id), DataChannel.State.OPEN);
        table.add(channel);
        return channel;
    }

    @Test
    void findsWhatIsThereAndNothingElse() {
        DataChannel first = add(0);
        DataChannel middle = add(30_000);
        DataChannel beside = add(30_001);
        DataChannel last = add(ChannelTable.MAX_IDS - 1);
        assertThat(table.all()).containsExactly(first, middle, beside, last);
        table.remove(middle);
        table.remove(middle);
        assertThat(table.size()).isEqualTo(3);
        assertThat(table.find(30_000)).isNull();
        assertThat(table.find(30_001)).isSameAs(beside);
        table.remove(beside);
        assertThat(table.all()).containsExactly(first, last);
        assertThat(table.find(30_001)).isNull();
        DataChannel again = add(30_001);
        table.remove(beside);
        assertThat(table.all()).containsExactly(first, again, last);
    }

    @Test
    void walksOverTheChannelsAndNotOverAllIds() {
        int[] ids = new Random(1).ints(0, ChannelTable.MAX_IDS).distinct().limit(2_000).toArray();
        for (int id : ids) {
            add(id);
        }
        assertThat(table.all()).hasSize(ids.length).isSortedAccordingTo((a, b) -> a.id() - b.id());
        table.all().forEach(table::remove);
        assertThat(table.size()).isZero();
        assertThat(table.all()).isEmpty();
    }
}
