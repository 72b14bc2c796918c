package io.sluice.server.browser;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How a browser is started.
 *
 * @param arguments added to the command line, after the driver's own
 * @param preferences Firefox only: entries for its {@code user.js}, each a String, Boolean or Integer
 * @param addressesHidden whether host candidates carry {@code .local} names instead of addresses, as they do for a
 *     user who did not grant the camera; they then come from the interface of the default route only
 * @param fakeFps Chromium only: frame rate of its fake camera; Firefox always has 30
 * @param width of the viewport of each page, in CSS pixels
 * @param height of the viewport of each page, in CSS pixels
 * @param commandTimeout how long the browser may take to start, and to answer a command that names no time of its own
 */
public record BrowserOptions(
        List<String> arguments,
        Map<String, Object> preferences,
        boolean addressesHidden,
        int fakeFps,
        int width,
        int height,
        Duration commandTimeout) {

    public BrowserOptions {
        arguments = List.copyOf(arguments);
        preferences = Map.copyOf(preferences);
    }

    /** Returns a 1280x720 viewport, a camera of 20 frames a second, visible addresses and 60 s for a command. */
    public static BrowserOptions defaults() {
        return new BrowserOptions(
                List.of(), Map.of(), false, 20, 1280, 720, Duration.ofSeconds(60));
    }

    /** Returns these options with more arguments on the command line. */
    public BrowserOptions withArguments(String... more) {
        List<String> all = Stream.concat(arguments.stream(), Stream.of(more)).toList();
        return new BrowserOptions(
                all, preferences, addressesHidden, fakeFps, width, height, commandTimeout);
    }

    /** Returns these options with one more Firefox preference: a String, Boolean or Integer. */
    public BrowserOptions withPreference(String name, Object value) {
        Map<String, Object> all = new LinkedHashMap<>(preferences);
        all.put(name, value);
        return new BrowserOptions(
                arguments, all, addressesHidden, fakeFps, width, height, commandTimeout);
    }

    /** Returns these options with host candidates that carry {@code .local} names. */
    public BrowserOptions withAddressesHidden() {
        return new BrowserOptions(
                arguments, preferences, true, fakeFps, width, height, commandTimeout);
    }

    /** Returns these options with another frame rate of the fake camera. */
    public BrowserOptions withFakeFps(int fps) {
        return new BrowserOptions(
                arguments, preferences, addressesHidden, fps, width, height, commandTimeout);
    }

    /** Returns these options with another viewport. */
    public BrowserOptions withViewport(int widthPixels, int heightPixels) {
        return new BrowserOptions(
                arguments,
                preferences,
                addressesHidden,
                fakeFps,
                widthPixels,
                heightPixels,
                commandTimeout);
    }

    /** Returns these options with another time for each command. */
    public BrowserOptions withCommandTimeout(Duration timeout) {
        return new BrowserOptions(
                arguments, preferences, addressesHidden, fakeFps, width, height, timeout);
    }
}
