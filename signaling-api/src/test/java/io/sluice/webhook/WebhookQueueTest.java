package io.sluice.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.webhook.Attempt.Result;
import io.sluice.webhook.WebhookQueue.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is due when; a day passes in no time. */
final class WebhookQueueTest {
    private static final String URL = "http://a.example/hook";
    private static final String OTHER_URL = "http://b.example/hook";
    private static final long DAY_MILLIS = TimeUnit.HOURS.toMillis(24);
    private static final long SEED = 8;

    private final WebhookQueue queue = new WebhookQueue(2, DAY_MILLIS, new Random(SEED));

    private Item add(long id, String url, String room) {
        Item item = new Item(id, url, room, 0, 0);
        queue.add(item, 0);
        return item;
    }

    private List<Long> due(long nowMillis) {
        return queue.poll(nowMillis).stream().map(Item::id).toList();
    }

    @Test
    void shouldTellWhatHappensInOneRoomOneByOne() {
        Item first = add(1, URL, "maths");
        Item second = add(2, URL, "maths");
        assertThat(due(0)).containsExactly(1L);
        assertThat(due(0)).isEmpty();
        queue.onArrived(first);
        assertThat(due(0)).containsExactly(2L);
        queue.onArrived(second);
        assertThat(queue.size()).isZero();
        assertThat(queue.isBusy()).isFalse();
        assertThat(queue.nextTimeoutMillis()).isEqualTo(WebhookQueue.NEVER);
    }

    @Test
    void shouldKeepTheOrderOfARoomWhileAnEventIsTriedAgainAndLetOthersPass() {
        Item first = add(1, URL, "maths");
        add(2, URL, "maths");
        Item other = add(3, URL, "physics");
        assertThat(due(0)).containsExactly(1L, 3L);
        long again = queue.onFailed(first, Result.FAILED, 0);
        queue.onArrived(other);
        assertThat(again).isBetween(800L, 1_200L);
        add(4, URL, "physics");
        assertThat(due(1)).containsExactly(4L);
        assertThat(due(again - 1)).isEmpty();
        assertThat(queue.nextTimeoutMillis()).isEqualTo(again);
        assertThat(queue.poll(again)).containsExactly(first.tried());
    }

    @Test
    void shouldNotLetOneReceiverWaitForAnother() {
        add(1, URL, "maths");
        add(2, URL, "physics");
        add(3, URL, "arts");
        add(4, OTHER_URL, "maths");
        assertThat(due(0)).containsExactly(1L, 2L, 4L);
        assertThat(queue.nextTimeoutMillis()).isEqualTo(WebhookQueue.NEVER);
    }

    @Test
    void shouldTryForADayWithLongerAndLongerPausesAndThenGiveUp() {
        Item item = add(1, URL, "maths");
        Item next = add(2, URL, "maths");
        List<Long> pauses = new ArrayList<>();
        long nowMillis = 0;
        while (true) {
            assertThat(queue.poll(nowMillis)).containsExactly(item);
            long again = queue.onFailed(item, Result.FAILED, nowMillis);
            if (again == WebhookQueue.NEVER) {
                break;
            }
            pauses.add(again - nowMillis);
            nowMillis = again;
            item = item.tried();
        }
        assertThat(nowMillis).isBetween(DAY_MILLIS - 2 * WebhookQueue.MAX_PAUSE_MILLIS, DAY_MILLIS);
        for (int i = 0; i < pauses.size(); i++) {
            double wanted =
                    Math.min(
                            WebhookQueue.FIRST_PAUSE_MILLIS * Math.pow(2, i),
                            WebhookQueue.MAX_PAUSE_MILLIS);
            assertThat(pauses.get(i)).isBetween((long) (wanted * 0.8), (long) (wanted * 1.2) + 1);
        }
        assertThat(pauses).hasSizeBetween(120, 200);

        // Each is tried at least once, however old it is by then.
        assertThat(queue.poll(nowMillis)).containsExactly(next);
        assertThat(queue.oldestMillis()).isZero();
        queue.onArrived(next);
        assertThat(queue.oldestMillis()).isEqualTo(WebhookQueue.NEVER);
    }

    /** Fails an event until it is given up; returns how long that took. */
    private long giveUp(Item item, Result result, boolean othersArrive) {
        Item tried = item;
        long nowMillis = 0;
        for (int attempts = 1; ; attempts++) {
            assertThat(queue.poll(nowMillis)).containsExactly(tried);
            if (othersArrive) {
                Item other = new Item(1_000 + attempts, URL, "physics", 0, 0);
                queue.add(other, nowMillis);
                assertThat(queue.poll(nowMillis)).containsExactly(other);
                queue.onArrived(other);
            }
            long again = queue.onFailed(tried, result, nowMillis);
            if (again == WebhookQueue.NEVER) {
                return nowMillis;
            }
            nowMillis = again;
            tried = tried.tried();
        }
    }

    @Test
    void shouldGiveUpWithinMinutesWhatTheReceiverRefuses() {
        Item poison = add(1, URL, "maths");
        Item next = add(2, URL, "maths");
        assertThat(giveUp(poison, Result.REFUSED, false)).isBetween(300_000L, 700_000L);
        assertThat(queue.poll(0)).containsExactly(next);
        // It begins anew with its own attempts.
        assertThat(queue.onFailed(next, Result.REFUSED, 0)).isLessThan(2_000);
    }

    @Test
    void shouldGiveUpWithinMinutesWhatFailsWhileEventsOfOtherRoomsArrive() {
        Item poison = add(1, URL, "maths");
        assertThat(giveUp(poison, Result.FAILED, true)).isBetween(300_000L, 700_000L);
    }

    @Test
    void shouldGoOnForADayWhereTheReceiverIsAway() {
        Item item = add(1, URL, "maths");
        assertThat(giveUp(item, Result.AWAY, true)).isGreaterThan(DAY_MILLIS / 2);
    }

    @Test
    void shouldTellARefusalFromAReceiverThatIsAway() {
        assertThat(Attempt.answered(204)).isEqualTo(Attempt.ARRIVED);
        for (int status : new int[] {408, 425, 429, 503}) {
            assertThat(Attempt.answered(status).result()).isEqualTo(Result.AWAY);
        }
        for (int status : new int[] {302, 401, 403, 404, 500, 502}) {
            assertThat(Attempt.answered(status).result()).isEqualTo(Result.FAILED);
        }
        for (int status : new int[] {400, 410, 413, 422}) {
            assertThat(Attempt.answered(status).result()).isEqualTo(Result.REFUSED);
        }
    }

    @Test
    void shouldForgetRoomsThatHaveNothingToTell() {
        for (int i = 0; i < 1_000; i++) {
            Item item = add(i, URL, "room " + i);
            assertThat(queue.poll(0)).containsExactly(item);
            queue.onArrived(item);
        }
        assertThat(queue.size()).isZero();
        assertThat(queue.nextTimeoutMillis()).isEqualTo(WebhookQueue.NEVER);
    }
}
