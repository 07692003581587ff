// Copyright (c) 2026 the netops.keepalive contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Preloaded into the programs of a Wine host: makes the write number FAIL_WRITE of the registry value KeepAliveInterval fail,
// and with FAIL_ON=yes all later writes too; with FAIL_HOW=other it succeeds, with a number that is one more. Wine hands a request to its registry with one writev() of a header, the value's
// name (UTF-16) and its data; what that system call says (EFAULT) comes back to the program as the error of RegSetValueEx.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

static const char keepalive[] = "K\0e\0e\0p\0A\0l\0i\0v\0e";
static const char interval[] = "I\0n\0t\0e\0r\0v\0a\0l";

static int is(const char *variable, const char *text)
{
    const char *value = getenv(variable);
    return value && !strcmp(value, text);
}

static int names(const struct iovec *part, const char *text, size_t length)
{
    return memmem(part->iov_base, part->iov_len, text, length - 1) != NULL;
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    static int seen, failed;
    ssize_t (*real)(int, const struct iovec *, int) = dlsym(RTLD_NEXT, "writev");

    if (count == 3 && parts[2].iov_len == 4 && names(&parts[1], keepalive, sizeof keepalive)) {
        int is_interval = names(&parts[1], interval, sizeof interval);
        if ((is_interval && ++seen == atoi(getenv("FAIL_WRITE"))) || (failed && is("FAIL_ON", "yes"))) {
            failed = 1;
            if (is("FAIL_HOW", "other")) {
                int other = *(const int *)parts[2].iov_base + 1;
                struct iovec changed[3] = {parts[0], parts[1], {&other, sizeof other}};
                return real(file, changed, count);
            }
            errno = EFAULT;
            return -1;
        }
    }
    return real(file, parts, count);
}
