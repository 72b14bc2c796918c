package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.loop.DataDrop;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataChannel;
import io.sluice.sctp.DataMessage;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a participant sends and is sent by its channels. */
final class MailboxTest extends MailboxFixture {
    /** Messages are their numbers. */
    private static final MessageForm NUMBER =
            new MessageForm() {
                @Override
                public RoomMessage read(
                        ParticipantInfo sender, ChannelOptions channel, DataMessage written) {
                    long number = Long.parseLong(text(written));
                    return new RoomMessage(
                            sender, channel, written, List.of(), null, false, number);
                }

                @Override
                public DataMessage write(RoomMessage message) {
                    return message.content();
                }
            };

    private static final DataDialect NUMBERED =
            new DataDialect() {
                @Override
                public MessageForm form(ChannelOptions channel) {
                    return NUMBER;
                }

                @Override
                public ChannelOptions channel(RoomMessage message) {
                    return message.channel();
                }
            };

    @Test
    void shouldPublishWhatTheParticipantSends() {
        connect();
        DataChannel chat = open(ChannelOptions.reliable("chat"));
        run(() -> client.path().send(chat, message("hello"), loop.nowNanos()));
        await().until(() -> on(() -> published.size() == 1));
        RoomMessage heard = published.getFirst();
        assertThat(heard.sender()).isEqualTo(ADA);
        assertThat(heard.channel().label()).isEqualTo("chat");
        assertThat(text(heard.content())).isEqualTo("hello");
        assertThat(heard.to()).isEmpty();
    }

    @Test
    void shouldRefuseOnceAndDropWhatMayNotBePublished() {
        mailbox = mailbox(false);
        connect();
        DataChannel chat = open(ChannelOptions.reliable("chat"));
        run(() -> {
            client.path().send(chat, message("hello"), loop.nowNanos());
            client.path().send(chat, message("again"), loop.nowNanos());
        });
        await().until(() -> loop.data().of(DataDrop.NOT_PERMITTED) == 2);
        assertThat(on(() -> said)).containsExactly("refused chat NOT_PERMITTED");
        assertThat(on(() -> published)).isEmpty();
    }

    @Test
    void shouldTakeNumberedMessagesOnce() {
        mailbox = new Mailbox(loop, ADA, NUMBERED, true, this);
        connect();
        DataChannel chat = open(ChannelOptions.reliable("chat"));
        DataChannel lossy = open(unreliable("lossy"));
        run(() -> {
            for (String number : List.of("1", "2", "1", "2", "3", "0", "0")) {
                client.path().send(chat, message(number), loop.nowNanos());
            }
        });
        await().until(() -> on(() -> published.size() == 5));
        run(() -> client.path().send(lossy, message("1"), loop.nowNanos()));
        await().until(() -> on(() -> published.size() == 6));
        assertThat(on(() -> published))
                .extracting(message -> text(message.content()))
                .containsExactly("1", "2", "3", "0", "0", "1");
        assertThat(loop.data().of(DataDrop.REPEATED)).isEqualTo(2);
        assertThat(mailbox.lastSequence()).isEqualTo(3);
    }

    @Test
    void shouldUseTheChannelThatTheParticipantHas() {
        connect();
        DataChannel chat = open(unreliable("chat"));
        run(() -> client.path().send(chat, message("here"), loop.nowNanos()));
        await().until(() -> on(() -> published.size() == 1));
        deliver(ChannelOptions.reliable("chat"), message("to you"));
        await().until(() -> on(() -> client.messages.size() == 1));
        assertThat(on(() -> client.offered)).isEmpty();
    }

    @Test
    void shouldOpenAChannelLikeTheSendersWhereThereIsNone() {
        connect();
        deliver(unreliable("moves"), message("e4"));
        deliver(unreliable("moves"), message("e5"));
        await().until(() -> on(() -> client.messages.size() == 2));
        assertThat(on(() -> client.offered))
                .extracting(DataChannel::options)
                .containsExactly(unreliable("moves"));
    }

    @Test
    void shouldNotOpenALabelAgainThatTheParticipantHasClosed() {
        connect();
        deliver(ChannelOptions.reliable("noise"), message("one"));
        await().until(() -> on(() -> client.messages.size() == 1));
        run(() -> {
            client.offered.getFirst().close();
            client.path().wake();
        });
        await().until(() -> on(() -> client.closed.size() == 1));
        deliver(ChannelOptions.reliable("noise"), message("two"));
        assertThat(loop.data().of(DataDrop.NO_CHANNEL)).isEqualTo(1);

        DataChannel again = open(ChannelOptions.reliable("noise"));
        run(() -> client.path().send(again, message("wanted"), loop.nowNanos()));
        await().until(() -> on(() -> published.size() == 1));
        deliver(ChannelOptions.reliable("noise"), message("three"));
        await().until(() -> on(() -> client.messages.size() == 2));
    }

    @Test
    void shouldBoundTheChannelsThatItOpensForOneSender() {
        connect();
        run(() -> {
            for (int i = 0; i < Mailbox.MAX_OPENED_FOR_ONE + 5; i++) {
                deliverFrom(BOB, "label " + i);
            }
        });
        assertThat(loop.data().of(DataDrop.NO_CHANNEL)).isEqualTo(5);
        await().until(() -> on(() -> client.messages.size() == Mailbox.MAX_OPENED_FOR_ONE));
        run(() -> deliverFrom(info("cyd"), "of somebody else"));
        await().until(() -> on(() -> client.messages.size() == Mailbox.MAX_OPENED_FOR_ONE + 1));
    }

    @Test
    void shouldCloseTheLongestUnusedChannelForAnotherSenders() {
        connect();
        run(() -> {
            for (int i = 0; i < Mailbox.MAX_OPENED; i++) {
                deliverFrom(info("sender " + i % 2), "label " + i);
            }
            deliverFrom(BOB, "label 0");
            deliverFrom(BOB, "one more");
        });
        await().until(() -> on(() -> client.closed.size() == 1));
        assertThat(on(() -> client.closed.getFirst().options().label())).isEqualTo("label 1");
        assertThat(on(() -> client.messages)).hasSize(Mailbox.MAX_OPENED + 2);
        assertThat(loop.data().of(DataDrop.NO_CHANNEL)).isZero();

        run(() -> deliverFrom(BOB, "label 1"));
        await().until(() -> on(() -> client.messages.size() == Mailbox.MAX_OPENED + 3));
    }

    @Test
    void shouldCarryMessagesOnAChannelThatNobodyAnnounced() {
        connect();
        ChannelOptions options = ChannelOptions.reliable("agreed");
        DataChannel theirs = on(() -> Objects.requireNonNull(client.path().know(6, options)));
        assertThat(on(() -> mailbox.know(6, options))).isTrue();
        assertThat(on(() -> mailbox.know(6, options))).isFalse();
        run(() -> client.path().send(theirs, message("hello"), loop.nowNanos()));
        await().until(() -> on(() -> published.size() == 1));
        assertThat(published.getFirst().channel().label()).isEqualTo("agreed");

        run(() -> deliverFrom(BOB, "agreed"));
        await().until(() -> on(() -> client.messages.size() == 1));
        assertThat(on(() -> client.offered)).isEmpty();
    }

    @Test
    void shouldKnowNoChannelWithoutAnAssociation() {
        assertThat(on(() -> mailbox.know(6, ChannelOptions.reliable("x")))).isFalse();
    }

    @Test
    void shouldWriteAMessageOnceForAllReceivers() {
        int[] written = new int[1];
        MessageForm form =
                new MessageForm() {
                    @Override
                    public @Nullable RoomMessage read(
                            ParticipantInfo sender, ChannelOptions channel, DataMessage bytes) {
                        return null;
                    }

                    @Override
                    public DataMessage write(RoomMessage message) {
                        written[0]++;
                        return message.content();
                    }
                };
        Posting posting =
                new Posting(
                        new RoomMessage(BOB, ChannelOptions.reliable("x"), message("y"), List.of()),
                        LIMIT_BYTES);
        assertThat(posting.in(form)).isSameAs(posting.in(form));
        assertThat(written[0]).isEqualTo(1);
    }
}
