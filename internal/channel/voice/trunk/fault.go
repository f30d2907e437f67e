package trunk

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// recovered keeps one call's fault from ending all others. Where it was is told; what
// was said is not, since it may hold what came.
func (s *Service) recovered() {
	if recover() != nil {
		s.log.Error("a call failed by a fault of ours", "at", places())
	}
}

// places lists the places in the source that led to a panic, the innermost first, each
// with its directory.
func places() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var at []string
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") && f.File != "" {
			dir, file := filepath.Split(f.File)
			at = append(at, strings.ToLower(fmt.Sprintf("%s/%s:%d", filepath.Base(dir), file, f.Line)))
		}
		if !more || len(at) == 8 {
			return strings.Join(at, " ")
		}
	}
}
