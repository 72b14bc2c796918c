/*
 * Janus passes over loopback interfaces when it looks for its ICE candidates, and a benchmark on one machine wants
 * just those. Preloaded (LD_PRELOAD), this says of loopback interfaces that they are none, and of all others that they
 * are, so that nothing listens on the network.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <ifaddrs.h>
#include <net/if.h>

int getifaddrs(struct ifaddrs **list) {
    int (*original)(struct ifaddrs **) = (int (*)(struct ifaddrs **))dlsym(RTLD_NEXT, "getifaddrs");
    int result = original(list);
    if (result == 0) {
        for (struct ifaddrs *interface = *list; interface; interface = interface->ifa_next) {
            interface->ifa_flags ^= IFF_LOOPBACK;
        }
    }
    return result;
}
