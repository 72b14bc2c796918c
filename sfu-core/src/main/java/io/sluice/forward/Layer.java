package io.sluice.forward;

/**
 * What a viewer gets, and at what price, who gets an encoding up to a layer.
 *
 * @param spatial the highest spatial layer
 * @param temporal the highest temporal layer
 * @param width in pixels, 0 while unknown
 * @param height in pixels, 0 while unknown
 * @param framesPerSecond 0 while unknown
 * @param bitrateBps of all that is decoded up to this layer, 0 while unknown
 */
public record Layer(
        int spatial, int temporal, int width, int height, int framesPerSecond, long bitrateBps) {}
