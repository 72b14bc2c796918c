package io.sluice.ice;

/** The kernel as a socket's datagrams meet it: {@code sendmmsg} on its descriptor, or a test. */
interface SendCall {
    /**
     * Messages taken, from the first on, or {@code -errno} of the first.
     *
     * @param messages a pointer to {@code mmsghdr} structures
     */
    int send(long messages, int count);
}
