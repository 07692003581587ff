# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How two readers come to two answers from the same files.

A value after the next boot is the work of a program, so each program is modelled by itself: systemd-sysctl where systemd
boots the host, ``sysctl --system`` of procps elsewhere. They differ in four things, one file of this folder for each:

- ``boot_readers``: which files, and which line of them wins. Both merge the folders by file name. procps reads
  /etc/sysctl.conf last, and hidden files. procps writes each assignment in turn; systemd writes only the last one of a key,
  so a last line that the kernel refuses hides the good ones before it.
- ``text``: what a line is. To systemd a carriage return or a null byte ends it, and a line of 1 MiB ends the file; procps
  skips more kinds of blanks.
- ``keys``: whether two spellings are the same key. systemd simplifies them first; procps compares them as they stand.
- ``globs``: which keys a pattern names. systemd knows braces; procps before version 4 knows no patterns at all.

``kernel_numbers`` is the last step of both: the kernel may read another number than a person does, or refuse it.

The alternative is to run the programs. They write, need privilege, and know only the files that are there: not those that
a plan would leave, nor the other program's answer. So each rule has its source in the program's code, a row in the table of
test vectors, and a comparison with the real programs of each supported release, on files at random.
"""
