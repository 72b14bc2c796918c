package io.sluice.calls;

/**
 * Somebody who has been in a call.
 *
 * @param name as it was shown last
 */
record Member(Role role, Standing standing, String name) {
    boolean isAdmitted() {
        return standing == Standing.ADMITTED;
    }

    Member with(Role changed) {
        return new Member(changed, standing, name);
    }

    Member with(Standing changed) {
        return new Member(role, changed, name);
    }
}
