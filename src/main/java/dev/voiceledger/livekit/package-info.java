/**
 * The service as a client of LiveKit's server: rooms are made, found and deleted through its API,
 * and join tokens are signed that let people in. What LiveKit tells by itself is in {@code
 * webhook}.
 *
 * <p>{@code Listings} is what LiveKit lists, for whoever compares.
 *
 * <p>Read {@code LiveKit}, {@code Twirp}, {@code Exchange}, and beside them {@code TokenMint}.
 */
package dev.voiceledger.livekit;
