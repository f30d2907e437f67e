package app

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Harden keeps the process's memory from being dumped, or read by others of its
// account: no core file, and not dumpable (prctl(2), PR_SET_DUMPABLE). What keeps it
// out of swap is the service's unit.
func Harden() error {
	return errors.Join(
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0),
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}),
	)
}
