package observe

import (
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"regexp"
	"slices"
)

// A shape says whether a value may be shown, and how.
type shape func(*handler, slog.Value) (slog.Value, bool)

// keys lists every key that the log shows. Add one here with the narrowest shape
// that serves; a test reads the tree and names a key that is used and not listed.
// No key may be for what a caller is called, says, or is reached by.
func keys() map[string]shape {
	of := map[string]shape{
		"err":    fault,
		"route":  text(routeShape), // the mux's pattern, never the request's path
		"listen": text(hostShape),  // an address of ours
		"file":   text(fileShape),  // a file of the operator's: a setting, a key, a backup
		"at":     text(sourceShape),
		"lang":   text(langShape),
		"build":  text(buildShape),
	}
	for _, key := range []string{
		"contact", "situation", "person", "queue", "team", "session", "job", "offer", "alert", "object", "line", "node", "slot", "task",
	} {
		of[key] = text(idShape)
	}
	for _, key := range []string{
		"channel", "kind", "key", "state", "from_state", "to_state", "engine", "store", "role", "area", "face", "code", "topic",
		"outcome", "reason", "part", "trunk", "level", "check", "signal", "method", "by", "table", "setting", "scheme", "status_class",
	} {
		of[key] = text(wordShape)
	}
	for _, key := range []string{
		"n", "count", "attempt", "epoch", "seq", "serial", "generation", "edition", "version", "bytes", "status", "left", "limit",
		"waiting", "workers", "pid", "goroutines", "percent", "rows", "open", "ready", "size", "polls", "nodes", "port",
	} {
		of[key] = number
	}
	for _, key := range []string{"took", "again_in", "wait", "after", "lease", "every", "age", "drain", "late"} {
		of[key] = duration
	}
	for _, key := range []string{"until", "since", "due", "not_after", "expires"} {
		of[key] = moment
	}
	for _, key := range []string{"ok", "first", "leader", "returning", "danger"} {
		of[key] = flag
	}
	return of
}

// Keys lists the keys that the log shows.
func Keys() []string { return slices.Sorted(maps.Keys(keys())) }

var (
	idShape     = regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{26}|[a-z][a-z_-]{0,31})$`) // ours, or the fixed name of a team, queue or node
	wordShape   = regexp.MustCompile(`^[a-z][a-z0-9_.:-]{0,63}$`)
	routeShape  = regexp.MustCompile(`^([A-Z]{3,7} )?[a-z.-]*/[a-z0-9/{}$_.-]{0,99}$`)
	hostShape   = regexp.MustCompile(`^[a-z0-9.:\[\]%-]{1,80}$`)
	fileShape   = regexp.MustCompile(`^[A-Za-z0-9/_.-]{1,200}$`)
	sourceShape = regexp.MustCompile(`^[a-z0-9_/]+\.go:[0-9]+( [a-z0-9_/]+\.go:[0-9]+)*$`)
	langShape   = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z]{2,4}){0,2}$`)
	buildShape  = regexp.MustCompile(`^[a-z0-9.+-]{1,64}$`)
	digits      = regexp.MustCompile(`[0-9]{5}`) // as a number that can be dialled has
)

// text allows strings of one form, and what is a string underneath or has a
// constant name for itself.
func text(form *regexp.Regexp) shape {
	return func(_ *handler, v slog.Value) (slog.Value, bool) {
		s, ok := stringOf(v)
		if !ok || !form.MatchString(s) {
			return v, false
		}
		if form == wordShape && digits.MatchString(s) {
			return v, false
		}
		return slog.StringValue(s), true
	}
}

func stringOf(v slog.Value) (string, bool) {
	if v.Kind() == slog.KindString {
		return v.String(), true
	}
	if v.Kind() != slog.KindAny {
		return "", false
	}
	r := reflect.ValueOf(v.Any())
	switch {
	case !r.IsValid():
		return "", false
	case r.Kind() == reflect.String:
		return r.String(), true
	case r.CanInt() || r.CanUint():
		s, ok := v.Any().(fmt.Stringer)
		if !ok {
			return "", false
		}
		return s.String(), true
	}
	return "", false
}

func number(_ *handler, v slog.Value) (slog.Value, bool) {
	switch v.Kind() {
	case slog.KindInt64, slog.KindUint64, slog.KindFloat64:
		return v, true
	case slog.KindAny:
		r := reflect.ValueOf(v.Any())
		switch {
		case !r.IsValid():
		case r.CanInt():
			return slog.Int64Value(r.Int()), true
		case r.CanUint():
			return slog.Uint64Value(r.Uint()), true
		}
	case slog.KindBool, slog.KindDuration, slog.KindGroup, slog.KindLogValuer, slog.KindString, slog.KindTime:
	}
	return v, false
}

func duration(_ *handler, v slog.Value) (slog.Value, bool) {
	if v.Kind() != slog.KindDuration {
		return v, false
	}
	return slog.StringValue(v.Duration().String()), true
}

func moment(_ *handler, v slog.Value) (slog.Value, bool) {
	if v.Kind() != slog.KindTime {
		return v, false
	}
	return slog.TimeValue(v.Time().UTC()), true
}

func flag(_ *handler, v slog.Value) (slog.Value, bool) { return v, v.Kind() == slog.KindBool }

func fault(h *handler, v slog.Value) (slog.Value, bool) {
	err, ok := v.Any().(error)
	if !ok {
		return v, false
	}
	return slog.StringValue(faultIn(h.words, err)), true
}
